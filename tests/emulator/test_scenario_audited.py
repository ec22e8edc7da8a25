"""Deals of the scenario `audited` against the figures of the audit, each counted anew by SQL and JSON."""

import json
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest

from amoconf.emulator.store import Store

from .audited_account import (
    DAY,
    NOW,
    PIPELINES,
    SCALES,
    account,
    bodies,
    deals_in_all,
    number,
    part,
    pipeline_id,
    rows,
    stages,
    texts,
)

OPEN_TASKS = "entity_type = 'leads' AND is_completed = 0"
MOSCOW = timezone(timedelta(hours=3))


@pytest.fixture(params=SCALES, scope="module")
def scale(request: pytest.FixtureRequest) -> float:
    return float(request.param)


@pytest.fixture(scope="module")
def store(scale: float) -> Store:
    return account(scale)


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=MOSCOW).timestamp())


@pytest.mark.parametrize("name", PIPELINES)
def test_deals_by_pipeline_and_outcome(store: Store, scale: float, name: str) -> None:
    key = pipeline_id(store, name)
    found = Counter(
        status for (status,) in rows(store, "SELECT status_id FROM leads WHERE pipeline_id = ?", key)
    )
    won, lost = found.pop(142, 0), found.pop(143, 0)
    assert (sum(found.values()), won, lost) == tuple(part(figure, scale) for figure in PIPELINES[name])


def test_all_deals(store: Store, scale: float) -> None:
    assert number(store, "SELECT count(*) FROM leads WHERE is_deleted = 0") == deals_in_all(scale)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Розничный отдел", "2019-01-01", "2020-06-07"),
        ("Оптовый отдел", "2017-01-01", "2020-06-07"),
        ("Сервис и рекламации", "2017-01-01", "2020-06-07"),
        ("Повторные продажи", "2018-01-01", "2020-06-07"),
        ("Воронка 2017", "2017-01-01", "2018-03-31"),
        ("Выставки 2018", "2018-01-01", "2018-05-31"),
        ("Интернет-магазин (старый)", "2017-01-01", "2018-04-30"),
    ],
)
def test_dates_of_pipelines(store: Store, name: str, first: str, last: str) -> None:
    sql = "SELECT min(created_at), max(created_at) FROM leads WHERE pipeline_id = ?"
    ((low, high),) = rows(store, sql, pipeline_id(store, name))
    assert moment(first) <= low < high <= min(moment(last) + DAY, NOW)


@pytest.mark.parametrize(
    ("year", "created", "won", "roubles", "days"),
    [(2019, 9_800, 534, 72_000_000, 102), (2020, 25_500, 800, 116_000_000, 45)],
)
def test_retail_by_year(
    store: Store, scale: float, year: int, created: int, won: int, roubles: int, days: int
) -> None:
    key, span = pipeline_id(store, "Розничный отдел"), (moment(f"{year}-01-01"), moment(f"{year + 1}-01-01"))
    made = "pipeline_id = ? AND created_at BETWEEN ? AND ?"
    found = rows(
        store, f"SELECT status_id, price, closed_at - created_at FROM leads WHERE {made}", key, *span
    )
    wins = [(price, cycle) for status, price, cycle in found if status == 142]
    # The outcome is what is rounded; a year may differ by one.
    assert abs(len(found) - part(created, scale)) <= 1
    assert abs(len(wins) - part(won, scale)) <= 1
    assert sum(price for price, _ in wins) == round(roubles * len(wins) / won)
    assert sum(cycle for _, cycle in wins) == days * DAY * len(wins)
    if scale == 1.0:
        assert (len(found), len(wins), sum(price for price, _ in wins)) == (created, won, roubles)


