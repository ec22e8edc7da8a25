"""Custom fields of every scope (config page C7). A field's type cannot change: another type is a replace."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import ARCHIVE, CREATE, DELETE, REPLACE, Change, Learn, Steps, View
from amoconf.codecs import BOOLEAN, anything, choice, reference, references, text
from amoconf.kind import Attr, Home, Kind, Source
from amoconf.kinds import _archived as archived
from amoconf.kinds import _fields as fields
from amoconf.kinds import _passing as passing
from amoconf.kinds import _read as read
from amoconf.kinds import _replace as replacing
from amoconf.kinds import _rest as rest
from amoconf.kinds._convert import amiss
from amoconf.kinds._options import enums, new_enums
from amoconf.model import Account, Resource
from amoconf.tongue import tr
from amoconf.values import Address, Ref, Value


def to_group(name: str, home: Address) -> Address:
    """A group of the same scope."""
    return Address("field_group", (*home.home, name))


def to_stage(name: str, home: Address) -> Address:
    """`pipeline/stage`."""
    head, _, tail = name.partition("/")
    if not tail:
        raise ValueError(tr("{name!r}: write it as pipeline/stage", name=name))
    return Address("stage", (head, tail))


STAGES = references(to_stage, lambda address: "/".join(address.path), fields.stage_pair, fields.pair_of)
ATTRS = (
    Attr("name", text(), ("Name on the card", "Название поля"), wire="name"),
    Attr(
        "type", choice(*fields.TYPES), ("Type, as the API calls it", "Тип поля"), wire="type", required=True
    ),
    Attr("code", text(), ("Code for integrations", "Код поля"), wire="code"),
    Attr("group", reference(to_group, lambda address: address.key), ("Tab of the card", "Вкладка карточки")),
    Attr(
        "required_at",
        STAGES,
        ("Stages that a deal cannot enter without it", "Этапы, на которых поле обязательно"),
        wire="required_statuses",
        default=(),
    ),
    Attr(
        "hidden_at",
        STAGES,
        ("Stages that hide it", "Этапы, где поле скрыто"),
        wire="hidden_statuses",
        default=(),
    ),
    Attr(
        "api_only",
        BOOLEAN,
        ("Read-only for people", "Изменяется только через API"),
        "is_api_only",
        default=False,
    ),
    Attr(
        "remind",
        choice("never", "day", "week", "month"),
        ("Reminder of a birthday", "Напоминание"),
        wire="remind",
    ),
    Attr("currency", text(3), ("Currency of a monetary field", "Валюта"), wire="currency"),
    Attr(
        "callback", text(), ("Function of the site's form", "Функция формы сайта"), wire="tracking_callback"
    ),
    Attr("search_in", text(), ("Where a linked element is looked for", "Где искать"), wire="search_in"),
    Attr(
        "visible",
        BOOLEAN,
        ("Shown on list elements", "Видно в карточке элемента"),
        "is_visible",
        default=True,
    ),
    Attr("required", BOOLEAN, ("Must be filled", "Обязательно для элемента"), "is_required", default=False),
)
EXTRAS = (
    Attr(
        "convert",
        anything(fields.CONVERT),
        ("How values move when the type changes", "Как переносятся значения при смене типа"),
    ),
)
BY_NAME = {attr.name: attr for attr in ATTRS}


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One field; attributes that its scope lacks are left out, null lists read as empty."""
    scope, key = source.scope[0], read.number(item.get("id"))
    known = [attr for attr in ATTRS if scope in fields.WHERE.get(attr.name, (scope,))]
    attrs = {**rest.decoded(known, item), "name": read.named(item, "name"), "type": read.named(item, "type")}
    if scope in fields.CARDS:
        group = read.line(item.get("group_id"), "group_id") or "default"
        attrs["group"] = rest.live("field_group", *source.scope, f"#{group}")
    made = _made_by_platform(item)
    raw = {"sort": item.get("sort"), "unsure": made is None}
    yield Resource(rest.live("field", *source.scope, key), attrs, id=key, fixed=bool(made), raw=raw)


