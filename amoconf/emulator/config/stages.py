"""Stages of pipelines: reading, writing, the order that the service keeps, what a deleted one leaves behind.

For the interface actions and scenarios: `make_stage`, `change_stage`, `delete_stage`, `ordered`, `shown`,
`ordinary`; see each. They check nothing: callers do.
"""

from collections.abc import Mapping
from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call, Item, request_id
from amoconf.emulator.check import Fault, Key
from amoconf.emulator.config import descriptions
from amoconf.emulator.config.palettes import (
    FIRST_STAGE_COLOUR,
    LOST_COLOUR,
    STAGE_COLOURS,
    UNSORTED_COLOUR,
    WON_COLOUR,
)
from amoconf.emulator.config.references import forget_stages
from amoconf.emulator.listing import (
    ENVELOPES,
    linked,
    not_found,
    something_to_change,
    unsuitable,
    whole,
    written,
)
from amoconf.emulator.records.moves import move_leads
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

WON, LOST = 142, 143
MOST_STAGES = 100  # of one pipeline, with the three of the system (config page, B6)
LONGEST_NAME = 255  # guess: config page, E2.2
NAME = Key("string", required=True, blank=False, max=LONGEST_NAME)

# Name, sort, colour and type of the stages that every pipeline has; names are Russian amoCRM's.
UNSORTED_ROW = ("Неразобранное", 10, UNSORTED_COLOUR, 1)
WON_ROW = ("Успешно реализовано", 10000, WON_COLOUR, 0)
LOST_ROW = ("Закрыто и не реализовано", 11000, LOST_COLOUR, 0)

NEW: Mapping[str, Key] = {
    "name": NAME,
    "sort": Key("int", required=True),
    "color": Key("string", choices=STAGE_COLOURS),
    "descriptions": descriptions.DESCRIPTION,
    "request_id": Key("string"),
}
CHANGE = {
    name: Key(key.type, blank=False, max=key.max, choices=key.choices, items=key.items)
    for name, key in NEW.items()
}

LIST = "/api/v4/leads/pipelines/{pipeline_id:int}/statuses"
ONE = LIST + "/{id:int}"


@route("GET", LIST, facts="config C5")
def list_stages(call: Call) -> Answer:
    """In order; without the unsorted stage while it is switched off."""
    pipeline = pipeline_of(call)
    detailed = "descriptions" in call.with_words()
    return whole(
        call,
        ENVELOPES["statuses"],
        [wire(call, stage, detailed=detailed) for stage in shown(call.store, pipeline)],
    )


@route("GET", ONE, facts="config C5")
def read_stage(call: Call) -> Answer:
    """A bare object."""
    return ok(wire(call, stage_of(call), detailed="descriptions" in call.with_words()))


@route("POST", LIST, facts="config C5", admin=True)
def create_stages(call: Call) -> Answer:
    """Sorts are renumbered once all are in, so that the order asked for within the batch is kept."""
    pipeline = pipeline_of(call)
    items = call.batch(NEW, lambda item: descriptions.faults(item.get("descriptions", []), []))
    if len(call.store.all("stage", str(pipeline["id"]))) + len(items) > MOST_STAGES:
        raise problem(422, "Statuses limit exceeded")  # guess: config page, E2.9
    made = [(_create(call, pipeline["id"], item)["id"], echo) for item, echo in items]
    renumber(call.store, pipeline["id"])
    return written(
        call,
        "statuses",
        [wire(call, _stage(call, pipeline["id"], key), echo, detailed=True) for key, echo in made],
    )


@route("PATCH", ONE, facts="config C5", admin=True)
def patch_stage(call: Call) -> Answer:
    """142 and 143 take a name (and descriptions), the unsorted stage nothing, each behind its switch."""
    stage = stage_of(call)
    if not _may_change(call, stage):
        raise unsuitable("status_id")
    item = call.one(CHANGE, lambda given: _faults(given, stage))
    something_to_change(item)
    change_stage(call.store, stage, _saved(call, item), at=call.now)
    return ok(wire(call, stage_of(call), request_id(item, 0), detailed=True))


@route("DELETE", ONE, facts="config C5", admin=True)
def remove_stage(call: Call) -> Answer:
    """Its leads go to the first ordinary stage that is left."""
    stage = stage_of(call)
    others = [other for other in ordinary(call.store, stage["pipeline_id"]) if other["id"] != stage["id"]]
    # That the last ordinary stage stays is a guess: its leads would have nowhere to go.
    if is_system(stage) or not others:
        raise unsuitable("status_id")
    delete_stage(call.store, stage, by=call.user["id"], at=call.now)
    return NOTHING


def wire(call: Call, stage: Thing, echo: str | None = None, *, detailed: bool = False) -> Thing:
    """A stage as answers show it; `detailed` adds the descriptions, behind the links."""
    body = {key: value for key, value in stage.items() if key != "descriptions"}
    path = f"/api/v4/leads/pipelines/{stage['pipeline_id']}/statuses/{stage['id']}"
    more = {"descriptions": stage["descriptions"]} if detailed else {}
    return {**linked(call, body, path, echo), **more}


