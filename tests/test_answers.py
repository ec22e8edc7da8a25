"""Answers as the service should not give them: every reader makes of them what the true ones say, or one clear error.

True answers are read once from the emulated account of the audit; each example spoils a few places in them.
"""

import asyncio
import copy
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from amoconf.api import Reader
from amoconf.api.clock import Clock
from amoconf.api.message import Answer, Request
from amoconf.brakes import REMOVALS
from amoconf.changes import MANUAL
from amoconf.cli.import_ import read_back
from amoconf.emulator import tokens, ui
from amoconf.emulator.app import build, new_world
from amoconf.emulator.world import World
from amoconf.errors import AmoconfError, BadAnswer
from amoconf.kinds import places
from amoconf.lock import Lock, remember
from amoconf.model import Account
from amoconf.plan import Plan
from amoconf.records import deals_in, moves_out_of
from amoconf.report.console import make
from amoconf.report.document import drift_document, plan_document
from amoconf.report.text import drift_text, plan_text
from amoconf.spec.dump import Dump, dump
from amoconf.spec.load import load
from amoconf.spec.remarks import Head
from amoconf.spec.sources import read as read_sources
from amoconf.survey import propose, survey
from tests.test_cases import change_line

EXAMPLES = int(os.environ.get("AMOCONF_EXAMPLES", "15"))
EXAMPLE = Path(__file__).parents[1] / "examples/account.yaml"
HOST = "https://stroymarket.amocrm.ru"
HEAD = Head("stroymarket", 30817554, "amocrm.ru", "2020-06-07")
JSON = Any
# What was asked: path and query.
Asked = tuple[str, tuple[tuple[str, str], ...]]
Answers = dict[Asked, JSON]
Table = Callable[[], Answers]
# The keys and indexes that lead to a place in the answers, the request first.
Spot = tuple[Any, ...]


# ---- the true answers


class Asking:
    """A wire to an emulated account that keeps what it hears."""

    def __init__(self, world: World) -> None:
        self.headers = {"Authorization": f"Bearer {tokens.long_lived(world)}"}
        self.app = build(world)
        self.heard: Answers = {}

    async def ask(self, request: Request) -> Answer:
        """One answer."""
        way = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=way, base_url=HOST, headers=self.headers) as client:
            answer = await client.get(request.url(""))
        if answer.content:
            self.heard[request.path, tuple(request.query)] = answer.json()
        return Answer(answer.status_code, answer.content)


async def at_once(seconds: float) -> None:
    """No waiting."""


class Told:
    """A wire that answers from a table; 204 where the table has nothing."""

    clock = Clock(sleep=at_once)

    def __init__(self, answers: Mapping[Asked, JSON]) -> None:
        self.answers = answers

    async def ask(self, request: Request) -> Answer:
        """One answer."""
        asked = (request.path, tuple(request.query))
        if asked not in self.answers:
            return Answer(204)
        return Answer(200, json.dumps(self.answers[asked]).encode())

    def on_wait(self, wait: object) -> None:
        """Nobody listens."""


def reader(wire: Any) -> Reader:
    """The client on a wire."""
    return Reader(wire)


STAGE_ROW = {"entity_type": "leads", "pipeline_id": 3400001, "status_id": 33900003}
NODES = [{"value": "Окна", "sort": 0, "request_id": "a"}, {"value": "Двери", "sort": 1}]
# What the audited account lacks: a category, rights on a stage, hints, departments, things in the archive.
MORE: list[dict[str, Any]] = [
    {"action": "create", "kind": "field", "entity": "catalogs/8201", "name": "Вид", "type": "category"},
    {
        "action": "create",
        "kind": "field_group",
        "entity": "catalogs/8201",
        "name": "Цены",
        "fields": [680058],
    },
    {"action": "update", "kind": "stage", "pipeline_id": 3400001, "id": 33900003}
    | {"descriptions": [{"level": "newbie", "description": "Позвонить"}]},
    {"action": "set_right", "role_id": 330001, "right": "view", "value": "A"}
    | {"pipeline_id": 3400001, "status_id": 33900003},
    {"action": "create", "kind": "role", "name": "Снабжение"},
    {"action": "archive", "kind": "pipeline", "id": 3400007},
    {"action": "update", "kind": "field", "id": 680168, "name": "[архив] NPS"},
    {"action": "create", "kind": "pipeline", "name": "[архив] Ярмарка"},
    {"action": "create", "kind": "tag", "entity": "leads", "name": "[архив] Ярмарка"},
]


@cache
def world() -> World:
    """The audited account and a little more."""
    made = new_world(scenario="audited", scale=0.001, rate_limit=False)
    for words in MORE:
        with made.store.writing():
            ui.act(made, words)
    return made


