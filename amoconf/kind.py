"""What a kind of thing declares: its attributes, where it stands in YAML, how it is read and written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from amoconf.changes import API, LOCAL, Change, Steps, View
from amoconf.codecs import Codec
from amoconf.model import Account, Resource, Settings
from amoconf.tongue import spoken
from amoconf.touch import Touch
from amoconf.values import Address, Value, normal, plain


@dataclass(frozen=True)
class Attr:
    """One attribute of a kind.

    name: as in plans; its dots are the path in YAML. wire: the key in bodies ("" where the kind writes it in its own
    way). channel: only where it differs from the kind's. default: what import leaves out, unless `told`. inner: no key of the spec:
    only archiving uses it. about: what an editor
    shows, in English and Russian.
    """

    name: str
    codec: Codec
    about: tuple[str, str]
    wire: str = ""
    channel: str = ""
    default: Value = None
    required: bool = False
    inner: bool = False
    told: bool = False


@dataclass(frozen=True)
class Home:
    """Where a kind stands in YAML: key below the top ("integrations.widgets") or below another kind's things.

    scopes: a level of fixed words under the key. prefix: path segments put before the parent's path.
    inline: keys of the parent's own body that are things of this kind (`won`, `lost`).
    """

    key: str
    under: str = ""
    scopes: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One collection to read: GET /api/v4/`path`. key: name inside `_embedded` ("" where the answer is one object).

    of: address of the live thing under which it lies. scope: path segments of what is in it. spare: only the policy
    asks for it, so that a plan can be made without.
    """

    path: str
    key: str
    query: tuple[tuple[str, str], ...] = ()
    paged: bool = True
    scope: tuple[str, ...] = ()
    of: Address | None = None
    spare: bool = False


@dataclass(frozen=True)
class Need:
    """What decides which collections to read. wanted None: everything (import). found None: nothing read yet."""

    wanted: Account | None
    found: Account | None = None

    def asks(self, kind: str, scope: tuple[str, ...] = ()) -> bool:
        """Whether the spec says anything about a kind in a scope."""
        if self.wanted is None:
            return True
        if (kind, *scope) in self.wanted.settings.manage:
            return True
        return any(item.address.path[: len(scope)] == scope for item in self.wanted.of(kind))


Decode = Callable[[Mapping[str, Any], Source, Mapping[str, Any]], Iterable[Resource]]


@dataclass(frozen=True)
class Kind:
    """Everything amoconf knows of one kind of thing; general modules ask only this.

    identity: the attribute that names the thing to people. order: "" (none), "sort" (numbers kept as sent),
    "renumbered" (the server renumbers), "list" (place in the parent's list).
    siblings: what things share one order with. rank: things of a lower rank are made first. folds: made together with
    their parent, in its own step. sweeps: `manage: all` may archive what is not listed. group: addresses whose
    changes are written together (default: one by one). channels: action → channel where not api. replaces: an
    attribute that cannot change: another value makes the thing anew, unless `barrier` says why it cannot be.
    precedes: whether an unlisted thing of the same name is what such a replace, begun and unfinished, replaces.
    unmakable: why a thing that was there could not be made again. keeps: what the new thing takes over from the old
    one, as the spec says nothing of it. aside: unlisted things that are amoconf's own. never: why a thing is never
    taken away. full: why it is not deleted as long as it holds records ({count}). grave: why taking it away always
    needs an allowance. waits: why a change cannot be made before a person has done something. touches: the records
    that a change is about. moves: whether those records are written for it, though it is no removal of the API's own.
    settle: a found thing without what the server adds by itself, once its addresses are the spec's. complete: fills
    whole-list attributes with what is kept as found. about: what an editor and an imported spec say of the section,
    in English and Russian. example: one in a spec. usual: the platform made it and nobody changed it, so import
    leaves it out. brief: a found thing in the shortest form that means the same (view.wanted: what import lists).
    """

    name: str
    titles: tuple[str, str]
    homes: tuple[Home, ...]
    attrs: tuple[Attr, ...]
    sources: Callable[[Need], Iterable[Source]]
    decode: Decode
    steps: Callable[[tuple[Change, ...], View], Steps]
    rank: int
    identity: str = "name"
    short: str = "name"
    order: str = ""
    folds: bool = False
    sweeps: bool = True
    reserved: tuple[str, ...] = ()
    extras: tuple[Attr, ...] = ()
    verbs: tuple[str, ...] = ("archived", "absent")
    channels: Mapping[str, str] = field(default_factory=dict)
    channel_of: Callable[[Address, str, Settings], str] | None = None
    group: Callable[[Change], Address] = lambda change: change.address
    prepare: Callable[[Resource, Settings], Resource] = lambda resource, settings: resource
    settle: Callable[[Resource], Resource] = lambda found: found
    complete: Callable[[Resource, Resource | None, View], Resource] = lambda want, have, view: want
    archive: Callable[[Resource, View], Mapping[str, Value]] | None = None
    replaces: str = ""
    barrier: Callable[[Resource, Resource, View], str] = lambda old, want, view: ""
    precedes: Callable[[Resource, Resource], bool] = lambda old, want: not old.fixed
    keeps: Callable[[Resource, Resource, View], Mapping[str, Value]] = lambda old, want, view: {}
    never: Callable[[Change, View], str] = lambda change, view: ""
    full: str = ""
    grave: Callable[[Change], str] = lambda change: ""
    waits: Callable[[Change, View], str] = lambda change, view: ""
    touches: Callable[[Change, View], Iterable[Touch]] = lambda change, view: ()
    moves: Callable[[Change], bool] = lambda change: False
    exists: Callable[[Resource], bool] = lambda resource: True
    aside: Callable[[Resource, Settings], bool] = lambda resource, settings: False
    siblings: Callable[[Resource], tuple[Value, ...]] = lambda resource: resource.address.home
    check: Callable[[Resource, Account], Iterable[str]] = lambda resource, account: ()
    unmakable: Callable[[Resource], str] = lambda resource: ""
    about: tuple[str, str] = ("", "")
    example: Mapping[str, Any] = field(default_factory=dict)
    usual: Callable[[Resource], bool] = lambda resource: resource.aside or bool(resource.reserved)
    brief: Callable[[Resource, View], Resource] = lambda resource, view: resource

    @cached_property
    def by_name(self) -> Mapping[str, Attr]:
        """Attributes by name."""
        return {attr.name: attr for attr in self.attrs}

    @cached_property
    def links(self) -> tuple[Attr, ...]:
        """Attributes and extras that refer to other things."""
        return tuple(attr for attr in (*self.attrs, *self.extras) if attr.codec.resolve is not None)

    @cached_property
    def held(self) -> frozenset[str]:
        """Names of the attributes that the account can hold."""
        return frozenset(attr.name for attr in self.attrs if attr.channel != LOCAL)

    @property
    def called(self) -> str:
        """What people call a thing of the kind, in the spoken language: field, поле."""
        return self.titles[spoken() == "ru"]

    def title(self, thing: Resource) -> str:
        """What people call a thing of the kind, as names are compared."""
        name = thing.attrs.get(self.identity)
        return normal(name if type(name) is str else str(plain(name) or ""))

    @property
    def can_be_swept(self) -> bool:
        """Whether `manage: all` takes anything of it away."""
        return self.archive is not None and self.sweeps

    def channel(self, address: Address, action: str, settings: Settings) -> str:
        """The channel of an action on one thing."""
        if self.channel_of is not None:
            return self.channel_of(address, action, settings)
        return self.channels.get(action, API)
