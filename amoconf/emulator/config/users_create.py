"""POST of users: what a new user may be called, which rights come with a role, when the method is closed."""

import re
from typing import Any

from amoconf.emulator.answer import Answer, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.config import rights
from amoconf.emulator.config.roles import check_role
from amoconf.emulator.config.users import make_user, wire
from amoconf.emulator.listing import written
from amoconf.emulator.routes import route
from amoconf.emulator.store import Thing

MOST_AT_ONCE = 10
MOST_USERS = 100

NAME = re.compile(r"[\w .@-]+")  # \w brings letters of every script, digits and the underscore
LINK = re.compile(r"://|(^|\s)www\.", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")  # no Cyrillic domains (help centre: page C11)
PASSWORD = re.compile(r"(?=.*\d)(?=.*[a-zа-яё])(?=.*[A-ZА-ЯЁ]).{6,}", re.DOTALL)

RIGHTS = {
    **rights.shape(blocks_required=False),
    "role_id": Key("int", null=True),
    "is_free": Key("bool"),
    "group_id": Key("int", null=True),
}


@route("POST", "/api/v4/users", admin=True, facts="config C11")
def create(call: Call) -> Answer:
    """New users, at most ten at once; closed once the account has more than a hundred."""
    if len(call.store.all("user")) > MOST_USERS:
        raise problem(403, "Users limit exceeded")  # guess: config page C11 gives no answer
    emails = {user["email"].casefold() for user in call.store.all("user")}
    items = call.batch(_shape(call), lambda item: _faults(call, item, emails), most=MOST_AT_ONCE)
    made = [(_make(call, item), request_id) for item, request_id in items]
    return written(call, "users", [wire(call, user, request_id=key) for user, key in made], status=201)


def _shape(call: Call) -> dict[str, Key]:
    languages = ("ru", "en", "es", *(("pt",) if call.world.switches.platform == "kommo" else ()))
    return {
        "name": Key(required=True, blank=False, max=50),
        "email": Key(required=True, blank=False, max=255),
        "password": Key(required=True, blank=False),
        "lang": Key(choices=languages),
        "rights": Key("object", keys=RIGHTS),
        "request_id": Key(),
    }


def _make(call: Call, item: Item) -> Thing:
    given: dict[str, Any] = item.get("rights", {})
    lang = item.get("lang", call.world.switches.language)
    if given.get("is_free"):  # everything else is ignored, role and group too
        return make_user(call.store, item["name"], item["email"], lang=lang, is_free=True)
    return make_user(
        call.store,
        item["name"],
        item["email"],
        lang=lang,
        given=given,
        role_id=given.get("role_id"),
        group_id=given.get("group_id"),
    )


def _faults(call: Call, item: Item, emails: set[str]) -> list[Fault]:
    """`emails` are those of the account and of the items before this one, which joins them."""
    email, found = item["email"].casefold(), []
    if not NAME.fullmatch(item["name"]) or LINK.search(item["name"]):
        found.append(_malformed("name"))
    if not EMAIL.fullmatch(item["email"]):
        found.append(fault("InvalidEmail", "email"))
    elif call.world.switches.known_email_refused and email in emails:
        found.append(fault("NotSupportedChoice", "email"))
    emails.add(email)
    if not PASSWORD.fullmatch(item["password"]):
        found.append(_malformed("password"))
    return [*found, *_right_faults(call, item.get("rights"))]


def _malformed(path: str) -> Fault:
    # guess: config page B5, the validator's stock sentence with a code in its style.
    return Fault("RegexFailed", path, "This value is not valid.")


def _right_faults(call: Call, given: dict[str, Any] | None) -> list[Fault]:
    if given is None or given.get("is_free"):
        return []
    group = given.get("group_id")
    found = check_role(call.store, given.get("role_id"), "rights.role_id")
    if group is not None and call.store.get("user_group", group) is None:
        found.append(fault("NotSupportedChoice", "rights.group_id"))
    if given.get("role_id") is not None:
        return found
    found += [fault("FieldMissing", f"rights.{name}") for name in rights.BLOCKS if name not in given]
    return found or rights.faults(call.store, given, dependencies=call.world.switches.rights_dependencies)