@cache
def truth() -> Answers:
    """Everything that import asks."""
    asking = Asking(world())
    asyncio.run(survey(reader(asking), None, {}))
    return asking.heard


# ---- what amoconf makes of answers


def imported(answers: Answers) -> Dump:
    """What import writes."""
    return dump(asyncio.run(survey(reader(Told(answers)), None, {})).adopted.found, HEAD)


@cache
def own() -> tuple[Account, Lock]:
    """The account as a spec that keeps nothing unlisted, and its lock: any removal comes of the answers alone."""
    wanted = read_back(imported(truth()))
    everything = replace(
        wanted, settings=replace(wanted.settings, manage=dict.fromkeys(places().values(), "all"))
    )
    found = asyncio.run(survey(reader(Told(truth())), everything, {}))
    return everything, remember(found.facts["id"], found.adopted.wanted, found.adopted.found, Lock())


@cache
def example() -> Account:
    """A spec that takes much away."""
    return load(read_sources(EXAMPLE, environment={}, secrets={}).root)


def specs() -> list[tuple[Account, Lock]]:
    """Specs with their locks."""
    return [own(), (own()[0], Lock()), (example(), Lock())]


def planned(answers: Answers, spec: int) -> Plan | None:
    """The plan, told in every way; None where the reader gave up with one error."""
    wanted, lock = specs()[spec]
    try:
        found = asyncio.run(survey(reader(Told(answers)), wanted, lock.ids))
        if found.adopted.problems:
            return None
        plan = propose(found, lock)
    except AmoconfError as error:
        blamed(error)
        return None
    page = make("never", io.StringIO(), {})
    plan_text(plan_document(plan, HEAD.account, 0, lock=lock) | STAMP, page)
    drift_text(drift_document(plan, HEAD.account, 0, manual=True, lock=lock) | STAMP, page)
    return plan


STAMP = {"at": "2020-06-07T14:02:11+03:00", "seconds": 2.8, "file": "account.yaml"}


def blamed(error: AmoconfError) -> None:
    """The error is the one for such answers, and says where."""
    assert isinstance(error, BadAnswer), error
    assert error.what.startswith("GET /api/v4/"), error.what
    assert len(error.problems) == 1


def removals(plan: Plan | None) -> set[tuple[str, str, Any]]:
    """What a plan takes away, by the ids of the things."""
    return {
        (change.action, change.address.kind, getattr(change.old or change.have, "id", None))
        for change in (plan.changes if plan else ())
        if change.action in REMOVALS
    }


def effective(plan: Plan | None) -> set[tuple[str, str, Any]]:
    """What it takes away by itself, with nothing against it."""
    if plan is None:
        return set()
    free = [item for item in plan.changes if item.channel != MANUAL and item.address not in plan.blocked]
    return removals(replace(plan, changes=tuple(free)))


@cache
def true_plan(spec: int) -> Plan:
    """The plan of the true answers."""
    plan = planned(truth(), spec)
    assert plan is not None
    return plan


# ---- places in the answers


