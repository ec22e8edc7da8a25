"""The sentences about values that move to a field of another type."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.report.nouns import number
from amoconf.report.said import Said, Told
from amoconf.tongue import later, tr, trn


class ConvertWords:
    """In a plan, in the line "Cost: …", and after an apply."""

    stay = Said("values stay in the old field, which is archived")
    cleared = Said("the old field is emptied then")
    title = Said("Values moved")
    incoming: Mapping[str, str] = Told(
        {
            "wait": later("incoming leads keep theirs (unsorted: wait)"),
            "take_out": later("incoming leads last; it takes them out of that stage"),
        }
    )

    def mapped(self, spellings: int, options: int) -> str:
        """A map that was made from the values that there are, and is fixed now."""
        return tr(
            "{spellings} spellings map to {options} options (--format json has all)",
            spellings=number(spellings),
            options=number(options),
        )

    def result(self, row: Mapping[str, Any]) -> list[str]:
        """What became of the values of one field."""
        moved, kept, later_on = (number(row[name]) for name in ("moved", "kept", "left_unsorted"))
        filled, refused = number(row["filled_by_people"]), number(len(row["refused"]))
        ids = _some(row["filled_by_people_ids"], row["filled_by_people"])
        told = [
            (True, tr("{count} moved", count=moved)),
            (row["kept"], tr("{count} left in the old field", count=kept)),
            (row["filled_by_people"], tr("{count} filled otherwise by people", count=filled) + ids),
            (row["left_unsorted"], tr("{count} in incoming leads, left for later", count=later_on)),
            (row["refused"], tr("{count} refused by the service", count=refused)),
        ]
        return [text for there, text in told if there]

    def unmapped(self, row: Mapping[str, Any]) -> str:
        """One value that maps to nothing."""
        ids, count = _some(row["ids"], row["count"]), number(row["count"])
        return tr("{value!r} maps to nothing: {count}{ids}", value=row["value"], count=count, ids=ids)

    def more(self, count: int) -> str:
        """After a list that is not whole."""
        return tr("and {count} more values (--format json has all)", count=number(count))

    def cost(self, requests: int, time: str, per_hour: int, hours: str) -> str:
        """What moving takes. time: at the pace; hours: under the limit of changes an hour, "" where it does not matter."""
        text = trn("Moving values: {number} requests", "Moving values: {number} requests", requests, number=number(requests))  # fmt: skip
        if time:
            text += tr(", about {time}", time=time)
        if hours:
            limit = number(per_hour)
            text += tr(" ({hours} under the automation limit of {limit} changes an hour)", hours=hours, limit=limit)  # fmt: skip
        return f"{text}."


def _some(ids: Sequence[int], count: int) -> str:
    """The first ids of so many records."""
    return f" ({', '.join(map(str, ids[:3]))}{', …' if count > 3 else ''})"
