"""What differs and what is done about it: Change, AttrChange, Step; View is what the step functions look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amoconf.model import Account, Resource, Settings
from amoconf.values import Address, Ref, Value

# Verbs of channels, from the least to the most trouble (spec language, "Channels").
API, SDK, WEB, MANUAL, LOCAL = "api", "sdk", "web", "manual", "local"


@dataclass(frozen=True)
class Learn:
    """How an answer tells the id of an address: keys to follow; a pair (key, value) picks the item of a list."""

    address: Address
    at: tuple[str | tuple[str, Value], ...] = ("id",)


@dataclass(frozen=True)
class Step:
    """One thing to do for a change.

    serves: addresses of the changes it is part of. path: segments below /api/v4/, Refs where ids come. array: the
    body travels as an item of an array with others of the same method and path, answered under `_embedded[array]`.
    after: addresses whose steps come first, besides those its Refs name. creates: repeating it could make a second
    thing. text: what it does, for people; for a manual step, what to do and where. data: parameters of a data step.
    """

    serves: tuple[Address, ...]
    text: str
    method: str = ""
    path: tuple[str | Ref, ...] = ()
    body: Any = None
    channel: str = API
    array: str = ""
    creates: bool = False
    learns: tuple[Learn, ...] = ()
    after: tuple[Address, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    form: bool = False
    fallback: str = ""  # what a person does where the service refuses this channel
    last: bool = False  # after everything that creates or changes: takings away
    chain: Address | None = None  # steps of one chain keep their order, and each is a request of its own

    @property
    def is_manual(self) -> bool:
        """A person does it."""
        return self.channel == MANUAL


CREATE, UPDATE, MOVE, REPLACE, ARCHIVE, RESTORE, DELETE, BY_HAND = (
    "create",
    "update",
    "move",
    "replace",
    "archive",
    "restore",
    "delete",
    "manual",
)


@dataclass(frozen=True)
class AttrChange:
    """One attribute before and after, canonical."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Change:
    """One difference. have, want: the thing as found and as wanted (attributes complete), None where there is none.

    old: the predecessor, for a replace. kept: what the new thing takes over from it, for the spec says nothing of it. parts: changes folded into this one (stages of a new pipeline). target: the
    wanted sequence of all siblings, where order is compared. numbers: `sort` values to send for it. reason: for the reader only, never decides.
    waits: what a person must do first. todo: what a person does, where the kind has no words for it.
    origin: who moved since the last apply: spec, drift, both, or None without a lock entry.
    """

    address: Address
    action: str
    attributes: tuple[AttrChange, ...] = ()
    have: Resource | None = None
    want: Resource | None = None
    old: Resource | None = None
    kept: Mapping[str, Value] = field(default_factory=dict)
    parts: tuple["Change", ...] = ()
    target: tuple[Address, ...] = ()
    numbers: Mapping[Address, int] = field(default_factory=dict)
    reason: str = ""
    waits: str = ""
    todo: str = ""
    origin: str | None = None
    channel: str = API

    @property
    def after(self) -> Mapping[str, Value]:
        """Changed attributes with their new values."""
        return {item.name: item.after for item in self.attributes}


@dataclass(frozen=True)
class View:
    """Both sides in the spec's addresses, for the step functions of kinds."""

    wanted: Account
    found: Account

    @property
    def settings(self) -> Settings:
        """The spec's settings."""
        return self.wanted.settings


Steps = tuple[Step, ...]