def spots(value: JSON, path: Spot = ()) -> Iterator[Spot]:
    """Every place below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in pairs:
        yield (*path, key)
        yield from spots(below, (*path, key))


@cache
def shapes(table: Table) -> list[list[Spot]]:
    """Places of the answers, those of one shape together (the names of all fields, the ids of all stages)."""
    found: dict[Spot, list[Spot]] = {}
    for asked, body in table().items():
        for spot in spots(body, (asked,)):
            name = "".join(letter for letter in asked[0] if not letter.isdigit())
            found.setdefault((name, *("*" if isinstance(key, int) else key for key in spot[1:])), []).append(
                spot
            )
    return list(found.values())


def somewhere(
    fits: Callable[[Spot], bool] = lambda spot: True, table: Table = truth
) -> st.SearchStrategy[Spot]:
    """A place; every shape is as likely as any other. fits: which ones to take."""

    def places_of_all() -> st.SearchStrategy[Spot]:
        groups = [[spot for spot in group if fits(spot)] for group in shapes(table)]
        return st.sampled_from([group for group in groups if group]).flatmap(st.sampled_from)

    return st.deferred(places_of_all)


def at(answers: Answers, spot: Spot) -> JSON:
    """What stands there."""
    value: JSON = answers
    for key in spot:
        value = value[key]
    return value


DROP = object()


def spoilt(answers: Answers, changes: Mapping[Spot, JSON]) -> Answers:
    """The answers with other values in some places; DROP takes the place away. Longer paths go first."""
    result = dict(answers)
    for asked in {spot[0] for spot in changes}:
        result[asked] = copy.deepcopy(answers[asked])
    for spot in sorted(changes, key=lambda spot: (len(spot), spot[1:] and str(spot)), reverse=True):
        above = at(result, spot[:-1])
        if changes[spot] is DROP:
            del above[spot[-1]]
        else:
            above[spot[-1]] = copy.deepcopy(changes[spot])
    return result


def few(pairs: st.SearchStrategy[tuple[Spot, JSON]], most: int = 4) -> st.SearchStrategy[dict[Spot, JSON]]:
    """A few places, no two of one list item of one list (so that indexes stay what they are)."""
    return st.lists(pairs, min_size=1, max_size=most).map(dict)


LAWS = settings(
    max_examples=EXAMPLES * 2 // 3,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
SPEC = st.integers(0, 2)


# ---- gaps


def is_key(spot: Spot) -> bool:
    """A key of an object inside an item: what an item may lack, the item itself apart.

    Not the link to the next page: without it there is none.
    """
    return len(spot) > 3 and isinstance(spot[-1], str) and spot[1] != "_links"


# Nothing, and things of a form that cannot be meant.
NOTHINGS = (DROP, None, False, [], {}, True, [[]], {"0": None})


@LAWS
@given(few(st.tuples(somewhere(is_key), st.sampled_from(NOTHINGS))), SPEC)
def test_nothing_is_taken_away_for_want_of_a_word(gaps: dict[Spot, JSON], spec: int) -> None:
    plan = planned(spoilt(truth(), gaps), spec)
    assert removals(plan) <= removals(true_plan(spec))
    assert effective(plan) <= effective(true_plan(spec))


# Lists, and what of their items would make a thing pass for another, for none, or for one that nobody wants.
DECISIVE = [
    ("leads/tags", ("id",)),
    ("leads/tags", ("name",)),
    ("leads/loss_reasons", ("id",)),
    ("leads/pipelines", ("id",)),
    ("leads/pipelines", ("is_main",)),
    ("leads/pipelines", ("is_archive",)),
    ("leads/pipelines", ("_embedded",)),
    ("leads/custom_fields", ("id",)),
    ("leads/custom_fields", ("type",)),
    ("leads/custom_fields", ("enums",)),
    ("contacts/custom_fields", ("is_predefined", "is_deletable")),
    ("roles", ("name",)),
    ("roles", ("_embedded",)),
    ("webhooks", ("destination",)),
]


@pytest.mark.parametrize(("path", "keys"), DECISIVE, ids=lambda value: str(value))
def test_what_decides_of_all_items_is_missing(path: str, keys: tuple[str, ...]) -> None:
    """A list in which every item lacks it, with and without the lock."""
    [asked] = [asked for asked in truth() if asked[0] == f"/api/v4/{path}"]
    [name] = truth()[asked]["_embedded"]
    items = range(len(truth()[asked]["_embedded"][name]))
    answers = spoilt(truth(), {(asked, "_embedded", name, item, key): DROP for item in items for key in keys})
    assert not removals(planned(answers, 0)) | removals(planned(answers, 1))


def test_an_order_that_one_thing_does_not_tell_is_the_one_of_the_answer() -> None:
    for key in ("leads/custom_fields", "leads/loss_reasons", "leads/pipelines"):
        [asked] = [asked for asked in truth() if asked[0] == f"/api/v4/{key}"]
        [name] = truth()[asked]["_embedded"]
        answers = spoilt(truth(), {(asked, "_embedded", name, 3, "sort"): None})
        plan = planned(answers, 1)
        assert plan is not None
        assert not plan.changes


def test_a_thing_that_only_another_list_names_is_not_there() -> None:
    """A group of a list may still name a field that is gone."""
    [asked] = [asked for asked in truth() if asked[0] == "/api/v4/catalogs/8201/custom_fields/groups"]
    groups = truth()[asked]["_embedded"]["custom_field_groups"]
    spots = {(asked, "_embedded", "custom_field_groups", 0, "fields"): [*groups[0]["fields"], 999999]}
    plan = planned(spoilt(truth(), spots), 1)
    assert plan is not None
    assert not plan.changes
    assert imported(spoilt(truth(), spots)).text == imported(truth()).text


# ---- habits: the same, said in another way

# Keys that nobody reads.
IDLE = (
    "_links account_id created_at updated_at created_by updated_by triggers chained_lists entity_type is_computed uuid "
    "lang version rating client_uuid disabled sdk_widget_code files_access custom_fields_rights _total_items _page "
    "_page_count is_lead_source amojo_id brand_new"
).split()


def another_way(spot: Spot, table: Table = truth) -> list[JSON]:
    """Values that mean what stands in a place."""
    value, key = at(table(), spot), spot[-1]
    ways: list[JSON] = []
    decides = {("created_at", "events"), ("entity_type", "status_rights")}
    if key in IDLE and len(spot) > 2 and not any(key == one and other in spot for one, other in decides):
        ways += [DROP, None, "?", 7]
    elif value is None and key != "is_main":
        ways += [DROP]
    elif isinstance(value, bool):
        ways += [int(value), str(int(value))]
    elif isinstance(value, int):
        ways += [str(value)]
    elif isinstance(value, list) and value:
        ways += [{str(2 * number): item for number, item in enumerate(value)}]
        if len(spot) == 3 and isinstance(value[0], dict):
            ways += [[*value, value[0]]]  # a row that moved between two pages
    elif value in ([], {}) and len(spot) > 3:
        ways += [[], {}, None, False]
    if isinstance(value, dict) and key != "_links" and not any(key == "_links" for key in spot):
        ways += [{**value, "brand_new": {"a": [None]}}]
    if key == "sort" and len(spot) > 4:
        ways += [DROP, None]
    return ways


def retold(table: Table = truth) -> st.SearchStrategy[tuple[Spot, JSON]]:
    """A place and another way to say what stands there."""
    good = somewhere(lambda spot: bool(another_way(spot, table)), table)
    return good.flatmap(lambda spot: st.tuples(st.just(spot), st.sampled_from(another_way(spot, table))))


@LAWS
@given(few(retold(), 3), SPEC)
def test_what_is_said_in_another_way_plans_the_same(ways: dict[Spot, JSON], spec: int) -> None:
    plan = planned(spoilt(truth(), ways), spec)
    assert plan is not None
    assert list(map(change_line, plan.changes)) == list(map(change_line, true_plan(spec).changes))


@LAWS
@given(few(retold(), 3))
def test_what_is_said_in_another_way_is_imported_alike(ways: dict[Spot, JSON]) -> None:
    assert imported(spoilt(truth(), ways)).text == imported(truth()).text


# ---- garbage

WORDS = st.sampled_from(
    ["", " ", "0", "-1", "id", "142", "won", "default", "*", "#1", "а/б", "[архив] ", "🔥", "\x00", "\u202e"]
)
NUMBERS = st.sampled_from([0, -1, 1, 142, 2**63, 10**400, 0.5, 1e308, float("inf"), float("nan")])
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.text(max_size=5))
GARBAGE = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=5,
)


@LAWS
@given(few(st.tuples(somewhere(), st.one_of(st.just(DROP), GARBAGE))), SPEC)
def test_of_garbage_comes_a_plan_or_one_error(garbage: dict[Spot, JSON], spec: int) -> None:
    planned(spoilt(truth(), garbage), spec)


@LAWS
@given(few(st.tuples(somewhere(), st.one_of(st.just(DROP), GARBAGE))))
def test_of_garbage_comes_a_spec_or_one_error(garbage: dict[Spot, JSON]) -> None:
    try:
        written = imported(spoilt(truth(), garbage))
    except AmoconfError as error:
        blamed(error)
    else:
        read_back(written)


# ---- deals and events

# Deals stand in the one and have left the other.
STAGES = {(3400005, 142): None, (3400001, 33900003): None}
Places = dict[int, tuple[int, int]]


def walked(answers: Answers) -> tuple[Places, Places]:
    """Deals that stand in the stages, and those that left them."""
    return asyncio.run(both(Told(answers)))


@cache
def records() -> Answers:
    """Everything that is asked about the deals of the stages."""
    asking = Asking(world())
    assert all(asyncio.run(both(asking)))
    return asking.heard


async def both(wire: Asking | Told) -> tuple[Places, Places]:
    """Everything is asked."""
    told = reader(wire)
    return await deals_in(told, STAGES), await moves_out_of(told, list(STAGES), 0)


@LAWS
@given(few(st.tuples(somewhere(is_key, records), st.sampled_from(NOTHINGS))))
def test_no_deal_is_left_out_for_want_of_a_word(gaps: dict[Spot, JSON]) -> None:
    try:
        assert walked(spoilt(records(), gaps)) == walked(records())
    except AmoconfError as error:
        blamed(error)


@LAWS
@given(few(retold(records)))
def test_deals_are_the_same_in_another_way(ways: dict[Spot, JSON]) -> None:
    assert walked(spoilt(records(), ways)) == walked(records())


@LAWS
@given(few(st.tuples(somewhere(table=records), st.one_of(st.just(DROP), GARBAGE))))
def test_of_garbage_come_deals_or_one_error(garbage: dict[Spot, JSON]) -> None:
    try:
        walked(spoilt(records(), garbage))
    except AmoconfError as error:
        blamed(error)


@pytest.mark.parametrize(
    "link", [7, [], "", None, {}, {"href": None}, {"href": "http://["}, {"href": "?"}, "x", [1]], ids=repr
)
def test_a_link_to_the_next_page_is_followed_or_blamed(link: JSON) -> None:
    asked = next(asked for asked in truth() if asked[0].endswith("leads/tags"))
    answers = spoilt(truth(), {(asked, "_links", "next"): link})
    plan = planned(answers, 0)
    assert plan is None or not plan.changes
