"""What people do in the interface to webhooks, widgets, sources, lists and bots."""

from amoconf.emulator.config import bots, catalogs, sources, webhooks, widgets
from amoconf.emulator.store import Thing
from amoconf.emulator.tokens import OWN_CLIENT_ID
from amoconf.emulator.ui_words import Kind, UnknownWord, Wish, words


def _new_webhook(wish: Wish) -> Thing:
    # Events are not checked: the interface knows more of them than the API (config page C14).
    destination, events = wish.text("destination"), wish.need("settings")[0]
    _check_settings(events, list)
    return webhooks.make_webhook(
        wish.store, destination, events, by=wish.by, at=wish.at, **wish.given(("disabled",))
    )


def _change_webhook(wish: Wish, hook: Thing, change: Thing) -> Thing:
    _check_settings(change.get("settings", []), list)
    return wish.store.put("webhook", {**hook, **change, "updated_at": wish.at})


def _check_settings(given: object, wanted: type) -> None:
    if not isinstance(given, wanted):
        raise UnknownWord(
            f"settings is {'a list of event codes' if wanted is list else 'an object'}, not {given!r}"
        )


def _widget(wish: Wish) -> Thing:
    name = "id" if "id" in wish.words else "code"
    for widget in wish.store.all("widget"):
        if widget[name] == wish.need(name)[0]:
            return widget
    raise UnknownWord(f"no widget {wish.words[name]!r}")


def _new_widget(wish: Wish) -> Thing:
    _check_settings(wish.words.get("settings", {}), dict)
    if any(widget["code"] == wish.text("code") for widget in wish.store.all("widget")):
        raise UnknownWord(f"there is a widget {wish.words['code']!r} already; install it")
    more = wish.given(WIDGET_KEYS - {"code"})
    return widgets.make_widget(wish.store, wish.text("code"), installed=True, **more)


def install(wish: Wish) -> Thing:
    """The action `install`; settings that the widget requires are the person's business."""
    wish.only(("code", "settings"))
    _check_settings(wish.words.get("settings", {}), dict)
    return widgets.install(wish.store, _widget(wish), wish.words.get("settings", {}))


def uninstall(wish: Wish) -> Thing:
    """The action `uninstall`."""
    wish.only(("code",))
    return widgets.uninstall(wish.store, _widget(wish))


def _new_source(wish: Wish) -> Thing:
    client = wish.words.get("client_id", OWN_CLIENT_ID)
    more = wish.given(("pipeline_id", "default", "origin_code", "services"))
    return sources.make_source(wish.store, wish.text("name"), wish.text("external_id"), client, **more)


def _new_catalog(wish: Wish) -> Thing:
    more = wish.given(CATALOG_KEYS - {"name"})
    kind = wish.words.get("type", "regular")
    return catalogs.make_catalog(wish.store, wish.text("name"), kind, by=wish.by, at=wish.at, **more)


def _change_catalog(wish: Wish, catalog: Thing, change: Thing) -> Thing:
    return catalogs.change_catalog(wish.store, catalog, by=wish.by, at=wish.at, **change)


def _drop_catalog(wish: Wish, catalog: Thing) -> None:
    if not catalog["can_be_deleted"]:
        raise UnknownWord("this list stays")
    catalogs.delete_catalog(wish.store, catalog["id"])


WIDGET_KEYS = words(
    "code version rating settings_template settings is_lead_source is_work_with_dp is_crm_template "
    "pipeline_id owner_client_id is_public"
)
CATALOG_KEYS = words("name sort can_add_elements can_show_in_cards can_link_multiple can_be_deleted")

KINDS = {
    "webhook": Kind(
        find=lambda wish: wish.thing("webhook"),
        keys=words("destination settings disabled sort"),
        make=_new_webhook,
        change=_change_webhook,
        drop=lambda wish, hook: wish.store.drop("webhook", hook["id"]),
    ),
    "widget": Kind(
        find=_widget,
        keys=WIDGET_KEYS,
        make=_new_widget,
        change=lambda wish, widget, change: wish.store.put("widget", {**widget, **change}),
        drop=lambda wish, widget: widgets.uninstall(wish.store, widget),
    ),
    "source": Kind(
        find=lambda wish: wish.thing("source"),
        keys=words("name pipeline_id default origin_code services"),
        new=words("external_id client_id"),
        make=_new_source,
        change=lambda wish, source, change: sources.change_source(wish.store, source, **change),
        drop=lambda wish, source: sources.delete_source(wish.store, source["id"]),
    ),
    "catalog": Kind(
        find=lambda wish: wish.thing("catalog"),
        keys=CATALOG_KEYS,
        new=words("type"),
        make=_new_catalog,
        change=_change_catalog,
        drop=_drop_catalog,
    ),
    "bot": Kind(
        find=lambda wish: wish.thing("bot"),
        keys=words("name settings"),
        make=lambda wish: bots.make_bot(wish.store, wish.text("name"), **wish.given(("settings",))),
        change=lambda wish, bot, change: wish.store.put("bot", {**bot, **change}),
        drop=lambda wish, bot: wish.store.drop("bot", bot["id"]),
    ),
}
