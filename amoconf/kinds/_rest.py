"""Steps that most kinds share: create in an array, change one by id, delete one; and reading whole collections."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from amoconf.changes import (
    ARCHIVE,
    BY_HAND,
    CREATE,
    DELETE,
    MOVE,
    REPLACE,
    RESTORE,
    UPDATE,
    Change,
    Learn,
    Step,
    Steps,
    View,
)
from amoconf.codecs import BOOLEAN, INTEGER, choice
from amoconf.kind import Attr, Need, Source
from amoconf.kinds import _read as read
from amoconf.model import Resource
from amoconf.tongue import later, tr
from amoconf.values import Address, Ref, Value

# One request tells task types, user groups and the time zone (config page C1).
ACCOUNT = Source(
    "account",
    "",
    query=(("with", "amojo_id,version,users_groups,task_types,datetime_settings,is_api_filter_enabled"),),
    paged=False,
)
Path = tuple[str | Ref, ...]
# A write takes a deal out of the incoming-leads stage (SDK's maintainer: protocol page 8.6), so it is asked for.
UNSORTED = Attr(
    "unsorted",
    choice("wait", "take_out"),
    (
        "Deals of the incoming-leads stage: a write takes them out of it",
        "Сделки в «Неразобранном»: ждать или забрать",
    ),
)
# What is done, as a line of progress.
SPOKEN = {
    CREATE: later("create {address}"),
    UPDATE: later("update {address}"),
    MOVE: later("move {address}"),
    REPLACE: later("replace {address}"),
    ARCHIVE: later("archive {address}"),
    RESTORE: later("restore {address}"),
    DELETE: later("delete {address}"),
    BY_HAND: later("manual {address}"),
    "activate": later("activate {address}"),
    "deactivate": later("deactivate {address}"),
}


def live(kind: str, *path: object) -> Address:
    """The address of a found thing before it is adopted: "#id" segments."""
    return Address(kind, tuple(part if isinstance(part, str) else f"#{part}" for part in path))


def body_of(attrs: Iterable[Attr], values: Mapping[str, Value]) -> dict[str, Any]:
    """The wire form of those values whose attribute has a wire key; secrets are filled in when it is sent."""
    return {
        attr.wire: attr.codec.encode(values[attr.name])
        for attr in attrs
        if attr.wire and attr.name in values and (values[attr.name] is not None or attr.default is None)
    }


def decoded(attrs: Iterable[Attr], item: Mapping[str, Any]) -> dict[str, Value]:
    """Attributes with a wire key, read from an item; a key that is missing reads as null."""
    return {attr.name: attr.codec.decode(_wire(attr, item)) for attr in attrs if attr.wire}


def _wire(attr: Attr, item: Mapping[str, Any]) -> Any:
    """The value of one attribute in the form that its codec knows; ValueError where it can have none."""
    if attr.codec is BOOLEAN:
        return read.flag(item, attr.wire)
    value = item.get(attr.wire)
    if attr.codec.schema.get("type") == "array":
        return read.values(value, attr.wire)
    return read.numbered(value, attr.wire) if attr.codec is INTEGER else read.line(value, attr.wire)


def spoken(change: Change, verb: str) -> str:
    """A line about a step."""
    return tr(SPOKEN[verb], address=change.address)


def create(
    change: Change, path: Path, array: str, body: Mapping[str, Any], *, learns: tuple[Learn, ...] = ()
) -> Step:
    """POST of one item in an array."""
    return Step(
        (change.address,),
        spoken(change, "create"),
        method="POST",
        path=path,
        body=dict(body),
        array=array,
        creates=True,
        channel=change.channel,
        learns=learns or (Learn(change.address),),
    )


def patch(change: Change, path: Path, body: Mapping[str, Any], **more: Any) -> Step:
    """PATCH of one thing by id."""
    return Step(
        (change.address,),
        spoken(change, change.action),
        method="PATCH",
        path=path,
        body=dict(body),
        channel=change.channel,
        **more,
    )


def delete(change: Change, path: Path, body: Any = None) -> Step:
    """DELETE of one thing."""
    return Step(
        (change.address,),
        spoken(change, "delete"),
        method="DELETE",
        path=path,
        body=body,
        channel=change.channel,
        last=True,
    )


def by_hand(change: Change, text: str) -> Step:
    """What a person does in the interface."""
    return Step((change.address,), text, channel="manual")


def sorts(change: Change, path: Path) -> Steps:
    """PATCHes of `sort` for siblings that have to make room."""
    others = {address: number for address, number in change.numbers.items() if address != change.address}
    return tuple(
        Step(
            (change.address,),
            tr("make room: {address}", address=address),
            method="PATCH",
            path=(*path, Ref(address)),
            body={"sort": n},
        )
        for address, n in others.items()
    )


def plain_steps(
    attrs: tuple[Attr, ...],
    home: Callable[[Change], Path],
    array: str,
    *,
    new: Mapping[str, Any] | None = None,
) -> Callable[[tuple[Change, ...], View], Steps]:
    """The step function of a kind with nothing special: POST [..], PATCH /id, DELETE /id."""

    def steps(changes: tuple[Change, ...], view: View) -> Steps:
        return tuple(step for change in changes for step in one(change))

    def one(change: Change) -> Steps:
        path = home(change)
        sort = {"sort": change.numbers[change.address]} if change.address in change.numbers else {}
        if change.action == CREATE and change.want is not None:
            body = {**(new or {}), **body_of(attrs, change.want.attrs), **sort}
            return (create(change, path, array, body), *sorts(change, path))
        if change.action in (UPDATE, MOVE, ARCHIVE, RESTORE):
            body = {**body_of(attrs, change.after), **sort}
            return (patch(change, (*path, Ref(change.address)), body), *sorts(change, path))
        if change.action == DELETE:
            return (delete(change, (*path, Ref(change.address))),)
        raise ValueError(f"{change.address}: no step for {change.action}")

    return steps


def collection(kind: str, path: str, key: str, **more: Any) -> Callable[[Need], Iterable[Source]]:
    """The source function of a kind that is one collection, read when the spec says anything about it."""
    source = Source(path, key, **more)
    return lambda need: (source,) if need.asks(kind) else ()


def prefixed(name: str, prefix: str) -> str:
    """The name of an archived thing; the prefix is put once."""
    return name if name.startswith(prefix) else f"{prefix}{name}"


def scope_path(scope: tuple[str, ...]) -> Path:
    """Path segments of a field scope: an entity, the segments' own, or a list by its id."""
    if scope[0] == "catalogs":
        return ("catalogs", Ref(Address("catalog", scope[1:2])))
    return ("customers", "segments") if scope[0] == "segments" else (scope[0],)


def records_of(scope: tuple[str, ...], view: View) -> str:
    """The list of records whose cards have the fields of a scope."""
    if scope[0] != "catalogs":
        return "customers/segments" if scope[0] == "segments" else scope[0]
    catalog = view.found.get(Address("catalog", scope[1:2]))
    return f"catalogs/{catalog.id if catalog else 0}/elements"


def consent(change: Change) -> dict[str, str]:
    """What the spec says of deals in the incoming-leads stage, for a data step."""
    said = change.want.marks.extras.get(UNSORTED.name) if change.want else None
    return {UNSORTED.name: said} if said else {}


def no_unsorted(resource: Resource, scope: str) -> Iterable[str]:
    """What is wrong with consent where no deals are written."""
    if UNSORTED.name in resource.marks.extras and resource.address.path[0] != scope:
        yield tr("unsorted speaks of deals: nothing else stands in the incoming-leads stage")


def serving(step: Step, addresses: tuple[Address, ...]) -> Step:
    """The same step, done for several changes."""
    return replace(step, serves=addresses)
