"""What people do in the interface to custom fields, their options and their groups."""

from amoconf.emulator.check import Key, check
from amoconf.emulator.config import enums, fields_store, groups
from amoconf.emulator.config.fields_shape import TYPES
from amoconf.emulator.store import Thing
from amoconf.emulator.ui_words import Kind, UnknownWord, Wish, words

PAIR = {"pipeline_id": Key("int", required=True), "status_id": Key("int", required=True)}
SCOPES = ("leads", "contacts", "companies", "customers", "segments")


def _scope(field: Thing) -> str:
    """The store's scope of a field."""
    if field["entity_type"] == "catalogs":
        return f"catalogs/{field['catalog_id']}"
    return str(field["entity_type"])


def _field(wish: Wish, name: str = "id") -> Thing:
    """The field that a word names; ids are unique, so that `entity` may be left out."""
    scopes = [wish.entity(SCOPES, lists=True)] if "entity" in wish.words else wish.store.scopes("field")
    for scope in scopes:
        found = wish.store.get("field", wish.number(name), scope)
        if found is not None:
            return found
    raise UnknownWord(f"no field {wish.words[name]!r}")


def _new_field(wish: Wish) -> Thing:
    scope, kind = wish.entity(SCOPES, lists=True), wish.text("type")
    known = TYPES[scope.split("/")[0]]
    if kind not in known:
        raise UnknownWord(f"no type {kind!r} in {scope}; known: {', '.join(sorted(known))}")
    _check_options(wish)
    body = {**wish.given(FIELD.keys), "name": wish.text("name"), "type": kind}
    return fields_store.make_field(wish.store, scope, body, **wish.given(("is_computed",)))


def _change_field(wish: Wish, field: Thing, change: Thing) -> Thing:
    _check_options(wish)
    scope = _scope(field)
    changed = fields_store.change_field(wish.store, scope, field, change)
    computed = {name: change[name] for name in ("is_computed",) if name in change}
    return wish.store.put("field", {**changed, **computed}, scope) if computed else changed


def _check_options(wish: Wish) -> None:
    """Lists that the store takes apart must have the form that it knows."""
    pairs = Key("array", items=Key("object", keys=PAIR))
    shape = {"enums": enums.CHANGED, "required_statuses": pairs, "hidden_statuses": pairs}
    found = check(wish.given(shape), shape)
    if found:
        raise UnknownWord(f"{found[0].path}: {found[0].detail}")


def _drop_field(wish: Wish, field: Thing) -> None:
    if not field["is_deletable"]:
        raise UnknownWord("this field stays")
    fields_store.delete_field(wish.store, _scope(field), field["id"])


def _option(wish: Wish) -> Thing:
    for option in _field(wish, "field_id")["enums"] or []:
        if option["id"] == wish.number("id"):
            return dict(option)
    raise UnknownWord(f"no option {wish.words['id']!r} in field {wish.words['field_id']!r}")


def _new_option(wish: Wish) -> Thing:
    field = _field(wish, "field_id")
    if field["enums"] is None:
        raise UnknownWord(f"field {field['id']} has no options")
    last = max((option["sort"] for option in field["enums"]), default=-1)
    new = {"value": wish.text("name"), "sort": last + 1, **wish.given(("sort", "code"))}
    known = {option["id"] for option in field["enums"]}
    saved = _save_options(wish, field, [*field["enums"], new])
    return next(dict(option) for option in saved["enums"] if option["id"] not in known)


def _change_option(wish: Wish, option: Thing, change: Thing) -> Thing:
    field = _field(wish, "field_id")
    wanted = {"value" if name == "name" else name: value for name, value in change.items()}
    new = {**option, **wanted}
    saved = _save_options(wish, field, [new if one["id"] == new["id"] else one for one in field["enums"]])
    return next(dict(one) for one in saved["enums"] if one["id"] == new["id"])


def _drop_option(wish: Wish, option: Thing) -> None:
    field = _field(wish, "field_id")
    _save_options(wish, field, [one for one in field["enums"] if one["id"] != option["id"]])


def _save_options(wish: Wish, field: Thing, options: list[Thing]) -> Thing:
    return fields_store.change_field(wish.store, _scope(field), field, {"enums": options})


def _group(wish: Wish) -> Thing:
    for group in groups.groups_of(wish.store, wish.entity(lists=True)):
        if group["id"] == str(wish.need("id")[0]):
            return group
    raise UnknownWord(f"no group {wish.words['id']!r}")


def _new_group(wish: Wish) -> Thing:
    scope = wish.entity(lists=True)
    last = max((group["sort"] for group in groups.groups_of(wish.store, scope)), default=0)
    made = groups.make_group(wish.store, scope, wish.text("name"), sort=wish.words.get("sort", last + 1))
    return groups.change_group(wish.store, scope, made, wish.given(("fields",)))


def _drop_group(wish: Wish, group: Thing) -> None:
    if group["is_predefined"]:
        raise UnknownWord("predefined groups stay")
    groups.delete_group(
        wish.store, wish.entity(lists=True), group["id"], fields=wish.world.switches.group_delete
    )


FIELD = Kind(
    find=_field,
    keys=words(
        "name code sort group_id is_api_only required_statuses hidden_statuses enums nested remind currency "
        "chained_lists search_in tracking_callback is_visible is_required is_deletable is_computed"
    ),
    new=words("type"),
    make=_new_field,
    change=_change_field,
    drop=_drop_field,
    place=words("entity"),
)
KINDS = {
    "field": FIELD,
    "option": Kind(
        find=_option,
        keys=words("name sort code"),
        make=_new_option,
        change=_change_option,
        drop=_drop_option,
        place=words("entity field_id"),
    ),
    "field_group": Kind(
        find=_group,
        keys=words("name sort fields"),
        make=_new_group,
        change=lambda wish, group, change: groups.change_group(
            wish.store, wish.entity(lists=True), group, change
        ),
        drop=_drop_group,
        place=words("entity"),
    ),
}
