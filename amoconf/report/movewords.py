"""The sentences about records that are changed before something leaves; another language is another class like it."""

from collections.abc import Mapping


class MoveWords:
    """By the names of data steps."""

    # What is said of several changes that have it.
    first: Mapping[str, str] = {
        "move_deals": "their deals are moved first",
        "move_values": "their values are moved first",
        "detach_tag": "taken off every card first",
        "move_tag": "cards that hold it get a new tag; the old one is then deleted by hand",
        "move_tasks": "their open tasks get another type first",
    }
    own: Mapping[str, str] = {"move_deals": "deals", "move_values": "values", "move_tasks": "open tasks"}
    # Whose records are moved: one of it, many of it.
    holders: Mapping[str, tuple[str, str]] = {
        "move_deals": ("stage", "stages"),
        "move_values": ("option", "options"),
        "move_tasks": ("task type", "task types"),
    }
    tags: Mapping[str, str] = {"detach_tag": "taken off cards first", "move_tag": "changed on cards"}

    def goes(self, work: str, to: str) -> str:
        """What becomes of the records that hold a thing which leaves. to: what they get instead."""
        if work == "move_tasks" and not to:
            return "only if no open task has it"
        return f"its {self.own[work]} go to {to}" if work in self.own else self.first[work]

    def cost(self, counts: Mapping[str, int]) -> str:
        """A clause of the line "Cost: …". counts: how many things lose records, by data step."""
        moved = [
            f"{self.own[work]} of {_many(counts[work], *names)}"
            for work, names in self.holders.items()
            if counts.get(work)
        ]
        clauses = [f"{' and '.join(moved)} are moved first"] if moved else []
        for work, what in self.tags.items():
            if count := counts.get(work):
                clauses.append(f"{_many(count, 'tag is', 'tags are')} {what}")
        return "; ".join([*clauses, "they are counted when it runs"]) if clauses else ""


def _many(count: int, one: str, many: str) -> str:
    """ "1 stage", "2 000 stages"."""
    return f"{count:,} {one if count == 1 else many}".replace(",", " ")
