"""Widgets: which integrations of the market are installed, with settings that only their owner reads."""

from collections.abc import Iterable
from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok
from amoconf.emulator.call import Call
from amoconf.emulator.check import Key, Shape
from amoconf.emulator.listing import ENVELOPES, linked, not_found, paged
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

# Never sent. `is_public`: in the market for everybody; others are seen once installed, and by their owner.
PRIVATE = ("settings", "owner_client_id", "is_public")


def make_widget(
    store: Store,
    code: str,
    *,
    installed: bool = False,
    settings_template: Iterable[Thing] = (),
    settings: Thing | None = None,
    owner_client_id: str | None = None,
    is_public: bool = True,
    **words: Any,
) -> Thing:
    """A widget of the market. An item of `settings_template` is {key, name, type, is_required}.

    `owner_client_id`: the integration that may read `settings`. `words`: any other key of the body.
    """
    body: Thing = {
        "id": words.pop("id", None) or store.count("widget"),
        "code": code,
        "version": "1.0.0",
        "rating": "4,5",
        "settings_template": list(settings_template),
        "is_lead_source": False,
        "is_work_with_dp": False,
        "is_crm_template": False,
        "client_uuid": owner_client_id,
        "is_active_in_account": installed,
        "pipeline_id": None,
    }
    private = {"settings": settings or {}, "owner_client_id": owner_client_id, "is_public": is_public}
    return store.put("widget", {**body, **words, **private})


def install(store: Store, widget: Thing, settings: Thing) -> Thing:
    """The widget installed with these settings, in place of those it had."""
    return store.put("widget", {**widget, "is_active_in_account": True, "settings": settings})


def uninstall(store: Store, widget: Thing) -> Thing:
    """The widget switched off; its settings are gone."""
    return store.put("widget", {**widget, "is_active_in_account": False, "settings": {}})


@route("GET", "/api/v4/widgets", facts="config C15")
def index(call: Call) -> Answer:
    """Public widgets, installed ones and the caller's own, page by page."""
    widgets = [widget for widget in call.store.all("widget") if _visible(call, widget)]
    return paged(call, ENVELOPES["widgets"], widgets, lambda widget, query: wire(call, widget, query))


@route("GET", "/api/v4/widgets/{code}", facts="config C15")
def show(call: Call) -> Answer:
    """One widget by its code."""
    return ok(wire(call, known_widget(call)))


@route("POST", "/api/v4/widgets/{code}", admin=True, facts="config C15")
def subscribe(call: Call) -> Answer:
    """Installs a widget, or overwrites its settings; the body is the settings."""
    widget = known_widget(call)
    settings = call.body or {}
    call.checked([settings], settings_shape(widget), None)
    return ok(wire(call, install(call.store, widget, settings), with_settings=True))


@route("DELETE", "/api/v4/widgets/{code}", admin=True, facts="config C15")
def unsubscribe(call: Call) -> Answer:
    """Uninstalls a widget; 404 also for one that is not installed (guess)."""
    widget = known_widget(call)
    if not widget["is_active_in_account"]:
        raise not_found("Widget")
    uninstall(call.store, widget)
    return NOTHING


def settings_shape(widget: Thing) -> Shape:
    """The keys that this widget's settings may hold, by its template."""
    return {row["key"]: _setting(row["type"], row["is_required"]) for row in widget["settings_template"]}


def _setting(kind: str, required: bool) -> Key:
    # Ids of users are the keys of `users` and `users_lp`: which exist is not checked (not documented).
    if kind in ("text", "pass"):
        return Key(required=required, blank=not required)
    return Key("object" if kind in ("users", "users_lp") else "any", required=required, rule=_RULES.get(kind))


def _users(value: Any) -> str | None:
    return None if all(isinstance(phone, str) for phone in value.values()) else "NotSupportedChoice"


def _logins(value: Any) -> str | None:
    rows = [isinstance(row, dict) and set(row) == {"login", "password"} for row in value.values()]
    return None if all(rows) else "NotSupportedChoice"


_RULES = {"users": _users, "users_lp": _logins}


def _visible(call: Call, widget: Thing) -> bool:
    shown = widget.get("is_public", True) or widget["is_active_in_account"]
    return bool(shown) or _owns(call, widget)


def _owns(call: Call, widget: Thing) -> bool:
    return widget.get("owner_client_id") is not None and widget["owner_client_id"] == call.client_id


def known_widget(call: Call) -> Thing:
    """The widget that the path names, or 404."""
    for widget in call.store.all("widget"):
        if widget["code"] == call.values["code"] and _visible(call, widget):
            return widget
    raise not_found("Widget")


def wire(call: Call, widget: Thing, query: str = "", *, with_settings: bool = False) -> Thing:
    """A widget as it is sent: its settings go to the integration that owns it, and to who installs it."""
    body = {name: value for name, value in widget.items() if name not in PRIVATE}
    if with_settings or _owns(call, widget):
        body["settings"] = widget.get("settings") or []  # an empty object is [] in PHP's JSON
    return linked(call, body, f"/api/v4/widgets/{widget['code']}{query}")
