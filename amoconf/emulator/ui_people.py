"""What people do in the interface to users and roles: the only place where a user can be changed."""

from typing import Any

from amoconf.emulator.check import Key, check
from amoconf.emulator.config import rights, roles, users
from amoconf.emulator.store import Thing
from amoconf.emulator.ui_words import Kind, UnknownWord, Wish, words

FLAGS = ("is_admin", "is_free", "is_active")
USER_KEYS = words(f"name email lang role_id group_id user_rank phone_number {' '.join(FLAGS)}")


def _new_user(wish: Wish) -> Thing:
    _check_references(wish)
    words_ = wish.given(("lang", "role_id", "group_id", *FLAGS))
    extra = wish.given(("user_rank", "phone_number"))
    given = wish.words.get("rights")
    return users.make_user(
        wish.store, wish.text("name"), wish.text("email"), given=given, extra=extra, **words_
    )


def change_user(wish: Wish, user: Thing, change: Thing) -> Thing:
    """A role chosen for an administrator makes him an ordinary user, unless the words say otherwise."""
    _check_references(wish)
    if change.get("role_id") is not None and user["rights"]["is_admin"] and "is_admin" not in change:
        change = {**change, "is_admin": False}
    given = change.get("rights")
    named = {name: value for name, value in change.items() if name != "rights"}
    return users.change_user(wish.store, user, given=given, **named)


def _check_references(wish: Wish) -> None:
    for name, kind in (("role_id", "role"), ("group_id", "user_group")):
        if wish.words.get(name) is not None:
            wish.number(name)
            wish.thing(kind, name)
    _check_rights(wish)
    if wish.words.get("is_admin") and wish.words.get("role_id") is not None:
        raise UnknownWord("an administrator has no role")


def _check_rights(wish: Wish) -> None:
    shape = {"rights": Key("object", keys=rights.shape(blocks_required=False))}
    found = check(wish.given(shape), shape)
    if found:
        raise UnknownWord(f"{found[0].path}: {found[0].detail}")


def set_user(wish: Wish) -> Thing:
    """The action `set_user`."""
    wish.only(USER_KEYS)
    return change_user(wish, wish.thing("user"), wish.given(USER_KEYS))


def _new_role(wish: Wish) -> Thing:
    _check_rights(wish)
    return roles.make_role(wish.store, wish.text("name"), wish.words.get("rights"))


def _change_role(wish: Wish, role: Thing, change: Thing) -> Thing:
    _check_rights(wish)
    return roles.change_role(wish.store, role, change.get("name"), change.get("rights"))


def set_right(wish: Wish) -> Thing:
    """The action `set_right`: one right of a role, or of a user, who leaves his role by it (config page C10).

    `right` is "leads.export" or "mail_access", and a bare "view" with `pipeline_id` and `status_id`, or with
    `catalog_id`. What must not be broader than a narrowed right is narrowed with it.
    """
    wish.only(("role_id", "user_id", "right", "value", "pipeline_id", "status_id", "catalog_id"))
    if ("role_id" in wish.words) == ("user_id" in wish.words):
        raise UnknownWord("a right is of one role_id or one user_id")
    if "role_id" in wish.words:
        role = wish.thing("role", "role_id")
        return roles.change_role(wish.store, role, given=_changed(wish, role["rights"]))
    user = wish.thing("user", "user_id")
    if user["rights"]["is_admin"]:
        raise UnknownWord("an administrator has every right")
    return users.change_user(wish.store, user, given=_changed(wish, user["rights"]))


def _changed(wish: Wish, held: Thing) -> Thing:
    right, value = wish.text("right"), wish.need("value")[0]
    if "status_id" in wish.words:
        return {"status_rights": _with_row(held["status_rights"], _stage_row(wish, held), right, value, "AD")}
    if "catalog_id" in wish.words:
        row = _row_of(held["catalog_rights"], {"catalog_id": wish.thing("catalog", "catalog_id")["id"]})
        row.setdefault("rights", dict.fromkeys(rights.CATALOG, "D"))
        return {"catalog_rights": _with_row(held["catalog_rights"], row, right, value, "ALD")}
    if right in rights.SWITCHES:
        if not isinstance(value, bool):
            raise UnknownWord(f"{right} is true or false")
        return {right: value}
    block, _, name = right.partition(".")
    if block not in rights.BLOCKS:
        raise UnknownWord(f"no right {right!r}; known: {_known()}")
    return {block: _with(held[block], name, value, "AGMD")}


def _known() -> str:
    return ", ".join(
        [f"{block}.{name}" for block, names in rights.BLOCKS.items() for name in names] + [*rights.SWITCHES]
    )


def _stage_row(wish: Wish, held: Thing) -> Thing:
    pipeline = wish.thing("pipeline", "pipeline_id")["id"]
    stage = wish.thing("stage", "status_id", str(pipeline))
    row = _row_of(
        held["status_rights"], {"entity_type": "leads", "pipeline_id": pipeline, "status_id": stage["id"]}
    )
    names = rights.STAGE[:3] if stage["type"] == 1 else rights.STAGE
    row.setdefault("rights", dict.fromkeys(names, "D"))
    return row


def _row_of(rows: list[Thing] | None, ids: Thing) -> Thing:
    same = [row for row in rows or [] if all(row.get(name) == value for name, value in ids.items())]
    return dict(same[0]) if same else dict(ids)


def _with_row(rows: list[Thing] | None, row: Thing, name: str, value: Any, letters: str) -> list[Thing]:
    new = {**row, "rights": _with(row["rights"], name, value, letters)}
    if row in (rows or []):
        return [new if one == row else one for one in rows or []]
    return [*(rows or []), new]


def _with(block: Thing, name: str, value: Any, letters: str) -> Thing:
    if name not in block:
        raise UnknownWord(f"no right {name!r} here; known: {', '.join(block)}")
    if value not in (*letters,) or (name == "add" and value not in "AD"):
        raise UnknownWord(f"{name} is one of {', '.join(letters)}, not {value!r}")
    # Narrowing takes along what depends on it (config page C10); what is too broad is let through.
    narrowed = {
        other: value
        for other, bounds in rights.BOUNDS.items()
        if name in bounds and other in block and rights.BREADTH[block[other]] > rights.BREADTH[value]
    }
    return {**block, **narrowed, name: value}


KINDS = {
    "user": Kind(
        find=lambda wish: wish.thing("user"),
        keys=USER_KEYS | {"rights"},
        make=_new_user,
        change=change_user,
        drop=lambda wish, user: wish.store.drop("user", user["id"]),
    ),
    "role": Kind(
        find=lambda wish: wish.thing("role"),
        keys=words("name rights"),
        make=_new_role,
        change=_change_role,
        drop=lambda wish, role: roles.delete_role(
            wish.store, role["id"], keep_rights=wish.world.switches.role_delete_keeps_rights
        ),
    ),
}
