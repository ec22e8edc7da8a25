"""Types of tasks, and the address of the web client where they are written (third party: config page, C2).

For the interface actions and scenarios: `make_task_type`, `change_task_type`, `delete_task_type`; they check
nothing. A stored type may hold `sort`, which answers never show.
"""

from amoconf.emulator.answer import HTML, Answer, dumps, page_of_gateway, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.query import integer, values
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SYSTEM = ("FOLLOW_UP", "MEETING")
SHOWN = ("id", "name", "color", "icon_id", "code")
PAGE = "<!DOCTYPE html><html><head><title>amoCRM</title></head><body></body></html>"
WEB = "/ajax/tasks/types"


@route("GET", WEB, facts="config C2")
def list_types(call: Call) -> Answer:
    """Own types by id; an empty list when there is none. That the system types are left out is a guess."""
    return _guarded(call) or _own(call.store)


@route("POST", WEB, facts="config C2", note="answers of the two actions are guesses")
def save_types(call: Call) -> Answer:
    """ADD for everybody; ALL_EDIT, the settings page's save, for administrators."""
    refusal = _guarded(call)
    if refusal is not None:
        return refusal
    form = (
        call.body
        if isinstance(call.body, dict) and call.headers.get("content-type", "").startswith(FORM)
        else {}
    )
    match form.get("ACTION"):
        case "ADD":
            _add(call, form)
        case "ALL_EDIT" if call.is_admin:
            _edit_all(call, form)
        case "ALL_EDIT":
            raise problem(403, "Forbidden")
        case _:
            raise problem(400, "Unknown action")
    return _own(call.store)


def make_task_type(
    store: Store, name: str, *, color: str | None = None, icon_id: int | None = None, sort: int = 0
) -> Thing:
    """A type of one's own; `color` is hex without #."""
    body = {"id": store.count("task_type"), "name": name, "color": color, "icon_id": icon_id, "code": None}
    return store.put("task_type", {**body, "sort": sort})


def change_task_type(store: Store, key: int | str, change: Item) -> Thing:
    """Applies name, color, icon_id, sort. KeyError when there is no such type."""
    wanted: Thing = {name: change[name] for name in ("name", "color", "icon_id", "sort") if name in change}
    return store.put("task_type", {**store.things["task_type", ""][str(key)], **wanted})


def delete_task_type(store: Store, key: int | str) -> None:
    """Tasks keep the id. KeyError when there is no such type."""
    store.drop("task_type", key)


def shown_types(store: Store) -> list[Thing]:
    """All types as the account shows them: the system's, then own ones in their order."""
    return [{key: thing[key] for key in SHOWN} for thing in [*_of_system(store), *_people_made(store)]]


def _guarded(call: Call) -> Answer | None:
    """The web client's page or a 401 page instead of an answer, for callers that are not the web client."""
    if not call.world.switches.task_types_by_token:
        return page_of_gateway(401)
    if call.headers.get("x-requested-with", "").lower() != "xmlhttprequest":
        return Answer(200, PAGE, HTML)
    return None


def _own(store: Store) -> Answer:
    rows = {
        str(row["id"]): {
            "id": row["id"],
            "option": row["name"],
            "icon_id": row["icon_id"],
            "color": row["color"],
        }
        for row in _people_made(store)
    }
    return Answer(200, dumps(rows or []), JSON)


def _of_system(store: Store) -> list[Thing]:
    return [row for row in store.all("task_type") if row["code"] in SYSTEM]


def _people_made(store: Store) -> list[Thing]:
    rows = [row for row in store.all("task_type") if row["code"] not in SYSTEM]
    return sorted(rows, key=lambda row: int(row.get("sort", 0)))


def _add(call: Call, form: Item) -> None:
    name = _name(form.get("NAME"))
    last = max((int(row.get("sort", 0)) for row in _people_made(call.store)), default=0)
    icon, color = integer(form.get("ICON_ID")), form.get("COLOR") or None
    make_task_type(call.store, name, color=color, icon_id=icon, sort=last)


def _edit_all(call: Call, form: Item) -> None:
    """Types that are neither in `add` nor in `delete` stay; keeping and renaming by `id` is a guess."""
    own = {str(row["id"]) for row in _people_made(call.store)}
    given = form.get("add")
    items = [
        _item(row, own)
        for row in (given.values() if isinstance(given, dict) else [])
        if isinstance(row, dict)
    ]
    gone = values(form.get("delete"))
    if not own.issuperset(gone):
        raise problem(400, "Task type can not be deleted")
    for key, change in items:
        if key is None:
            made = make_task_type(call.store, change["name"])
            change_task_type(call.store, made["id"], change)
        else:
            change_task_type(call.store, key, change)
    for key in dict.fromkeys(gone):
        delete_task_type(call.store, key)


def _item(row: Item, own: set[str]) -> tuple[str | None, Item]:
    key = row.get("id") or None
    if key is not None and str(key) not in own:
        raise problem(400, "Task type can not be edited")
    change: Item = {"name": _name(row.get("name"))}
    if "sort" in row:
        change["sort"] = integer(row["sort"]) or 0
    if "icon_id" in row:
        change["icon_id"] = integer(row["icon_id"])
    if "color" in row:
        change["color"] = row["color"] or None
    return key, change


def _name(given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise problem(400, "Task type name can not be empty")
    return given
