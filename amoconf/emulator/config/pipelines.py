"""Pipelines: one of them is the main one, each has the unsorted stage and the closing stages 142 and 143.

For the interface actions and scenarios: `make_pipeline`, `change_pipeline`, `archive_pipeline`,
`delete_pipeline`, and `why_not_delete`, which says what the service would refuse.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call, Item, request_id
from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.config import stages
from amoconf.emulator.config.palettes import FIRST_STAGE_COLOUR, STAGE_COLOURS
from amoconf.emulator.config.references import forget_stages
from amoconf.emulator.config.stages import LOST, LOST_ROW, MOST_STAGES, NAME, UNSORTED_ROW, WON, WON_ROW
from amoconf.emulator.listing import (
    ENVELOPES,
    linked,
    something_to_change,
    unsuitable,
    whole,
    written,
)
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MOST_PIPELINES = 50  # config page, B6

# Names and colours of the stages of a new account; the second and fourth name are a guess: config page, C4.
DEFAULT_STAGES = (
    ("Первичный контакт", "#99ccff"),
    ("Переговоры", "#ffff99"),
    ("Принимают решение", "#ffcc66"),
    ("Согласование договора", "#ffcccc"),
)

STAGE = Key(
    "object",
    keys={
        "id": Key("int", choices=(WON, LOST)),
        "name": NAME,
        "sort": Key("int"),
        "color": Key("string", choices=STAGE_COLOURS),
    },
)
NEW: Mapping[str, Key] = {
    "name": NAME,
    "sort": Key("int", required=True),
    "is_main": Key("bool", required=True),
    "is_unsorted_on": Key("bool", required=True),
    "_embedded": Key("object", keys={"statuses": Key("array", items=STAGE)}),
    "request_id": Key("string"),
}
CHANGE: Mapping[str, Key] = {
    "name": Key("string", blank=False, max=stages.LONGEST_NAME),
    "sort": Key("int"),
    "is_main": Key("bool"),
    "is_unsorted_on": Key("bool"),
    "request_id": Key("string"),
}

LIST = "/api/v4/leads/pipelines"
ONE = LIST + "/{pipeline_id:int}"


@route("GET", LIST, facts="config C4")
def list_pipelines(call: Call) -> Answer:
    """All, archived ones too, by sort; no paging."""
    rows = sorted(call.store.all("pipeline"), key=lambda pipeline: (pipeline["sort"], pipeline["id"]))
    return whole(call, ENVELOPES["pipelines"], [wire(call, pipeline) for pipeline in rows])


@route("GET", ONE, facts="config C4")
def read_pipeline(call: Call) -> Answer:
    """A bare object."""
    return ok(wire(call, stages.pipeline_of(call)))


@route("POST", LIST, facts="config C4", admin=True)
def create_pipelines(call: Call) -> Answer:
    """The unsorted stage and the closing stages come by themselves; the batch may name the closing ones."""
    items = call.batch(NEW, lambda item: _faults(call, item))
    if len(call.store.all("pipeline")) + len(items) > MOST_PIPELINES:
        raise problem(422, "Pipelines limit exceeded")  # guess: config page, E2.9
    if any(len(_split(item)[0]) + 3 > MOST_STAGES for item, _ in items):
        raise problem(422, "Statuses limit exceeded")  # guess: config page, E2.9
    made = [(_create(call, item)["id"], echo) for item, echo in items]
    shown = [wire(call, _pipeline(call, key), echo) for key, echo in made]
    return written(call, "pipelines", shown, links=True)


@route("PATCH", ONE, facts="config C4", admin=True)
def patch_pipeline(call: Call) -> Answer:
    """Stages are not changed here: `_embedded` is an unexpected key."""
    pipeline = stages.pipeline_of(call)
    item = call.one(CHANGE)
    something_to_change(item)
    changed = change_pipeline(call.store, pipeline, item)
    return ok(wire(call, changed, request_id(item, 0)))


@route("DELETE", ONE, facts="config C4", admin=True)
def remove_pipeline(call: Call) -> Answer:
    """Refused for the last one, the main one, and one that holds deals, open or closed."""
    switches = call.world.switches
    if (
        switches.absent_pipeline_delete == "400"
        and call.store.get("pipeline", call.id("pipeline_id")) is None
    ):
        raise unsuitable("pipeline_id")
    pipeline = stages.pipeline_of(call)
    main, binned = switches.main_pipeline_deletable, switches.binned_deals_block
    if why_not_delete(call.store, pipeline, main_too=main, binned_block=binned):
        # guess: the page gives the status only; the code is the one recorded for stages (config page, C5)
        raise unsuitable("pipeline_id")
    delete_pipeline(call.store, pipeline)
    return ok({}) if switches.delete_pipeline_body else NOTHING


def wire(call: Call, pipeline: Thing, echo: str | None = None) -> Thing:
    """A pipeline with its stages as answers show it."""
    embedded = [stages.wire(call, stage) for stage in stages.shown(call.store, pipeline)]
    return {**linked(call, pipeline, f"{LIST}/{pipeline['id']}", echo), "_embedded": {"statuses": embedded}}


def make_pipeline(
    store: Store,
    name: str,
    rows: Iterable[tuple[str, str]] = DEFAULT_STAGES,
    *,
    sort: int = 1,
    is_main: bool = False,
    is_unsorted_on: bool = True,
    closing: Mapping[int, str] | None = None,
) -> Thing:
    """Stores a pipeline with ordinary stages from (name, colour), in this order, and the three of the system.

    `closing` names 142 and 143 otherwise than the service does. The first pipeline is always the main one.
    """
    body = {
        "id": store.count("pipeline"),
        "name": name,
        "sort": sort,
        "is_main": not store.all("pipeline"),
        "is_unsorted_on": is_unsorted_on,
        "is_archive": False,
        "account_id": store.all("account")[0]["id"],
    }
    key = store.put("pipeline", body)["id"]
    stages.make_stage(store, key, UNSORTED_ROW)
    for place, (text, color) in enumerate(rows):
        stages.make_stage(store, key, (text, 20 + 10 * place, color, 0))
    names = closing or {}
    stages.make_stage(store, key, (names.get(WON, WON_ROW[0]), *WON_ROW[1:]), key=WON)
    stages.make_stage(store, key, (names.get(LOST, LOST_ROW[0]), *LOST_ROW[1:]), key=LOST)
    return change_pipeline(store, body, {"is_main": True}) if is_main else body


def change_pipeline(store: Store, pipeline: Thing, change: Item) -> Thing:
    """Applies name, sort, is_unsorted_on, is_main. True takes the flag from the pipeline that had it; false
    on the main one has no effect, since there is exactly one (guess: config page, C4)."""
    wanted: Thing = {key: change[key] for key in ("name", "sort", "is_unsorted_on") if key in change}
    if change.get("is_main"):
        for other in store.all("pipeline"):
            if other["is_main"] and other["id"] != pipeline["id"]:
                store.put("pipeline", {**other, "is_main": False})
        wanted["is_main"] = True
    return store.put("pipeline", {**pipeline, **wanted})


def archive_pipeline(store: Store, pipeline: Thing, archived: bool) -> Thing:
    """What the interface does; the API has no way to."""
    return store.put("pipeline", {**pipeline, "is_archive": archived})


def why_not_delete(
    store: Store, pipeline: Thing, *, main_too: bool = False, binned_block: bool = False
) -> str | None:
    """`last`, `main` or `leads`: what forbids deleting it, if anything."""
    if len(store.all("pipeline")) == 1:
        return "last"
    if pipeline["is_main"] and not main_too:
        return "main"
    binned = "" if binned_block else " AND is_deleted = 0"
    query = f"SELECT EXISTS (SELECT 1 FROM leads WHERE pipeline_id = ?{binned})"
    return "leads" if store.db.execute(query, (pipeline["id"],)).fetchone()[0] else None


def delete_pipeline(store: Store, pipeline: Thing) -> None:
    """Forgets it, its stages and what pointed at them; the main flag goes to the first that is left."""
    key = pipeline["id"]
    forget_stages(store, key)
    for stage in store.all("stage", str(key)):
        store.drop("stage", stage["id"], str(key))
    store.drop("pipeline", key)
    if pipeline["is_main"]:
        first = min(store.all("pipeline"), key=lambda other: int(other["sort"]))
        change_pipeline(store, first, {"is_main": True})


def _faults(call: Call, item: Item) -> list[Fault]:
    found = []
    for index, row in enumerate(item.get("_embedded", {}).get("statuses", [])):
        if "id" not in row and "sort" not in row:
            found.append(fault("FieldMissing", f"_embedded.statuses.{index}.sort"))
    if call.world.switches.pipeline_needs_stage and not _split(item)[0]:
        found.append(_no_stage(item))
    return found


def _no_stage(item: Item) -> Fault:
    # third party: a live account wants an ordinary stage; which code it answers is a guess (config page, C4)
    if "_embedded" not in item:
        return fault("FieldMissing", "_embedded")
    if "statuses" not in item["_embedded"]:
        return fault("FieldMissing", "_embedded.statuses")
    return fault("TooFew", "_embedded.statuses")


def _split(item: Item) -> tuple[list[Item], dict[int, str]]:
    """The ordinary stages and the names of the closing ones."""
    rows: Sequence[Item] = item.get("_embedded", {}).get("statuses", [])
    return [row for row in rows if "id" not in row], {row["id"]: row["name"] for row in rows if "id" in row}


def _create(call: Call, item: Item) -> Thing:
    rows, closing = _split(item)
    named = [
        (stages.saved_name(call, row["name"]), row.get("color", FIRST_STAGE_COLOUR))
        for row in sorted(rows, key=lambda row: int(row["sort"]))
    ]
    return make_pipeline(
        call.store,
        item["name"],
        named or DEFAULT_STAGES,
        sort=item["sort"],
        is_main=item["is_main"],
        is_unsorted_on=item["is_unsorted_on"],
        closing={key: stages.saved_name(call, text) for key, text in closing.items()},
    )


def _pipeline(call: Call, key: Any) -> Thing:
    return call.store.things["pipeline", ""][str(key)]