def _made_by_platform(item: Mapping[str, Any]) -> bool | None:
    """None where nothing tells it."""
    made, deletable = read.flag(item, "is_predefined"), read.flag(item, "is_deletable")
    if made or deletable is False or item["type"] == "tracking_data":
        return True
    return None if made is deletable is None else False


def body_of(address: Address, values: Mapping[str, Value]) -> dict[str, Any]:
    """The wire form of a field's attributes; the main group is null, and lists have none (config page C7.3)."""
    body = rest.body_of(ATTRS, values)
    group = values.get("group")
    if "group" in values and address.path[0] != "catalogs":
        body["group_id"] = None if group is None or group.key == "default" else Ref(group)
    return body


def regroup(change: Change, values: Mapping[str, Value], key: int | str | None = None) -> Steps:
    """A field of a list has no group_id: the group is told its fields, and keeps those it has (config page C8).

    key: the id of the field where it is not the one that the change is about.
    """
    group = values.get("group")
    if group is None or group.path[0] != "catalogs":
        return ()
    path = (*rest.scope_path(change.address.home), "custom_fields", "groups", Ref(group))
    return (rest.patch(change, path, {"fields": [key or Ref(change.address)]}),)


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """A field and its options travel in one request."""
    own = next((change for change in changes if change.address.kind == "field"), None)
    options = tuple(change for change in changes if change.address.kind == "option")
    if own is None:
        return passing.written(options, view, lambda some: write(some[0], {}, some, view))
    path = collection(own.address)
    if own.action == CREATE:
        assert own.want is not None
        return (create(own, own.want, own.numbers), *regroup(own, own.want.attrs), *rest.sorts(own, path))
    if own.action == REPLACE:
        return replacing.steps(own, options, view)
    if own.action == DELETE:
        return (*passing.kept(own, view), rest.delete(own, (*path, Ref(own.address))))
    body = body_of(own.address, own.after)
    before = archived.group_step(own.address, view) if own.action == ARCHIVE else ()
    if own.address in own.numbers:
        body["sort"] = own.numbers[own.address]
    written = passing.written(options, view, lambda some: write(own, body, some, view), always=bool(body))
    return (*before, *written, *regroup(own, own.after), *rest.sorts(own, path))


def collection(address: Address) -> rest.Path:
    """The collection of fields that a field or option lies in."""
    scope = address.path[: 2 if address.path[0] == "catalogs" else 1]
    return (*rest.scope_path(scope), "custom_fields")


def create(
    change: Change,
    want: Resource,
    numbers: Mapping[Address, int],
    *,
    without: tuple[str, ...] = (),
) -> Any:
    """POST of a field with its options, some attributes left for later."""
    body = body_of(change.address, {name: value for name, value in want.attrs.items() if name not in without})
    options = [part.want for part in change.parts if part.want is not None]
    if options:
        body |= new_enums(want.attrs["type"], options)
    if change.address in numbers:
        body["sort"] = numbers[change.address]
    list_key = "nested" if want.attrs["type"] == "category" else "enums"
    learns = tuple(Learn(item.address, (list_key, ("value", item.attrs["name"]), "id")) for item in options)
    return rest.create(
        change, collection(change.address), "custom_fields", body, learns=(Learn(change.address), *learns)
    )


