"""The one model that spec and account are read into: flat resources with addresses."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

from amoconf.errors import Where
from amoconf.values import Address, Value

by_place = attrgetter("place")  # how resources stand among their siblings


@dataclass(frozen=True)
class Marks:
    """What a spec asks about a thing besides its attributes. `archived`, `absent`: the reason, or None."""

    was: tuple[str, ...] = ()
    twin: int = 0
    new: bool = False
    archived: str | None = None
    absent: str | None = None
    protected: bool = False
    extras: Mapping[str, Value] = field(default_factory=dict)

    @property
    def leaves(self) -> bool:
        """The thing is to be taken away."""
        return self.archived is not None or self.absent is not None


@dataclass(frozen=True)
class Resource:
    """One thing. `attrs` holds only what is declared (wanted) or known (found).

    A found thing's address is made of "#id" segments until it is adopted. place: rank among its siblings. reserved:
    the key that the platform's own thing has in every spec (`won`, `default`). fixed: made by the platform, never
    taken away. aside: unlisted, yet neither counted nor taken away (archive group, widget not installed). raw: the
    item as read, for lists that must be sent back whole.
    """

    address: Address
    attrs: Mapping[str, Value]
    id: int | str | None = None
    place: int = 0
    marks: Marks = Marks()
    where: Where | None = None
    reserved: str = ""
    fixed: bool = False
    aside: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)

    def but(self, **changed: Any) -> "Resource":
        """The same with some fields changed: ten times as fast as dataclasses.replace, for there are thousands."""
        made = object.__new__(Resource)
        made.__dict__.update(self.__dict__, **changed)
        return made

    def with_attrs(self, **changed: Value) -> "Resource":
        """The same with some attributes changed (names with dots: pass a dict through `with_map`)."""
        return self.with_map(changed)

    def with_map(self, changed: Mapping[str, Value]) -> "Resource":
        """The same with some attributes changed."""
        return self.but(attrs={**self.attrs, **changed}) if changed else self


@dataclass(frozen=True)
class Settings:
    """What a spec says besides resources."""

    subdomain: str = ""
    id: int | None = None
    domain: str = "amocrm.ru"
    archive_prefix: str = "[архив] "
    archive_group: str = "Архив"
    language: str = "ru"
    stage_hint: str = ""
    undocumented: frozenset[str] = frozenset()
    manage: Mapping[tuple[str, ...], str] = field(default_factory=dict)  # (kind, *scope) → all | listed
    policy: Mapping[str, Value] = field(default_factory=dict)
    kpi: Mapping[str, Value] = field(default_factory=dict)
    manual: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """An account, wanted or found. facts: what the service says of itself (time zone, token's user, groups)."""

    resources: tuple[Resource, ...] = ()
    settings: Settings = Settings()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def index(self) -> Mapping[Address, Resource]:
        """Resources by address."""
        return {resource.address: resource for resource in self.resources}

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Resource, ...]]:
        """Resources by kind, as they come."""
        kinds: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            kinds[resource.address.kind].append(resource)
        return {key: tuple(items) for key, items in kinds.items()}

    @cached_property
    def by_home(self) -> Mapping[tuple[str, tuple[str, ...]], tuple[Resource, ...]]:
        """Resources by kind and home, in their order there."""
        homes: dict[tuple[str, tuple[str, ...]], list[Resource]] = defaultdict(list)
        for resource in self.resources:
            homes[resource.address.kind, resource.address.home].append(resource)
        return {key: tuple(sorted(items, key=by_place)) for key, items in homes.items()}

    @cached_property
    def leaving(self) -> bool:
        """Whether anything is to be taken away."""
        return any(resource.marks.leaves for resource in self.resources)

    def get(self, address: Address) -> Resource | None:
        """The resource of an address, or None."""
        return self.index.get(address)

    def of(self, kind: str) -> Iterable[Resource]:
        """All resources of one kind."""
        return self.by_kind.get(kind, ())

    def within(self, kind: str, home: tuple[str, ...]) -> tuple[Resource, ...]:
        """The resources of a kind in one home, in order."""
        return self.by_home.get((kind, home), ())
