"""New requests in the unsorted stage: a deal with its contact and company, hidden until accepted."""

import hashlib
from collections.abc import Mapping
from typing import Any

from amoconf.emulator.answer import dumps
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, as_object, fault, wrong_type
from amoconf.emulator.records import companions, stages, writing
from amoconf.emulator.records.document import insert_many, unsorted_row
from amoconf.emulator.records.leads import LEADS, embedded
from amoconf.emulator.store import Store, Thing


def faults(call: Call, category: str, item: Item) -> list[Fault]:
    """A pipeline that is not there, cards that are wrong, a request that is known already."""
    found = companions.faults(call, embedded(item))
    pipeline_id = item.get("pipeline_id")
    if pipeline_id is not None and call.store.get("pipeline", pipeline_id) is None:
        found.append(fault("NotSupportedChoice", "pipeline_id"))
    if _is_known(call.store, category, item):
        # guess: duplicates are refused, how is not recorded, protocol page 7.9
        found.append(fault("NotSupportedChoice", "source_uid"))
    return [*found, *_lead_faults(call, embedded(item).get("leads"))]


def _lead_faults(call: Call, given: Any) -> list[Fault]:
    path = "_embedded.leads"
    if given is not None and not isinstance(given, list):
        return [wrong_type(path, "array")]
    if len(given or ()) > 1:
        return [fault("TooMany", path)]
    return companions.card_faults(call, LEADS, as_object(given[0]), f"{path}.0") if given else []


def _is_known(store: Store, category: str, item: Item) -> bool:
    """Whether a request with the same source and metadata waits already."""
    marks = (f'"source_uid":{dumps(item["source_uid"])},', f'"metadata":{dumps(item["metadata"])},')
    sql = "SELECT 1 FROM unsorted WHERE category = ? AND instr(body, ?) AND instr(body, ?)"
    return store.db.execute(sql, (category, *marks)).fetchone() is not None


Made = tuple[str, dict[str, int | None]]  # uid, ids of the deal, the contact and the company


def add(call: Call, category: str, item: Item) -> Made:
    """One request of a checked item."""
    leads = embedded(item).get("leads") or [{}]
    return put(
        call,
        as_object(leads[0]),
        embedded(item),
        category=category,
        pipeline_id=item.get("pipeline_id") or stages.main_pipeline(call.store),
        created_at=item.get("created_at") or call.now,
        source_uid=item["source_uid"],
        source_name=item["source_name"],
        metadata=item["metadata"],
    )


def put(call: Call, lead: Item, given: Mapping[str, Any], *, pipeline_id: int, **row: Any) -> Made:
    """The deal in the unsorted stage with its companions; `row` is what else the request says of itself.

    Where the pipeline has that stage switched off, the deal goes into the first ordinary one (help centre:
    config page C4), and there is no request.
    """
    waits = (call.store.get("pipeline", pipeline_id) or {})["is_unsorted_on"]
    stage_id = (unsorted_stage if waits else stages.first_stage)(call.store, pipeline_id)
    lead_id = writing.create(call, LEADS, {**lead, "pipeline_id": pipeline_id, "status_id": stage_id})
    ids = companions.join_to(call, lead_id, given, hidden=waits)
    words = f"{call.world.seed}/{call.store.count('unsorted')}"
    uid = hashlib.sha1(words.encode(), usedforsecurity=False).hexdigest()
    if waits:
        place: Thing = {"uid": uid, "account_id": call.world.account["id"], "pipeline_id": pipeline_id}
        made: Thing = {"lead_id": lead_id, "contact_id": ids["contacts"], "company_id": ids["companies"]}
        insert_many(call.store, "unsorted", [unsorted_row(**place, **made, **row)])
    return uid, {"leads": lead_id, **ids}


def unsorted_stage(store: Store, pipeline_id: int) -> int:
    """The stage of requests that nobody has accepted."""
    return next(
        int(stage["id"]) for stage in stages.stages(store, pipeline_id) if stage["type"] == stages.UNSORTED
    )
