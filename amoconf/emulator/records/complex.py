"""`leads/complex`: deals with a whole contact and company in one go (protocol page, 7.11)."""

from amoconf.emulator.answer import Answer, ok, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, check, fault
from amoconf.emulator.records import companions, sight, stages, values, writing
from amoconf.emulator.records.leads import LEADS, NEW, embedded
from amoconf.emulator.records.unsorted_adding import put
from amoconf.emulator.records.unsorted_types import METADATA
from amoconf.emulator.records.writing import embedding
from amoconf.emulator.routes import route

MOST_ITEMS, MOST_FIELDS = 50, 40
SHAPE = {**NEW, **embedding("tags", "contacts", "companies", "source", "metadata")}
# Deals of the ordinary kind without the linked cards, which come whole here.
_PLAIN = ("contacts", "companies", "metadata")


@route("POST", "/api/v4/leads/complex", facts="protocol 2.2, 7.11", note="without the control of duplicates")
def add_complex(call: Call) -> Answer:
    """New deals with their contacts and companies."""
    for entity in ("leads", "contacts", "companies"):
        sight.need_add(call, entity)
    if isinstance(call.body, list) and len(call.body) > MOST_ITEMS:
        raise problem(422, f"Limit {MOST_ITEMS} per page")
    items = call.batch(SHAPE, lambda item: faults(call, item))
    return ok([_add(call, item, name) for item, name in items])


def plain(item: Item) -> Item:
    """The deal alone."""
    kept = {key: value for key, value in embedded(item).items() if key not in _PLAIN}
    return {**item, "_embedded": kept}


def faults(call: Call, item: Item) -> list[Fault]:
    """Faults of the deal and of what comes with it."""
    found = writing.faults(call, LEADS, plain(item), None)
    if len(item.get(values.KEY) or ()) > MOST_FIELDS:
        found.append(fault("TooMany", values.KEY))
    found += companions.faults(call, embedded(item), most_fields=MOST_FIELDS)
    metadata = embedded(item).get("metadata")
    return [*found, *_metadata_faults(metadata)] if metadata is not None else found


def _metadata_faults(metadata: object) -> list[Fault]:
    path = "_embedded.metadata"
    category = metadata.get("category") if isinstance(metadata, dict) else None
    if category not in METADATA:
        return [fault("NotSupportedChoice", f"{path}.category")]
    return check(metadata, {**METADATA[category], "category": Key()}, path)


def _add(call: Call, item: Item, name: str) -> Item:
    metadata = embedded(item).get("metadata")
    if metadata is None:
        lead_id = writing.create(call, LEADS, plain(item))
        ids = {"leads": lead_id, **companions.join_to(call, lead_id, embedded(item))}
    else:
        ids = _unsorted(call, item, dict(metadata))
    body = {"id": ids["leads"], "contact_id": ids["contacts"], "company_id": ids["companies"]}
    return {**body, "request_id": [name], "merged": False}


def _unsorted(call: Call, item: Item, metadata: Item) -> dict[str, int | None]:
    """Metadata makes the deal a request of the unsorted stage."""
    _, ids = put(
        call,
        plain(item),
        embedded(item),
        pipeline_id=stages.target(call.store, item, None)[0],
        category=metadata.pop("category"),
        metadata=metadata,
        created_at=call.now,
        source_uid=str(metadata.get("uniq") or metadata.get("form_id")),
        source_name="",
    )
    return ids
