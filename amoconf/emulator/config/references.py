"""Fields that point at stages: those where they are required, and those where they are hidden.

Stage rights of roles and users are cleaned when they are read (see `rights.shown`).
"""

from collections.abc import Callable, Sequence
from typing import Any

from amoconf.emulator.check import Fault, fault, join
from amoconf.emulator.store import Store, Thing

Gone = Callable[[Thing], bool]


def stage_is_shown(store: Store, pipeline_id: Any, status_id: Any) -> bool:
    """Whether a pair names a stage that answers show: the unsorted stage only while it is switched on."""
    pipeline = store.get("pipeline", pipeline_id)
    stage = store.get("stage", status_id, str(pipeline_id))
    return pipeline is not None and stage is not None and (stage["type"] != 1 or pipeline["is_unsorted_on"])


def stage_faults(store: Store, pairs: Sequence[Thing], path: str) -> list[Fault]:
    """Faults of `[{pipeline_id, status_id}]` that name no stage (config page, E2.5: guess)."""
    found = []
    for index, pair in enumerate(pairs):
        here = join(path, str(index))
        if store.get("pipeline", pair["pipeline_id"]) is None:
            found.append(fault("NotSupportedChoice", join(here, "pipeline_id")))
        elif not stage_is_shown(store, pair["pipeline_id"], pair["status_id"]):
            found.append(fault("NotSupportedChoice", join(here, "status_id")))
    return found


def forget_stages(store: Store, pipeline_id: int, status_id: int | None = None) -> None:
    """Drops the pairs of one stage, or of all stages of a pipeline (config page, E2.7: guess)."""

    def gone(pair: Thing) -> bool:
        return pair["pipeline_id"] == pipeline_id and status_id in (None, pair["status_id"])

    for scope in store.scopes("field"):
        for field in store.all("field", scope):
            _forget_in_field(store, scope, field, gone)


def _forget_in_field(store: Store, scope: str, field: Thing, gone: Gone) -> None:
    kept = {
        key: [pair for pair in field[key] if not gone(pair)]
        for key in ("required_statuses", "hidden_statuses")
        if any(gone(pair) for pair in field.get(key) or [])
    }
    if kept:
        store.put("field", {**field, **kept}, scope)
