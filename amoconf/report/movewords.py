"""The sentences about records that are changed before something leaves, by the names of data steps."""

from collections.abc import Mapping

from amoconf.digits import number
from amoconf.report.nouns import THINGS
from amoconf.report.said import Told
from amoconf.tongue import later, tr, trn

# Whose records are moved.
HOLDERS: Mapping[str, str] = {"move_deals": "stage", "move_values": "option", "move_tasks": "task_type"}


class MoveWords:
    """By the names of data steps."""

    # What is said of several changes that have it.
    first: Mapping[str, str] = Told(
        {
            "move_deals": later("their deals are moved first"),
            "move_values": later("their values are moved first"),
            "detach_tag": later("taken off every card first"),
            "move_tag": later("cards that hold it get a new tag; the old one is then deleted by hand"),
            "move_tasks": later("their open tasks get another type first"),
            "keep_values": later("their values are kept for undo first"),
        }
    )
    # Counted though nothing takes over.
    tags = ("detach_tag", "move_tag", "keep_values")

    def goes(self, work: str, to: str) -> str:
        """What becomes of the records that hold a thing which leaves. to: what they get instead."""
        if work == "move_tasks" and not to:
            return tr("only if no open task has it")
        said = {
            "move_deals": later("its deals go to {to}"),
            "move_values": later("its values go to {to}"),
            "move_tasks": later("its open tasks go to {to}"),
            "keep_values": later("its values are kept for undo first"),
        }
        return tr(said[work], to=to) if work in said else self.first[work]

    def cost(self, counts: Mapping[str, int]) -> str:
        """A clause of the line "Cost: …". counts: how many things lose records, by data step."""
        moved = [_moved(work, counts[work]) for work in HOLDERS if counts.get(work)]
        clauses = [tr("{what} are moved first", what=tr(" and ").join(moved))] if moved else []
        if count := counts.get("detach_tag"):
            clauses.append(
                trn(
                    "{number} tag is taken off cards first",
                    "{number} tags are taken off cards first",
                    count,
                    number=number(count),
                )
            )
        if count := counts.get("move_tag"):
            clauses.append(
                trn(
                    "{number} tag is changed on cards",
                    "{number} tags are changed on cards",
                    count,
                    number=number(count),
                )
            )
        told = [*clauses, tr("they are counted when it runs")] if clauses else []
        if count := counts.get("keep_values"):
            told.append(
                trn(
                    "apply first reads every record of the list to keep the values of {number} thing for undo",
                    "apply first reads every record of their lists to keep the values of {number} things for undo",
                    count,
                    number=number(count),
                )
            )
        return "; ".join(told)


def _moved(work: str, count: int) -> str:
    said = {
        "move_deals": later("deals of {things}"),
        "move_values": later("values of {things}"),
        "move_tasks": later("open tasks of {things}"),
    }
    return tr(said[work], things=THINGS[HOLDERS[work]](count))
