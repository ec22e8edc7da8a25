"""A plan that is only shown looks at the newest records within a budget, says so, and never says more than it has seen."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amoconf.agreed import NEWEST, OLDEST, WAITING
from amoconf.clearing import with_clearing
from amoconf.emulator.switches import Switches
from amoconf.impact import count
from amoconf.incoming import settled
from amoconf.live import ROOT
from amoconf.lock import Entry, Lock
from amoconf.plan import Plan
from amoconf.recipe import CLEAR, CONVERT
from amoconf.records.newest import BUDGET, Newest
from amoconf.report.changerow import change_row
from amoconf.values import Address
from tests.fakes import Answers, Pairs, situation
from tests.living import Living, living
from tests.test_convert import VALUES, city

CASE = Path(__file__).parent / "cases" / "type_changed"
CITY, OLD = Address("field", ("leads", "city")), Address("field", ("leads", "city@text"))
PAGE = 250
SEEN = BUDGET * PAGE
RETAIL, UNSORTED, FIRST = 1, 100, 11


def deal(key: int, city: str, stage: int = FIRST) -> dict[str, Any]:
    """A deal with a city."""
    values = [{"field_id": 5, "values": [{"value": city}]}]
    return {"id": key, "pipeline_id": RETAIL, "status_id": stage, "custom_fields_values": values}


def deals(size: int, **rare: str) -> list[dict[str, Any]]:
    """So many of Пенза, with other cities at some places from the newest, as n3="Тверь"."""
    found = [deal(size - place, rare.get(f"n{place}", "Пенза")) for place in range(size)]
    return found[::-1]


class Account(Answers):
    """A reader of an account whose deals come in pages. filters: the list honours the filter of stages."""

    now = 1_700_000_000

    def __init__(self, rows: Sequence[Mapping[str, Any]], *, filters: bool = False) -> None:
        super().__init__(json.loads((CASE / "account.json").read_text("utf-8")))
        self.rows = list(rows)
        self.filters = filters
        self.read = 0

    def _page(self, query: Pairs, number: int) -> list[Mapping[str, Any]]:
        self.read += 1
        asked = dict(query)
        rows = self.rows[::-1] if asked.get("order[id]") == "desc" else self.rows
        if self.filters and any(name.startswith("filter") for name in asked):
            rows = [row for row in rows if row["status_id"] == UNSORTED]
        return rows[PAGE * (number - 1) : PAGE * number]

    async def get(self, path: str, query: Pairs = (), into: Any = Any) -> Any:
        """One page of deals, or one object."""
        if path != f"{ROOT}leads":
            return await super().get(path, query, into)
        rows = self._page(query, int(dict(query)["page"]))
        return {"_embedded": {"leads": rows}, "_links": {"next": "more"}} if rows else None

    async def pages(
        self, path: str, key: str, query: Pairs = (), *, limit: int | None = 250
    ) -> AsyncIterator[list[Any]]:
        """Pages of deals, and all items of anything else in one."""
        if path != f"{ROOT}leads":
            async for items in super().pages(path, key, query, limit=limit):
                yield items
            return
        number = 1
        while rows := self._page(query, number):
            yield rows
            number += 1


def spec(convert: str) -> str:
    """Of the city alone."""
    return (
        "amoconf: 1\naccount: {subdomain: case}\nfields:\n  leads:\n    city:\n      name: Город\n      type: select\n"
        f"      options: [Пенза, Москва]\n      convert: {{{convert}}}\n"
    )


async def _planned(account: Account, plan: Plan, *, quick: bool, counts: bool, clears: bool) -> Plan:
    newest = Newest(account) if quick else None
    if counts and newest is not None:
        await count(account, plan, pages=newest.left - 1, newest=newest)
    plan = await settled(account, plan, Lock(), {}, newest=newest)
    return await with_clearing(account, plan, {}, newest=newest) if clears else plan


def planned(
    folder: Path,
    account: Account,
    convert: str = "values: auto",
    *,
    quick: bool = True,
    counts: bool = False,
    clears: bool = False,
) -> Plan:
    """The plan of the city. quick: as `plan` shows it; otherwise as `apply` makes it."""
    here = situation(folder / "account.yaml", account.answers, spec(convert))
    plan = here.plan(allowed=["*"])
    account.read = 0
    return asyncio.run(_planned(account, plan, quick=quick, counts=counts, clears=clears))


def data(plan: Plan, work: str = CONVERT) -> Mapping[str, Any]:
    """What the step of a work says."""
    [found] = [step.data for step in plan.steps if step.data.get("work") == work]
    return found


def test_no_list_eats_the_budget_of_another(tmp_path: Path) -> None:
    """Four may be read, so that two are left for the second; what was read before costs nothing."""
    newest = Newest(Account(deals(SEEN)), 4)

    async def read(*most: int | None) -> list[tuple[int, int]]:
        return [(len([page async for page in newest.pages("leads", many)]), newest.left) for many in most]

    assert asyncio.run(read(2, 0, None)) == [(2, 2), (2, 2), (4, 0)]
    assert newest.seen("leads") == 4 * PAGE


@pytest.mark.parametrize("counts", [False, True])
def test_no_page_more_than_the_budget(tmp_path: Path, counts: bool) -> None:
    """Counting, maps, deals that wait and values to be emptied together."""
    account = Account(deals(SEEN + 1000))
    plan = planned(tmp_path, account, counts=counts, clears=True)
    assert account.read == BUDGET
    assert {data(plan, work)["seen"] for work in (CONVERT, CLEAR)} == {SEEN - PAGE}


def test_a_map_of_the_newest_says_so_and_one_of_all_does_not(tmp_path: Path) -> None:
    account = Account(deals(SEEN + 1000, n5="пенза!", n3500="г. Москва"))
    quick = data(planned(tmp_path, account))
    assert (quick["exact"], quick["seen"], quick["recipe"].fit.records) == (False, SEEN - PAGE, SEEN - PAGE)
    assert {"пенза!", "г. Москва"} & set(quick["recipe"].pinned) == {"пенза!"}
    whole = data(planned(tmp_path, account, quick=False))
    assert not {"exact", "seen"} & set(whole)
    assert {"пенза!", "г. Москва"} <= set(whole["recipe"].pinned)


@pytest.mark.parametrize("clears", [False, True])
@pytest.mark.parametrize("convert", ["values: auto", "values: auto, otherwise: stop"])
def test_where_the_budget_is_enough_a_quick_look_is_the_whole(
    tmp_path: Path, convert: str, clears: bool
) -> None:
    rows = [*deals(700, n5="пенза!", n600="Тверь"), deal(701, "Москва", UNSORTED)]
    quick, whole = (
        planned(tmp_path, Account(rows), convert, quick=quick, clears=clears) for quick in (True, False)
    )
    assert quick.steps == whole.steps
    assert (quick.blocked, quick.impacts) == (whole.blocked, whole.impacts)


STOPS = [
    ({"n5": "Тверь"}, "at least 1 records hold what maps to nothing: 'Тверь' (1)"),
    ({"n3500": "Тверь"}, ""),
]


@pytest.mark.parametrize(("rare", "sentence"), STOPS, ids=["seen", "not seen"])
def test_what_stops_is_told_as_far_as_it_was_seen(
    tmp_path: Path, rare: Mapping[str, str], sentence: str
) -> None:
    """apply reads all, whatever the plan has seen."""
    account = Account(deals(SEEN + 1000, **rare))
    for convert in ("values: auto, otherwise: stop", "values: {Москва: [Мск]}, otherwise: stop"):
        told = " ".join(planned(tmp_path, account, convert).blocked.get(CITY, ()))
        assert (sentence in told) if sentence else not told
        assert "and 1 records" in planned(tmp_path, account, convert, quick=False).blocked[CITY][0]


def waiting(size: int, *places: int) -> list[dict[str, Any]]:
    """Deals of which some, by their place from the newest, wait among the incoming ones."""
    return [{**row, "status_id": UNSORTED if size - row["id"] in places else FIRST} for row in deals(size)]


WAITS = [
    (waiting(SEEN + 1000, 3, 4, 3500), False, (2, False)),
    (waiting(SEEN + 1000, 3, 4, 3500), True, (3, True)),
    (waiting(SEEN * 3, *range(SEEN + 10)), True, (SEEN, False)),
]


@pytest.mark.parametrize(("rows", "filters", "told"), WAITS, ids=["ignored", "filtered", "very many"])
def test_deals_that_wait_are_at_least_so_many(
    tmp_path: Path, rows: Sequence[Mapping[str, Any]], filters: bool, told: tuple[int, bool]
) -> None:
    account = Account(rows, filters=filters)
    plan = planned(tmp_path, account, "values: {Москва: [Мск]}")
    assert account.read <= BUDGET
    impact = plan.impacts[OLD]
    assert (impact.records, impact.exact) == told
    [text] = [step.text for step in plan.manual_steps]
    assert text.startswith("at least") is not told[1]


def replaced(account: Account) -> None:
    """Makes it an account whose city was replaced before."""
    [old, *others] = account.answers["leads/custom_fields"]
    enums = [{"id": 70, "value": "Пенза", "sort": 1}, {"id": 71, "value": "Москва", "sort": 2}]
    new = {**old, "id": 7, "type": "select", "code": None, "required_statuses": [], "enums": enums}
    rows = [{**old, "name": "[архив] Город", "code": None, "required_statuses": []}, new, *others]
    account.answers = {**account.answers, "leads/custom_fields": rows}


@pytest.mark.parametrize(("oldest", "exact"), [(SEEN, True), (10, False)], ids=["reached", "older"])
def test_who_was_accepted_is_looked_for_down_to_the_oldest(tmp_path: Path, oldest: int, exact: bool) -> None:
    account = Account(deals(SEEN + 1000))
    replaced(account)
    here = situation(tmp_path / "account.yaml", account.answers, spec("values: {Москва: [Мск]}"))
    lock = Lock(1, {CITY: Entry(7), OLD: Entry(5, {WAITING: 1, OLDEST: oldest, NEWEST: SEEN + 1000})})
    plan = replace(here, lock=lock).plan(allowed=["*"])
    account.read = 0
    plan = asyncio.run(settled(account, plan, lock, {}, newest=Newest(account)))
    assert account.read <= BUDGET
    assert plan.impacts[CITY].exact is exact
    doubts = [notice.what for notice in plan.notices if notice.address == str(OLD)]
    assert [f"in the newest {SEEN - PAGE:,} deals only".replace(",", " ") in text for text in doubts] == (
        [] if exact else [True]
    )


def test_the_document_tells_a_part_from_the_whole(tmp_path: Path) -> None:
    account = Account(deals(SEEN + 1000))
    for quick, exact in ((True, [False]), (False, [])):
        plan = planned(tmp_path, account, quick=quick)
        [change] = [item for item in plan.changes if item.address == CITY]
        [move] = change_row(change, plan)["moves"]
        assert [move[name] for name in ("exact",) if name in move] == exact


WHOLE = 14  # pages of the account below


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """More deals than a quick look reads; nothing is written to it."""
    with living(tmp_path_factory.mktemp("newest"), scenario="audited", scale=0.0228) as here:
        here.spec(city().replace(f"values: {VALUES}", "values: auto"))
        yield here


COMMANDS = [
    (("plan",), True),
    (("plan", "--impact", "off", "--clear-old"), True),
    (("plan", "-o", "plan.json", "--impact", "off"), False),
    (("apply", "--yes", "--impact", "off"), False),  # without an allowance it ends before it writes
]


@pytest.mark.parametrize(("words", "quick"), COMMANDS, ids=str)
def test_only_a_plan_that_is_shown_is_quick(
    crm: Living, words: tuple[str, ...], quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(crm.folder)
    crm.forget()
    ended = crm.amoconf(*words, "--format", "json")
    assert ended.code == 3, ended.err
    assert {row["method"] for row in crm.asked()} == {"GET"}
    pages = sum(row["path"] == "/api/v4/leads" for row in crm.asked())
    assert (pages == BUDGET) if quick else (pages > WHOLE)
    [row] = [item for item in ended.json["changes"] if item["action"] == "replace"]
    assert ["exact" in move for move in row["moves"]] == [quick] * len(row["moves"])


def test_counting_leaves_a_page_for_the_question_which_deals_wait(tmp_path: Path) -> None:
    """One answer of the filter tells them all, however long the list is."""
    switches = Switches(api_filter_enabled=True)
    with living(tmp_path, scenario="audited", scale=0.0228, switches=switches) as crm:
        crm.spec(city())
        rows = {row["address"]: row for row in crm.amoconf("plan", "--format", "json").json["changes"]}
        assert sum(row["path"] == "/api/v4/leads" for row in crm.asked()) == BUDGET
    assert [rows[str(address)]["impact"]["exact"] for address in (CITY, OLD)] == [False, True]


def test_counting_all_and_making_maps_is_one_reading(tmp_path: Path) -> None:
    with living(tmp_path, scenario="audited", scale=0.01) as crm:
        crm.spec(city().replace(f"values: {VALUES}", "values: auto"))
        crm.amoconf("plan", "--impact", "full")
        pages = [row["query"] for row in crm.asked() if row["path"] == "/api/v4/leads"]
    assert sum(page.endswith("page=2") for page in pages) == 1
