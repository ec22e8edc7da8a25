"""Loss reasons: amoCRM's own dictionary. Reading is documented by Kommo, writing only by the SDK (config page C6)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from amoconf.changes import ARCHIVE, CREATE, DELETE, MOVE, RESTORE, SDK, UPDATE, Change, Step, Steps, View
from amoconf.codecs import text
from amoconf.kind import Attr, Home, Kind, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Resource
from amoconf.tongue import tr
from amoconf.touch import REASON, Touch
from amoconf.values import Address, Value

ATTRS = (Attr("name", text(), ("The reason", "Причина отказа"), wire="name"),)
PATH = ("leads", "loss_reasons")


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One reason."""
    key, attrs = read.number(item.get("id")), {"name": read.named(item, "name")}
    yield Resource(rest.live("loss_reason", key), attrs, id=key, raw={"sort": item.get("sort")})


def path(change: Change) -> rest.Path:
    """All reasons lie in one collection."""
    return PATH


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Prefix; deals keep it."""
    return {"name": rest.prefixed(have.attrs["name"], view.settings.archive_prefix)}


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """As the SDK writes them; where the service refuses that, a person does it."""
    written = (replace(step, fallback=by_hand(changes)) for step in PLAIN(changes, view))
    return (*(_kept(change.address) for change in changes if change.action == DELETE), *written)


def _kept(address: Address) -> Step:
    """Which deals have it is written down before it is deleted: they would name a reason that is gone, or none."""
    data = {
        "work": "keep_values",
        "entity": "leads",
        "field": address,
        "from": address,
        "type": "loss_reason",
    }
    return Step((address,), tr("values of {address} kept for undo", address=address), data=data, last=True)


def by_hand(changes: tuple[Change, ...]) -> str:
    """Where a person edits the dictionary."""
    change = changes[0]
    name = change.have.attrs["name"] if change.have else change.address.key
    wish = ", ".join(f"{item.name}: {item.after}" for item in change.attributes)
    place = tr("Leads → pipeline settings → “Loss reasons”")
    if wish:
        return tr("{place}: “{name}” → {wish}", place=place, name=name, wish=wish)
    return tr("{place}: delete the reason “{name}”", place=place, name=name)


PLAIN = rest.plain_steps(ATTRS, path, "loss_reasons", new={"sort": 100})


def touches(change: Change, view: View) -> Iterable[Touch]:
    """Lost deals that name it."""
    if change.have is not None and change.action != MOVE:
        yield Touch("leads", REASON, (int(str(change.have.id)),))


KIND = Kind(
    name="loss_reason",
    example={"name": "Дорого"},
    titles=("loss reason", "причина отказа"),
    about=("amoCRM's own dictionary of loss reasons", "Справочник причин отказа amoCRM"),
    homes=(Home("loss_reasons"),),
    attrs=ATTRS,
    sources=rest.collection("loss_reason", "leads/loss_reasons", "loss_reasons"),
    decode=decode,
    steps=steps,
    rank=50,
    order="sort",
    archive=archive,
    touches=touches,
    channels=dict.fromkeys((CREATE, UPDATE, MOVE, ARCHIVE, RESTORE, DELETE), SDK),
)
