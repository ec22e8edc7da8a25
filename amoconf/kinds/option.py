"""Options of a list field and nodes of a category (config pages C7.4, C7.5); written together with their field."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import DELETE, MOVE, Change, Steps, View
from amoconf.codecs import reference, text
from amoconf.kind import Attr, Home, Kind, Source
from amoconf.kinds import _fields as fields
from amoconf.kinds import _passing as passing
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Account, Resource
from amoconf.tongue import tr
from amoconf.touch import OPTION as HELD
from amoconf.touch import Touch
from amoconf.values import Address, Value


def to_option(name: str, home: Address) -> Address:
    """Another option of the same field."""
    return Address("option", (*home.home, name))


OPTION = reference(to_option, lambda address: address.key)
ATTRS = (
    Attr("name", text(), ("What people see", "Значение списка")),
    Attr("code", text(), ("Code for integrations", "Код значения")),
    Attr("under", OPTION, ("The node above, in a category", "Родительская категория")),
)
EXTRAS = (
    Attr(
        "move_values_to", OPTION, ("Option that takes over the values", "Значение, которое заменит удаляемое")
    ),
    rest.UNSORTED,
)


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """The options of one field."""
    if item.get("type") not in fields.WITH_OPTIONS:
        return
    is_tree = item["type"] == "category"
    home = (*source.scope, f"#{read.number(item.get('id'))}")
    for row in fields.entries(item):
        key, above = read.number(row.get("id")), read.numbered(row.get("parent_id"), "parent_id")
        attrs: dict[str, Value] = {
            "name": read.named(row, "value"),
            "code": read.line(row.get("code"), "code"),
        }
        if is_tree:
            attrs["under"] = Address("option", (*home, f"#{above}")) if above else None
        raw = {"sort": row.get("sort"), "parent_id": above}
        yield Resource(Address("option", (*home, f"#{key}")), attrs, id=key, raw=raw)


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """Never asked: options travel with their field."""
    raise NotImplementedError("options are written by their field")


def group(change: Change) -> Address:
    """The field that carries the list."""
    return Address("field", change.address.home)


def complete(want: Resource, have: Resource | None, view: View) -> Resource:
    """The tree is as it is written: a node without `under` stands at the top, which could not be said otherwise."""
    above = want.attrs.get("under")
    node = view.wanted.get(above) if isinstance(above, Address) else None
    if node is not None and node.marks.leaves and view.found.get(node.address) is None:
        want = want.with_map({"under": None})  # it leaves, and was never there
    if have is None or "under" not in have.attrs or want.marks.leaves:
        return want
    return want.with_map({"under": want.attrs.get("under")})


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Prefix; it moves to the end of the list with the write."""
    return {"name": rest.prefixed(have.attrs["name"], view.settings.archive_prefix)}


def grave(change: Change) -> str:
    """Cards lose a dropped option (config page C7.4: guess for the loss)."""
    if change.action != DELETE:
        return ""
    moved = change.want is not None and passing.MOVE in change.want.marks.extras
    return "" if moved else tr("cards that hold the option lose it")


def check(resource: Resource, account: Account) -> Iterable[str]:
    """Only a category is a tree, and a tree has no circles; values go to another option, where cards can be written."""
    yield from _of_target(resource)
    field = account.get(Address("field", resource.address.home))
    is_tree = field is not None and field.attrs.get("type") == "category"
    if is_tree and "code" in resource.attrs:
        # Nodes have no such key (official: config page C7.3).
        yield tr("options of a field of type category have no code")
    if "under" not in resource.attrs:
        return
    if field is not None and "type" in field.attrs and not is_tree:
        yield tr("under exists only for options of a field of type category")
    above, seen = resource.attrs["under"], {resource.address}
    while isinstance(above, Address) and above not in seen:
        seen.add(above)
        node = account.get(above)
        above = node.attrs.get("under") if node else None
    if above == resource.address:
        yield tr("it lies under {under!r}, which lies under it", under=resource.attrs["under"].key)


def _of_target(resource: Resource) -> Iterable[str]:
    extras, scope = resource.marks.extras, resource.address.path[0]
    if extras.get(passing.MOVE) == resource.address:
        yield tr("move_values_to names the option itself")
    if passing.MOVE in extras and resource.marks.absent is None:
        yield tr("move_values_to belongs to an option that is to be absent: an archived one keeps its values")
    if passing.MOVE in extras and scope == "segments":
        # Segments are changed one by one (config page C13).
        yield tr("move_values_to does not exist for options of segments")
    yield from rest.no_unsorted(resource, "leads")


def siblings(resource: Resource) -> tuple[Value, ...]:
    """Nodes of a category have an order under each parent."""
    return (*resource.address.home, resource.attrs.get("under"))


def touches(change: Change, view: View) -> Iterable[Touch]:
    """Cards that hold the option."""
    field = view.found.get(Address("field", change.address.home))
    if change.have is not None and field is not None and change.action != MOVE:
        ids = (int(str(field.id)), int(str(change.have.id)))
        yield Touch(rest.records_of(change.address.home[:-1], view), HELD, ids)


KIND = Kind(
    name="option",
    example={"name": "Бета", "was": ["Beta"]},
    titles=("option", "значение списка"),
    about=("Values of the list, in their order", "Значения списка, по порядку"),
    homes=(Home("options", under="field"),),
    attrs=ATTRS,
    extras=EXTRAS,
    sources=fields.sources,
    decode=decode,
    steps=steps,
    rank=41,
    order="list",
    siblings=siblings,
    check=check,
    complete=complete,
    folds=True,
    group=group,
    grave=grave,
    archive=archive,
    touches=touches,
)
