"""The lists that can be mirrored: where they are, what is read with them, which of their keys are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

LIMIT = 250  # official: protocol page 2.2
ROOT = "/api/v4/"
CUSTOMERS = "customers"
# Their cards that came with incoming leads are in no list (official: protocol page 7.9).
HIDDEN = ("contacts", "companies")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entity:
    """One list. `code` stands for it in the mirror; `columns` are wire names.

    `ordered`: the list honours order[id]. `newest`: it honours order[updated_at]; tasks have a filter instead, and for
    customers nothing is documented (protocol page 4.1).
    """

    name: str
    singular: str
    code: int
    columns: tuple[str, ...]
    query: Pairs = ()
    ordered: bool = True
    newest: bool = True
    named: bool = True

    @property
    def path(self) -> str:
        """The list's address."""
        return ROOT + self.name


_OWN = ("id", "responsible_user_id", "created_by", "created_at", "updated_at")
_DEAL = ("pipeline_id", "status_id", "price", "closed_at", "loss_reason_id", "source_id")
_TASK = ("entity_type", "entity_id", "task_type_id", "is_completed", "complete_till")
# closest_task_at is not kept: tasks change it without touching updated_at (guess: protocol page 8.2), and the open
# tasks say the same.
ENTITIES: Mapping[str, Entity] = {
    entity.name: entity
    for entity in (
        # source_id is told only with itself (official: protocol page 7.1).
        Entity("leads", "lead", 1, (*_OWN, *_DEAL), (("with", "contacts,source_id"),)),
        Entity("contacts", "contact", 2, _OWN),
        Entity("companies", "company", 3, _OWN),
        Entity(
            "customers",
            "customer",
            4,
            (*_OWN, "status_id", "next_price", "next_date", "ltv"),
            (("with", "contacts,companies"),),
            ordered=False,
            newest=False,
        ),
        Entity("tasks", "task", 5, (*_OWN, *_TASK), newest=False, named=False),
    )
}


def honours_order(name: str) -> bool:
    """Whether a list can be ordered by id; of lists that are not mirrored nothing is documented."""
    return name in ENTITIES and ENTITIES[name].ordered