def test_measuring_visit_of_2020(store: Store, scale: float) -> None:
    key, line = pipeline_id(store, "Розничный отдел"), [row["id"] for row in stages(store, "Розничный отдел")]
    visit = next(row["id"] for row in stages(store, "Розничный отдел") if row["name"] == "Замер")
    made = rows(
        store,
        "SELECT id, status_id FROM leads WHERE pipeline_id = ? AND created_at >= ?",
        key,
        moment("2020-01-01"),
    )
    told = rows(store, "SELECT entity_id, body FROM events WHERE type = 'lead_status_changed'")
    been = {
        deal
        for deal, body in told
        if json.loads("{" + body + "}")["value_after"][0]["lead_status"]["id"] == visit
    }
    # Nobody who stands behind the visit has left it out.
    behind = {deal for deal, status in made if status in line[line.index(visit) :]}
    assert behind <= been
    won = {deal for deal, status in made if status == 142}
    unvisited = min(part(35, scale), len(won))
    assert (len(won - been), len(won & been)) == (unvisited, len(won) - unvisited)
    assert len(been & {deal for deal, _ in made}) == max(part(1_275, scale), len(won) - unvisited)
    if scale == 1.0:
        assert (len(been & {deal for deal, _ in made}), len(won & been), len(won - been)) == (1_275, 765, 35)


def test_loss_reasons(store: Store, scale: float) -> None:
    assert number(
        store, "SELECT count(*) FROM leads WHERE status_id = 143 AND loss_reason_id IS NULL"
    ) == part(21_467, scale)
    assert not number(
        store, "SELECT count(*) FROM leads WHERE status_id <> 143 AND loss_reason_id IS NOT NULL"
    )
    names = {row["id"]: row["name"] for row in store.all("loss_reason")}
    wanted = {
        "Дорого": 28,
        "Не можем связаться": 18,
        "Выбрали другого поставщика": 16,
        "Отложили покупку": 16,
        "Не подходят условия": 22,
    }
    for sql in (
        "SELECT loss_reason_id FROM leads",
        f"SELECT loss_reason_id FROM leads WHERE pipeline_id = {pipeline_id(store, 'Розничный отдел')}",
    ):
        found = Counter(
            names[key]
            for (key,) in rows(
                store, f"{sql}{' AND' if 'WHERE' in sql else ' WHERE'} loss_reason_id IS NOT NULL"
            )
        )
        for name, share in wanted.items():
            assert abs(found[name] - sum(found.values()) * share / 100) <= 2
        assert set(found) == set(wanted)


def test_active_deals_without_an_open_task(store: Store, scale: float) -> None:
    open_deals = "status_id NOT IN (142, 143)"
    busy = f"SELECT entity_id FROM tasks WHERE {OPEN_TASKS}"
    assert number(store, f"SELECT count(*) FROM leads WHERE {open_deals} AND id NOT IN ({busy})") == part(
        2_719, scale
    )
    assert number(
        store, f"SELECT count(*) FROM leads WHERE {open_deals} AND closest_task_at IS NULL"
    ) == part(2_719, scale)
    assert not number(
        store,
        f"SELECT count(*) FROM leads WHERE NOT {open_deals} AND (closest_task_at > 0 OR id IN ({busy}))",
    )
    nearest = rows(store, f"SELECT entity_id, min(complete_till) FROM tasks WHERE {OPEN_TASKS} GROUP BY 1")
    shown = rows(store, "SELECT id, closest_task_at FROM leads WHERE closest_task_at IS NOT NULL ORDER BY id")
    assert shown == nearest
    waiting = "SELECT lead_id FROM unsorted"
    assert not number(store, f"SELECT count(*) FROM tasks WHERE entity_id IN ({waiting})")


def test_deals_lie_in_every_stage_that_should_hold_some(store: Store, scale: float) -> None:
    found = Counter(status for (status,) in rows(store, "SELECT status_id FROM leads"))
    for name in ("Думает", "Ждём ответа", "Отправить КП"):
        stage = next(row for row in stages(store, "Розничный отдел") if row["name"] == name)
        assert found[stage["id"]] > 0
    if scale == 1.0:
        for name, parts in PIPELINES.items():
            assert all(found[row["id"]] > 0 for row in stages(store, name)) == (parts[0] > 0)