def write(change: Change, body: Mapping[str, Any], options: tuple[Change, ...], view: View) -> Any:
    """PATCH of a field that is there; with options, its whole list travels."""
    owner = change.address if change.address.kind == "field" else Address("field", change.address.home)
    body = dict(body)
    learns: tuple[Learn, ...] = ()
    if options:
        found = view.found.index[owner]
        body |= enums(found, options, view)
        key = "nested" if found.attrs["type"] == "category" else "enums"
        made = [item.want for item in options if item.action == CREATE and item.want]
        learns = tuple(Learn(item.address, (key, ("value", item.attrs["name"]), "id")) for item in made)
    served = tuple(dict.fromkeys((change.address, *(item.address for item in options))))
    # The collection takes an array of changes (official: config page C7.1).
    body = {"id": Ref(owner), **body}
    step = rest.patch(
        change, collection(owner), body, array="custom_fields", learns=learns, creates=bool(learns)
    )
    return rest.serving(step, served)


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Prefix, archive group, required nowhere, read-only for people; values stay."""
    scope = have.address.path[0]
    wanted: dict[str, Value] = {
        "name": rest.prefixed(have.attrs["name"], view.settings.archive_prefix),
        "group": archived.group_of(have.address.home, view),
        "required_at": (),
        "api_only": True,
        "required": False,
    }
    return {name: value for name, value in wanted.items() if scope in fields.WHERE.get(name, (scope,))}


def complete(want: Resource, have: Resource | None, view: View) -> Resource:
    """Stage links on pipelines that the spec does not list stay as found; stages that will never be drop out."""
    listed = {item.address.path for item in view.wanted.of("pipeline")}
    more = {}
    for name in ("required_at", "hidden_at"):
        if name in want.attrs:
            there = have.attrs.get(name) or () if have is not None else ()
            pairs = {*want.attrs[name], *(pair for pair in there if pair.home not in listed)}
            more[name] = tuple(sorted(pair for pair in pairs if not fields.will_never_be(pair, view)))
    return want.with_map(more)


def check(resource: Resource, account: Account) -> Iterable[str]:
    """Attributes that the scope or the type does not have."""
    scope, attrs = resource.address.path[0], resource.attrs
    for name, scopes in fields.WHERE.items():
        if name in attrs and scope not in scopes:
            yield fields.lacking(name, scope, scopes)
    options = account.within("option", resource.address.path)
    kind = attrs.get("type")
    if options and kind and kind not in fields.WITH_OPTIONS:
        yield fields.no_list(kind)
    said = resource.marks.extras.get("convert")
    if isinstance(said, Mapping) and kind:
        if sentence := fields.unmakable(kind, scope):
            yield sentence
        stay = [item for item in options if not item.marks.leaves]
        names = {str(item.attrs.get("name", item.address.key)): item for item in stay}
        called = {word: name for name, item in names.items() for word in (item.address.key, *item.marks.was)}
        for words in amiss(kind, names, called, said):
            yield f"convert: {words}"
    if kind in fields.LISTED and not options and not resource.marks.leaves:
        yield tr("a field of type {kind} needs options", kind=kind)
    if kind == "monetary" and "currency" not in attrs:
        yield tr("a monetary field needs currency, such as RUB")
    if attrs.get("api_only") and attrs.get("required_at"):
        yield tr("api_only and required_at exclude each other")


def usual(resource: Resource) -> bool:
    """The platform's own fields say something only where somebody made them obligatory or hid them."""
    return resource.fixed and not resource.attrs.get("required_at") and not resource.attrs.get("hidden_at")


def brief(resource: Resource, view: View) -> Resource:
    """The main tab is where fields are anyway."""
    group = resource.attrs.get("group")
    return resource.with_map({"group": None}) if group is not None and group.key == "default" else resource


def siblings(resource: Resource) -> tuple[Value, ...]:
    """Fields share one order within a tab; a new field without one goes to the main tab."""
    main = Address("field_group", (*resource.address.home, "default"))
    return (*resource.address.home, resource.attrs.get("group") or main)


KIND = Kind(
    name="field",
    example={"name": "Город", "type": "select", "options": ["Пенза", "Москва"]},
    titles=("field", "поле"),
    about=("Fields of cards, in the order of their tab", "Поля карточек, по порядку внутри вкладки"),
    homes=(Home("fields", scopes=fields.SCOPES), Home("fields", under="catalog", prefix=("catalogs",))),
    attrs=ATTRS,
    extras=EXTRAS,
    sources=fields.sources,
    decode=decode,
    steps=steps,
    rank=40,
    order="sort",
    siblings=siblings,
    complete=complete,
    archive=archive,
    replaces="type",
    grave=fields.grave,
    barrier=replacing.barrier,
    precedes=replacing.precedes,
    keeps=replacing.keeps,
    touches=fields.touches,
    check=check,
    unmakable=fields.unmade,
    usual=usual,
    brief=brief,
)
