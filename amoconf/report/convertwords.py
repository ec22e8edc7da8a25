"""The sentences about values that move to a field of another type; another language is another class like it."""

from collections.abc import Mapping
from typing import Any


class ConvertWords:
    """In a plan, in the line "Cost: …", and after an apply."""

    stay = "values stay in the old field, which is archived"
    cleared = "the old field is emptied then"
    title = "Values moved"
    incoming: Mapping[str, str] = {
        "wait": "incoming leads keep theirs (unsorted: wait)",
        "take_out": "incoming leads last; it takes them out of that stage",
    }

    def mapped(self, spellings: int, options: int) -> str:
        """A map that was made from the values that there are, and is fixed now."""
        return f"{_number(spellings)} spellings map to {_number(options)} options (--format json has all)"

    def result(self, row: Mapping[str, Any]) -> list[str]:
        """What became of the values of one field."""
        counts = {
            "moved": row["moved"],
            "left in the old field": row["kept"],
            "filled otherwise by people": row["filled_by_people"],
            "in incoming leads, left for later": row["left_unsorted"],
            "refused by the service": len(row["refused"]),
        }
        first = "moved"
        return [f"{_number(count)} {name}" for name, count in counts.items() if count or name == first]

    def unmapped(self, row: Mapping[str, Any]) -> str:
        """One value that maps to nothing."""
        ids = ", ".join(map(str, row["ids"][:3])) + (", …" if row["count"] > 3 else "")
        return f"{row['value']!r} maps to nothing: {_number(row['count'])} ({ids})"

    def more(self, count: int) -> str:
        """After a list that is not whole."""
        return f"and {_number(count)} more values (--format json has all)"

    def cost(self, requests: int, time: str, per_hour: int, hours: str) -> str:
        """What moving takes. time: at the pace; hours: under the limit of changes an hour, "" where it does not matter."""
        limit = (
            f" ({hours} under the automation limit of {_number(per_hour)} changes an hour)" if hours else ""
        )
        about = f", about {time}" if time else ""
        return f"Moving values: {_number(requests)} requests{about}{limit}."


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")
