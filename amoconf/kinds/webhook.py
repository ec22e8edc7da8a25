"""Webhooks (config page C14): known by their URL, which may hold a secret; POST of a known URL updates it."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import CREATE, DELETE, Change, Learn, Step, Steps, View
from amoconf.codecs import Codec, words
from amoconf.kind import Attr, Home, Kind, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.kinds._palettes import WEBHOOK_EVENTS
from amoconf.model import Account, Resource
from amoconf.tongue import tr
from amoconf.values import Hidden, Value, normal, plain

PATH = ("webhooks",)


def _load_url(value: Value) -> Value:
    if not isinstance(value, str | Hidden) or not str(value).startswith(("http://", "https://")):
        raise ValueError(tr("a URL that starts with https:// is expected here"))
    return value


URL = Codec(schema={"type": "string", "pattern": "^https?://"}, load=_load_url, secret=True)
EVENTS = words(*WEBHOOK_EVENTS)
ATTRS = (
    Attr("url", URL, ("Where amoCRM sends", "Адрес, куда отправлять"), wire="destination", required=True),
    Attr("events", EVENTS, ("What it sends", "События"), wire="settings", required=True),
)


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One webhook; event codes that the table does not list are kept."""
    key = read.number(item.get("id"))
    attrs = {**rest.decoded(ATTRS, item), "url": read.named(item, "destination")}
    if not all(isinstance(event, str) for event in attrs["events"]):
        raise ValueError(tr("settings holds what is no text"))
    yield Resource(rest.live("webhook", key), attrs, id=key)


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """POST makes and updates; another URL is a new webhook and the old one deleted."""
    return tuple(step for change in changes for step in _one(change, view))


def _one(change: Change, view: View) -> Steps:
    old = change.have.attrs["url"] if change.have else None
    gone = rest.delete(change, PATH, {"destination": plain(old)})
    if change.action == DELETE:
        return (gone,)
    values = {**(change.have.attrs if change.have else {}), **(change.want.attrs if change.want else {})}
    post = Step(
        (change.address,),
        rest.spoken(change, change.action),
        method="POST",
        path=PATH,
        body=rest.body_of(ATTRS, values),
        creates=change.action == CREATE,
        learns=(Learn(change.address),),
    )
    moved = change.action != CREATE and "url" in change.after
    return (post, gone) if moved and plain(old) not in _wanted_urls(view) else (post,)


def _wanted_urls(view: View) -> set[Value]:
    """URLs that stay in use, though perhaps by another webhook than before."""
    return {plain(item.attrs.get("url")) for item in view.wanted.of("webhook") if not item.marks.leaves}


def check(resource: Resource, account: Account) -> Iterable[str]:
    """Two webhooks of one URL are one in amoCRM."""
    url = normal(str(resource.attrs.get("url", "")))
    first = next(item for item in account.of("webhook") if normal(str(item.attrs.get("url", ""))) == url)
    if first.address != resource.address:
        yield tr("{address} has the same URL: amoCRM keeps one webhook for one URL", address=first.address)


KIND = Kind(
    name="webhook",
    example={
        "url": "https://erp.firma.example/amo/${secret:ERP_HOOK}",
        "events": ["add_lead", "status_lead"],
    },
    titles=("webhook", "вебхук"),
    about=("Where amoCRM sends events", "Вебхуки: куда amoCRM отправляет события"),
    homes=(Home("integrations.webhooks"),),
    attrs=ATTRS,
    sources=rest.collection("webhook", "webhooks", "webhooks", paged=False),
    decode=decode,
    steps=steps,
    rank=80,
    identity="url",
    short="url",
    verbs=("absent",),
    check=check,
)
