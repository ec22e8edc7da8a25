"""The ids of an account as constants for programs: (name, address, id) rows, in a stable order."""

from collections.abc import Mapping
from dataclasses import dataclass

from amoconf.model import Account
from amoconf.outputs.names import names
from amoconf.values import Address

KINDS = ("pipeline", "stage", "field", "option", "tag", "loss_reason", "task_type", "role", "catalog")
# Every pipeline has these closing stages under these ids (official: config page C5).
CLOSING: Mapping[str, int] = {"won": 142, "lost": 143}


@dataclass(frozen=True)
class Constant:
    """One id under a name that every language takes."""

    name: str
    address: Address
    id: int


@dataclass(frozen=True)
class Outputs:
    """All constants, and the addresses of the spec that have no id yet."""

    constants: tuple[Constant, ...]
    missing: tuple[Address, ...] = ()

    @property
    def by_name(self) -> Mapping[str, int]:
        """Ids by name."""
        return {item.name: item.id for item in self.constants}


def outputs(wanted: Account, ids: Mapping[Address, int | str]) -> Outputs:
    """What the spec lists and does not delete, with its ids. Names depend on the spec alone, never on the ids."""
    listed = [item for kind in KINDS for item in wanted.of(kind) if item.marks.absent is None]
    known = {item.address: _number(ids.get(item.address)) for item in listed}
    closing = {
        Address("stage", (*address.path, key)): None if above is None else number
        for address, above in known.items()
        for key, number in CLOSING.items()
        if address.kind == "pipeline"
    }
    named = names([*known, *closing])
    rows = sorted({**known, **closing}.items(), key=_place)
    return Outputs(
        tuple(Constant(named[address], address, key) for address, key in rows if key is not None),
        tuple(address for address, key in rows if key is None and address not in closing),
    )


def _place(row: tuple[Address, int | None]) -> tuple[int, tuple[str, ...]]:
    """By kind, then by address: an order in which a new thing moves no other line."""
    return KINDS.index(row[0].kind), row[0].path


def _number(key: int | str | None) -> int | None:
    """An id as a number; None where there is none, or one that is no number."""
    return int(key) if isinstance(key, int) or (isinstance(key, str) and key.isdecimal()) else None
