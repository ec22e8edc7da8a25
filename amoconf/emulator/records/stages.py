"""Where a deal stands: stages it may be put into, closing, loss reasons, leaving the unsorted stage."""

from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, fault
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.store import Store, Thing

WON, LOST = 142, 143
CLOSED = (WON, LOST)
UNSORTED = 1
NOT_LOST = "Loss reason can be specified only for lost lead"  # protocol page 3.5


def stages(store: Store, pipeline_id: int) -> list[Thing]:
    """The stages of a pipeline by their place."""
    return sorted(store.all("stage", str(pipeline_id)), key=lambda stage: int(stage["sort"]))


def first_stage(store: Store, pipeline_id: int) -> int:
    """The first ordinary stage: where deals go that name no stage (guess: protocol page 8.3)."""
    return int(next(stage["id"] for stage in stages(store, pipeline_id) if stage["type"] != UNSORTED))


def main_pipeline(store: Store) -> int:
    """Where deals go that name no pipeline; 0 in an account that has none."""
    return next((int(pipeline["id"]) for pipeline in store.all("pipeline") if pipeline["is_main"]), 0)


def is_unsorted(store: Store, pipeline_id: int, stage_id: int) -> bool:
    """Whether a stage is the one of requests that nobody has accepted."""
    stage = store.get("stage", stage_id, str(pipeline_id))
    return stage is not None and stage["type"] == UNSORTED


def faults(store: Store, item: Item, doc: Doc | None) -> list[Fault]:
    """A pipeline or stage that a deal cannot be put into: unknown, of another pipeline, unsorted."""
    if doc is not None and not {"pipeline_id", "status_id"} & item.keys():
        return []
    home: int = doc["pipeline_id"] if doc else main_pipeline(store)
    pipeline_id: int = item.get("pipeline_id", home)
    if store.get("pipeline", pipeline_id) is None:
        return [fault("NotSupportedChoice", "pipeline_id")]
    if "status_id" not in item:
        return []
    stage = store.get("stage", item["status_id"], str(pipeline_id))
    if stage is None or stage["type"] == UNSORTED:
        return [fault("NotSupportedChoice", "status_id")]
    return []


def reason_faults(store: Store, item: Item) -> list[Fault]:
    """A loss reason that does not exist."""
    reason = item.get("loss_reason_id")
    return (
        [fault("NotSupportedChoice", "loss_reason_id")]
        if reason and not store.get("loss_reason", reason)
        else []
    )


def target(store: Store, item: Item, doc: Doc | None) -> tuple[int, int]:
    """(pipeline, stage) of a deal after an item; any change takes it out of the unsorted stage."""
    home: int = doc["pipeline_id"] if doc else main_pipeline(store)
    pipeline_id: int = item.get("pipeline_id", home)
    if "status_id" in item:
        return pipeline_id, int(item["status_id"])
    stays = doc is not None and doc["pipeline_id"] == pipeline_id
    if doc is None or not stays or is_unsorted(store, pipeline_id, doc["status_id"]):
        # guess: which stage a deal goes to then is not stated, protocol page 8.6
        return pipeline_id, first_stage(store, pipeline_id)
    return pipeline_id, int(doc["status_id"])


def reason_refusal(call: Call, item: Item, doc: Doc | None) -> str | None:
    """Loss reasons belong to lost deals; which stage counts is a switch (protocol page, 8.3)."""
    if "loss_reason_id" not in item:
        return None
    if call.world.switches.loss_reason_check == "current" and doc is not None:
        return None if doc["status_id"] == LOST else NOT_LOST
    lost = target(call.store, item, doc)[1] == LOST
    return None if lost or item["loss_reason_id"] is None else NOT_LOST


def place(doc: Doc, pipeline_id: int, stage_id: int, *, at: int, closed_at: int | None = None) -> None:
    """Puts a deal into a stage: closing sets `closed_at`, going back to work clears it and the loss reason.

    A sent `closed_at` counts only for a closed deal (guess: protocol page 8.3).
    """
    moved = (doc["pipeline_id"], doc["status_id"]) != (pipeline_id, stage_id)
    doc["pipeline_id"], doc["status_id"] = pipeline_id, stage_id
    if stage_id not in CLOSED:
        doc["closed_at"] = None
    elif closed_at is not None or moved:
        doc["closed_at"] = at if closed_at is None else closed_at
    if stage_id != LOST:
        doc["loss_reason_id"] = None


def missing_fields(store: Store, pipeline_id: int, stage_id: int, filled: set[int]) -> list[Fault]:
    """Fields that are required in a stage and empty, for the switch required_enforced."""
    here = {"pipeline_id": pipeline_id, "status_id": stage_id}
    return [
        fault("FieldMissing", "custom_fields_values")
        for field in store.all("field", "leads")
        if field["id"] not in filled
        and any(here.items() <= pair.items() for pair in field["required_statuses"] or ())
    ]
