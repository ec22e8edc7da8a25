"""How the records of the scenario `audited` fit together: events, texts and columns, times, chance."""

import json
from itertools import pairwise

import pytest

from amoconf.emulator.scenario import audited
from amoconf.emulator.store import ORIGIN, Store

from .audited_account import DAY, NOW, SCALES, account, number, rows


@pytest.fixture(params=SCALES, scope="module")
def store(request: pytest.FixtureRequest) -> Store:
    return account(float(request.param))


def test_events_tell_the_last_twelve_months(store: Store) -> None:
    ((low, high),) = rows(
        store, "SELECT min(created_at), max(created_at) FROM events WHERE type = 'lead_status_changed'"
    )
    assert NOW - 366 * DAY <= low < NOW - 355 * DAY
    assert NOW - 3 * DAY < high <= NOW
    assert not number(store, "SELECT count(*) FROM events WHERE created_at > ?", NOW)
    path: dict[int, list[tuple[int, int]]] = {}
    for deal, text in rows(
        store, "SELECT entity_id, body FROM events WHERE type = 'lead_status_changed' ORDER BY created_at, id"
    ):
        body = json.loads("{" + text + "}")
        before, after = (body[key][0]["lead_status"] for key in ("value_before", "value_after"))
        assert before["pipeline_id"] == after["pipeline_id"]
        path.setdefault(deal, []).append((before["id"], after["id"]))
    status = dict(rows(store, "SELECT id, status_id FROM leads"))
    for deal, steps in path.items():
        assert steps[-1][1] == status[deal]
        assert all(one[1] == other[0] for one, other in pairwise(steps))
    since = NOW - 365 * DAY
    closed = rows(store, "SELECT id FROM leads WHERE closed_at >= ?", since)
    assert {deal for (deal,) in closed} <= set(path)


def test_texts_say_what_the_columns_say(store: Store) -> None:
    same = (
        "id",
        "name",
        "price",
        "pipeline_id",
        "status_id",
        "responsible_user_id",
        "created_by",
        "updated_by",
        "created_at",
        "updated_at",
        "closed_at",
        "closest_task_at",
        "loss_reason_id",
        "source_id",
    )
    for version, text, *columns in rows(store, f"SELECT version, body, {', '.join(same)} FROM leads"):
        body = json.loads(text)
        assert [body[key] for key in same] == columns
        assert (list(body)[-1], version) == ("_embedded", store.version)
        assert body["_links"]["self"]["href"] == f"{ORIGIN}/api/v4/leads/{body['id']}"


@pytest.mark.parametrize("table", ["contacts", "companies"])
def test_texts_of_cards(store: Store, table: str) -> None:
    for version, text, key, name in rows(store, f"SELECT version, body, id, name FROM {table}"):
        body = json.loads(text)
        assert (body["id"], body["name"], version) == (key, name, store.version)
        assert list(body)[-1] == "_embedded"


def test_times_are_in_order(store: Store) -> None:
    for table in ("leads", "contacts", "companies", "tasks", "notes"):
        assert not number(
            store, f"SELECT count(*) FROM {table} WHERE updated_at < created_at OR updated_at > ?", NOW
        )
    late = "(closed_at > created_at) IS NOT (CASE WHEN status_id IN (142, 143) THEN 1 END)"
    assert not number(store, f"SELECT count(*) FROM leads WHERE {late}")
    pairs = "leads AS a JOIN leads AS b ON b.id = a.id + 1"
    assert not number(store, f"SELECT count(*) FROM {pairs} WHERE b.created_at < a.created_at")
    early = "tasks AS t JOIN leads AS d ON d.id = entity_id"
    assert not number(store, f"SELECT count(*) FROM {early} WHERE t.created_at < d.created_at")


def test_same_seed_same_account() -> None:
    def digest(seed: int) -> list[str]:
        store = Store()
        audited.fill(store, seed=seed, scale=0.002, now=NOW)
        dumped = [store.things]
        dumped += [
            rows(store, f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4")
            for table in ("leads", "contacts", "companies", "tasks", "notes", "events", "link")
        ]
        return [repr(item) for item in dumped]

    assert digest(1) == digest(1)
    changed = [one != other for one, other in zip(digest(1), digest(2), strict=True)]
    assert changed == [False, True, True, True, True, True, True, True]
