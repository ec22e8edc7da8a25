"""How the values of one field become those of another: what a spec says of it, and what both fields are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amoconf.values import Address

AUTO, STOP, TAKE_OUT, WAIT = "auto", "stop", "take_out", "wait"
# The work of a data step that moves values, and of one that empties them where they were.
CONVERT, CLEAR = "convert", "clear"


@dataclass(frozen=True)
class Wanted:
    """An option of the new field. address: its id comes from there. called: its key, and what else it was called."""

    name: str
    address: Address
    called: tuple[str, ...] = ()

    @property
    def was(self) -> tuple[str, ...]:
        """By what values know it besides its name; the key may be among them."""
        return self.called[1:]


@dataclass(frozen=True)
class Fit:
    """How the values that there are fit. records: that hold any. mapped: whose value has a place of its own.

    options: how many different values come of these.
    """

    records: int
    mapped: int
    options: int

    @property
    def rest(self) -> int:
        """Left to `otherwise`."""
        return self.records - self.mapped


@dataclass(frozen=True)
class Recipe:
    """entity: list of records. old: id of the old field. field: address of the new one.

    before, after: types. had: the old field's options, id → name. said: `convert` as the spec has it, None where it has
    none. pinned: spelling → option, fixed by a plan that asked for `auto`. pipelines: path of the list that tells which
    stages hold incoming leads, "" where records have no stages. zone: the account's. only: ids of the records that are
    written, None for all. fit: None where nobody has looked.
    """

    entity: str
    old: int
    field: Address
    before: str
    after: str
    had: Mapping[int, str]
    options: tuple[Wanted, ...]
    said: Mapping[str, Any] | None = None
    pinned: Mapping[str, str] | None = None
    pipelines: str = ""
    zone: str = "UTC"
    language: str = "ru"
    currency: str = ""
    only: frozenset[int] | None = None
    fit: Fit | None = None

    @property
    def is_auto(self) -> bool:
        """The map is made from the values that there are."""
        return bool(self.said) and (self.said or {}).get("values") == AUTO

    @property
    def takes_out(self) -> bool:
        """Deals may be taken out of the incoming ones."""
        return (self.said or {}).get("unsorted") == TAKE_OUT

    @property
    def asks_first(self) -> bool:
        """Whether the values that there are must be known before anything is written."""
        return (self.is_auto and self.pinned is None) or (self.said or {}).get("otherwise") == STOP


@dataclass(frozen=True)
class Waiting:
    """Deals that still lack a value of the old field.

    field: address of the new one. old: id of the old one. count: in an incoming stage. accepted: in any other, so that
    nothing stands against moving it. ends: the lowest and the highest id of all these. left: the replace itself is done.
    agreed: what the lock is to hold of the rules by which they move. kept: what it goes on holding of the field as long
    as the field's own change is not done, None for what was counted. ids: of all of them.
    """

    field: Address
    old: int
    count: int = 0
    accepted: int = 0
    ends: tuple[int, int] = (0, 0)
    left: bool = False
    agreed: Mapping[str, Any] | None = None
    kept: Mapping[str, Any] | None = None
    ids: frozenset[int] = frozenset()