def test_requests_wait_in_the_unsorted_stage(store: Store) -> None:
    waiting = {
        stage["id"]
        for scope in store.scopes("stage")
        for stage in store.all("stage", scope)
        if stage["type"] == 1
    }
    found = rows(
        store,
        f"SELECT id, pipeline_id, created_at FROM leads WHERE status_id IN ({','.join(map(str, waiting))})",
    )
    assert found
    assert sorted(found) == rows(
        store, "SELECT lead_id, pipeline_id, created_at FROM unsorted ORDER BY lead_id"
    )
    off = {row["id"] for row in store.all("pipeline") if not row["is_unsorted_on"]}
    assert not off & {pipeline for _, pipeline, _ in found}
    for (text,) in rows(store, "SELECT body FROM unsorted"):
        assert json.loads(text)["category"] in ("forms", "sip", "chats", "mail")


def test_roistat_and_source_of_contact(store: Store, scale: float) -> None:
    deals = bodies(store, "leads")
    assert sum(not texts(deal, "ROISTAT") for deal in deals) == part(133_723, scale)
    assert round(100 * sum(bool(texts(deal, "Откуда контакт")) for deal in deals) / len(deals)) == 12


def test_fields_that_nobody_fills(store: Store) -> None:
    deals = bodies(store, "leads")
    filled = Counter(entry["field_id"] for deal in deals for entry in deal["custom_fields_values"] or [])
    fields = store.all("field", "leads")
    assert (len(fields), sum(filled[field["id"]] < 0.01 * len(deals) for field in fields)) == (74, 41)


def test_spellings(store: Store) -> None:
    deals = bodies(store, "leads")
    assert len({text for deal in deals for text in texts(deal, "Город")}) == 400
    assert len({text for deal in deals for text in texts(deal, "Бренд")}) == 150


def test_unused_tags(store: Store) -> None:
    used = {tag["id"] for deal in bodies(store, "leads") for tag in deal["_embedded"]["tags"]}
    tags = {tag["id"] for tag in store.all("tag", "leads")}
    assert (len(tags), len(tags - used), used - tags) == (61, 34, set())


def test_sources(store: Store) -> None:
    since = NOW - 90 * DAY
    alive = {
        key for (key,) in rows(store, "SELECT DISTINCT source_id FROM leads WHERE created_at >= ?", since)
    } - {None}
    sources = {source["id"]: source for source in store.all("source")}
    assert (len(sources), len(set(sources) - alive), alive - set(sources)) == (12, 7, set())
    (popup,) = [key for key, source in sources.items() if "всплывающее окно" in source["name"]]
    assert number(store, "SELECT count(*) FROM leads WHERE source_id = ?", popup) > 0
    assert not number(
        store, "SELECT count(*) FROM leads WHERE source_id = ? AND created_at >= ?", popup, since
    )
    lines = dict(rows(store, "SELECT id, pipeline_id FROM leads WHERE source_id IS NOT NULL"))
    for deal, source in rows(store, "SELECT id, source_id FROM leads WHERE source_id IS NOT NULL"):
        assert lines[deal] == sources[source]["pipeline_id"]


def test_sources_that_work_have_fresh_deals_in_a_small_account_too() -> None:
    small = account(0.002)
    since = NOW - 90 * DAY
    fresh = {key for (key,) in rows(small, "SELECT source_id FROM leads WHERE created_at >= ?", since)} - {
        None
    }
    assert len(fresh) == 5


def test_several_open_deals_of_one_client(store: Store, scale: float) -> None:
    opened = "from_type = 'leads' AND from_id IN (SELECT id FROM leads WHERE status_id NOT IN (142, 143))"
    sql = f"SELECT to_id, count(*) FROM link WHERE to_type = ? AND {opened} GROUP BY 1"
    assert sum(count > 1 for _, count in rows(store, sql, "contacts")) == part(640, scale)
    assert not sum(count > 1 for _, count in rows(store, sql, "companies"))
