"""The sentences about values that move to a field of another type."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from amoconf.digits import fixed, number
from amoconf.records.entities import honours_order
from amoconf.report.nouns import NOUNS
from amoconf.report.said import Said, Told
from amoconf.tongue import later, tr, trn

BATCH = 50  # official advice: protocol page 2.2


class ConvertWords:
    """In a plan, in the line "Cost: …", and after an apply."""

    stay = Said("values stay in the old field, which is archived")
    title = Said("Values moved")
    incoming: Mapping[str, str] = Told(
        {
            "wait": later("incoming leads keep theirs (unsorted: wait)"),
            "take_out": later("incoming leads last; it takes them out of that stage"),
        }
    )

    def clears(self, move: Mapping[str, Any]) -> list[str]:
        """Old values that go, and those of them of which there is no other copy."""
        count, lost = move["records"], move["lost"]
        if not move.get("exact", True):
            return self._least(move)
        requests = trn("{number} request", "{number} requests", ceil(count / BATCH))
        told = trn(
            "{number} old value will be emptied ({requests})",
            "{number} old values will be emptied ({requests})",
            count,
            number=number(count),
            requests=requests,
        )
        gone = trn(
            "{number} of them is the only copy of a spelling that otherwise has put under an option",
            "{number} of them are the only copies of spellings that otherwise has put under an option",
            lost,
            number=number(lost),
        )
        return [told, *([gone] if lost else [])]

    def _least(self, move: Mapping[str, Any]) -> list[str]:
        """The same where not all records were looked at."""
        count, lost = move["records"], move["lost"]
        told = trn(
            "at least {number} old value will be emptied",
            "at least {number} old values will be emptied",
            count,
            number=number(count),
        )
        gone = trn(
            "at least {number} of them is the only copy of a spelling that otherwise has put under an option",
            "at least {number} of them are the only copies of spellings that otherwise has put under an option",
            lost,
            number=number(lost),
        )
        return [told, *([gone] if lost else [])]

    def fit(self, fit: Mapping[str, Any]) -> list[str]:
        """How much of what there is has a place of its own, and what becomes of the rest."""
        if not fit["records"]:
            return []
        share, records = f"{fixed(100 * fit['mapped'] / fit['records'])} %", number(fit["records"])
        told = tr("{share} of {records} values fit the new type", share=share, records=records)
        if fit["options"] is not None:
            told = trn(
                "{share} of {records} values map to {number} option",
                "{share} of {records} values map to {number} options",
                fit["options"],
                share=share,
                records=records,
            )
        rest, otherwise = number(fit["rest"]), fit["otherwise"]
        if not fit["rest"]:
            return [told]
        if isinstance(otherwise, Mapping):
            return [told, tr("{count} become {option!r}", count=rest, option=otherwise["option"])]
        if otherwise == "stop":
            return [told, tr("{count} map to nothing", count=rest)]
        return [told, tr("{count} stay in the old field only", count=rest)]

    def seen(self, entity: str, count: int) -> str:
        """What the numbers behind it stand on, where not all records were looked at."""
        things = NOUNS[entity if entity in NOUNS else ""](count)
        if not honours_order(entity):
            return tr("only a part looked at: {records}", records=things)
        return tr("only the newest looked at: {records}", records=things)

    def rest(self, move: Mapping[str, Any]) -> list[str]:
        """Who looks at the records that were not looked at, and what that may change."""
        fit = move.get("fit") or {}
        if fit.get("otherwise") == "stop" and not fit["rest"]:
            told = tr("apply reads all before it writes, and stops there if a value maps to nothing")
            return [told, tr("--impact full and -o read all too")]
        if move.get("map"):
            return [tr("--impact full, -o and apply read all and fix the map")]
        return [tr("--impact full, -o and apply read all")]

    def kept(self, attributes: str) -> str:
        """What the new field takes over, as "group: default, …"."""
        return tr("as the old field had it: {attributes}", attributes=attributes)

    def mapped(self, spellings: int, options: int) -> str:
        """A map that was made from the values that there are, and is fixed now."""
        return tr(
            "{spellings} spellings map to {options} options (--format json has all)",
            spellings=number(spellings),
            options=number(options),
        )

    def result(self, row: Mapping[str, Any]) -> list[str]:
        """What became of the values of one field."""
        cleared = number(row.get("cleared", 0))
        gone = tr("{count} old values emptied", count=cleared)
        if not row.get("complete", True):
            gone = tr("{count} old values emptied so far", count=cleared)
        if row["moved"] is None:
            return [tr("stopped half way, {count} records written so far", count=number(row["written"]))]
        moved, kept, later_on = (number(row[name]) for name in ("moved", "kept", "left_unsorted"))
        emptied = number(row.get("emptied_by_people", 0))
        filled, refused = number(row["filled_by_people"]), number(len(row["refused"]))
        ids = _some(row["filled_by_people_ids"], row["filled_by_people"])
        told = [
            (row["moved"] or "cleared" not in row, tr("{count} moved", count=moved)),
            (row["kept"], tr("{count} left in the old field", count=kept)),
            (row["filled_by_people"], tr("{count} filled otherwise by people", count=filled) + ids),
            (row.get("emptied_by_people"), tr("{count} emptied by people, left so", count=emptied)),
            (row["left_unsorted"], tr("{count} in incoming leads, left for later", count=later_on)),
            (row["refused"], tr("{count} refused by the service", count=refused)),
            ("cleared" in row, gone),
        ]
        return [text for there, text in told if there]

    def unmapped(self, row: Mapping[str, Any]) -> str:
        """One value that maps to nothing, and the option that it went to where `otherwise` names one."""
        ids, count = _some(row["ids"], row["count"]), number(row["count"])
        if row.get("option"):
            return tr("{value!r} goes to {option!r}: {count}{ids}", value=row["value"], option=row["option"], count=count, ids=ids)  # fmt: skip
        return tr("{value!r} maps to nothing: {count}{ids}", value=row["value"], count=count, ids=ids)

    def more(self, count: int) -> str:
        """After a list that is not whole."""
        return tr("and {count} more values (--format json has all)", count=number(count))

    def within(self, window: str, days: int, *, night: bool, least: bool) -> str:
        """The hours in which values are written, and on how many days of them; 0 where that cannot be said."""
        known = f"{least:d}{night:d}" if days > least else ""
        if known == "00":
            return trn("Only within {window}, account's time: {number} day.", "Only within {window}, account's time: {number} days.", days, window=window)  # fmt: skip
        if known == "01":
            return trn("Only within {window}, account's time: {number} night.", "Only within {window}, account's time: {number} nights.", days, window=window)  # fmt: skip
        if known == "10":
            return trn("Only within {window}, account's time: at least {number} day.", "Only within {window}, account's time: at least {number} days.", days, window=window)  # fmt: skip
        if known == "11":
            return trn("Only within {window}, account's time: at least {number} night.", "Only within {window}, account's time: at least {number} nights.", days, window=window)  # fmt: skip
        return tr("Only within {window}, account's time.", window=window)

    def cost(self, requests: int, time: str, per_hour: int, hours: str, *, least: bool = False) -> str:
        """What moving takes. time: at the pace; hours: under the limit of changes an hour, "" where it does not matter.

        least: more may come, for not all that there is has been counted.
        """
        text = trn("Moving values: {number} requests", "Moving values: {number} requests", requests, number=number(requests))  # fmt: skip
        if least:
            text = trn("Moving values: at least {number} request", "Moving values: at least {number} requests", requests, number=number(requests))  # fmt: skip
        if time:
            text += tr(", about {time}", time=time)
        if hours:
            limit = number(per_hour)
            text += tr(" ({hours} under the automation limit of {limit} changes an hour)", hours=hours, limit=limit)  # fmt: skip
        return f"{text}."


def _some(ids: Sequence[int], count: int) -> str:
    """The first ids of so many records."""
    return f" ({', '.join(map(str, ids[:3]))}{', …' if count > 3 else ''})"