def pipeline_of(call: Call) -> Thing:
    """The pipeline that the path names; 404 when there is none."""
    pipeline = call.store.get("pipeline", call.id("pipeline_id"))
    if pipeline is None:
        raise not_found("Pipeline")
    return pipeline


def stage_of(call: Call) -> Thing:
    """The stage that the path names; 404 also for the unsorted stage while it is switched off."""
    pipeline = pipeline_of(call)
    for stage in shown(call.store, pipeline):
        if stage["id"] == call.id():
            return stage
    raise not_found("Status")


def ordered(store: Store, pipeline_id: int) -> list[Thing]:
    """All stages of a pipeline in order, the unsorted one included."""
    return sorted(store.all("stage", str(pipeline_id)), key=lambda stage: int(stage["sort"]))


def shown(store: Store, pipeline: Thing) -> list[Thing]:
    """The stages that answers show."""
    return [
        stage for stage in ordered(store, pipeline["id"]) if stage["type"] != 1 or pipeline["is_unsorted_on"]
    ]


def ordinary(store: Store, pipeline_id: int) -> list[Thing]:
    """The stages that people made, in order."""
    return [stage for stage in ordered(store, pipeline_id) if not is_system(stage)]


def is_system(stage: Thing) -> bool:
    """Whether this is the unsorted stage, 142 or 143."""
    return stage["type"] == 1 or stage["id"] in (WON, LOST)


def make_stage(
    store: Store, pipeline_id: int, row: tuple[str, int, str, int], *, key: int | None = None
) -> Thing:
    """Stores a stage from (name, sort, colour, type). `key`: 142 or 143; others get the next id.

    Call `renumber` when the last of several is in.
    """
    name, sort, color, kind = row
    stage = {
        "id": store.count("stage") if key is None else key,
        "name": name,
        "sort": sort,
        "is_editable": key is None and kind == 0,
        "pipeline_id": pipeline_id,
        "color": color,
        "type": kind,
        "account_id": store.all("account")[0]["id"],
        "descriptions": [],
    }
    return store.put("stage", stage, str(pipeline_id))


def change_stage(store: Store, stage: Thing, change: Item, *, at: int) -> Thing:
    """Applies name, sort, color and descriptions; sort and colour of a system stage never change."""
    wanted: Thing = {key: change[key] for key in ("name", "sort", "color") if key in change}
    if is_system(stage):
        wanted = {key: value for key, value in wanted.items() if key == "name"}
    if "descriptions" in change:
        wanted["descriptions"] = descriptions.changed(store, stage, change["descriptions"], at)
    changed = store.put("stage", {**stage, **wanted}, str(stage["pipeline_id"]))
    if "sort" in wanted:
        renumber(store, stage["pipeline_id"], moved=stage["id"])
    return changed


def delete_stage(store: Store, stage: Thing, *, by: int, at: int) -> int:
    """Moves its leads to the first ordinary stage, drops what pointed at it, closes the gap. Says how many.

    That "first" means the first ordinary one is a guess: config page, C5.
    """
    home = stage["pipeline_id"]
    first = next(other for other in ordinary(store, home) if other["id"] != stage["id"])
    moved = move_leads(store, home, stage["id"], first["id"], by=by, at=at)
    forget_stages(store, home, stage["id"])
    store.drop("stage", stage["id"], str(home))
    renumber(store, home)
    return moved


def renumber(store: Store, pipeline_id: int, moved: int | None = None) -> None:
    """Gives ordinary stages 20, 30, 40, ... in the order of their sorts (config page, C4).

    Of two with one sort the older comes first, and the stage `moved` comes after both (guess).
    """
    rows = sorted(ordinary(store, pipeline_id), key=lambda stage: (stage["sort"], stage["id"] == moved))
    for place, stage in enumerate(rows):
        if stage["sort"] != 20 + 10 * place:
            store.put("stage", {**stage, "sort": 20 + 10 * place}, str(pipeline_id))


def saved_name(call: Call, name: str) -> str:
    """What becomes of a stage's name: with an emoji in it, nothing (third party: protocol page, 11.11)."""
    lost = call.world.switches.emoji_names == "empty" and any(ord(letter) > 0xFFFF for letter in name)
    return "" if lost else name


def _saved(call: Call, item: Item) -> Item:
    return {**item, "name": saved_name(call, item["name"])} if "name" in item else item


def _create(call: Call, pipeline_id: int, item: Item) -> Thing:
    row = (saved_name(call, item["name"]), item["sort"], item.get("color", FIRST_STAGE_COLOUR), 0)
    stage = make_stage(call.store, pipeline_id, row)
    return change_stage(call.store, stage, {"descriptions": item.get("descriptions", [])}, at=call.now)


def _stage(call: Call, pipeline_id: int, key: Any) -> Thing:
    return call.store.things["stage", str(pipeline_id)][str(key)]


def _faults(item: Item, stage: Thing) -> list[Fault]:
    return descriptions.faults(item.get("descriptions", []), stage["descriptions"])


def _may_change(call: Call, stage: Thing) -> bool:
    if stage["type"] == 1:
        return call.world.switches.rename_unsorted_stage
    return stage["id"] not in (WON, LOST) or call.world.switches.rename_closing_stages
