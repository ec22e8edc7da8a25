"""A mirror that follows an account is the same as one that was filled just now."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from amoconf.emulator.records import moves
from amoconf.records.keep import Keep
from amoconf.records.mirror import Mirror
from tests.living import Living, living
from tests.records.mirrored import KEY, differing, fresh, keep_all, update

Deed = tuple[str, int, int]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An account that goes on changing."""
    with living(tmp_path_factory.mktemp("account"), scenario="audited", scale=0.01) as account:
        yield account


@pytest.fixture(scope="module")
def follower(here: Living) -> Iterator[Mirror]:
    """A mirror that was filled before anything changed."""
    with closing(fresh(here, keep_all(here))) as mirror:
        yield mirror


def ids(here: Living, table: str, where: str = "1") -> list[int]:
    """Ids of what is there."""
    return [
        row[0] for row in here.world.store.db.execute(f"SELECT id FROM {table} WHERE {where} ORDER BY id")
    ]


def do(here: Living, deed: Deed) -> None:
    """One thing that people or programs do. deed: (what, to which, with what), the numbers of any size."""
    what, which, more = deed
    deals = ids(here, "leads", "is_deleted = 0")
    deal = deals[which % len(deals)]
    DEEDS[what](here, deal, which, more)


def _move(here: Living, deal: int, which: int, more: int) -> None:
    pipeline = here.world.store.all("pipeline")[more % 3]["id"]
    stages = [stage["id"] for stage in here.world.store.all("stage", str(pipeline)) if stage["type"] == 0]
    here.ui(action="move_deal", id=deal, pipeline_id=pipeline, status_id=stages[which % len(stages)])


def _fill_in(here: Living, deal: int, which: int, more: int) -> None:
    field = next(item for item in here.world.store.all("field", "leads") if item["name"] == "Город")
    here.ui(
        action="set_value",
        entity="leads",
        id=deal,
        field_id=field["id"],
        value=[None, "Псков", "Тула"][more % 3],
    )


def _task(here: Living, deal: int, which: int, more: int) -> None:
    given = {"text": "x", "complete_till": 1_700_000_000, "entity_id": deal, "entity_type": "leads"}
    _send(here, "POST", "tasks", [given])


def _complete(here: Living, deal: int, which: int, more: int) -> None:
    tasks = ids(here, "tasks")
    _send(here, "PATCH", "tasks", [{"id": tasks[which % len(tasks)], "is_completed": bool(more % 2)}])


def _link(here: Living, deal: int, which: int, more: int) -> None:
    contacts = ids(here, "contacts", "is_deleted = 0")
    _send(
        here,
        "POST",
        f"leads/{deal}/link",
        [{"to_entity_id": contacts[more % len(contacts)], "to_entity_type": "contacts"}],
    )


def _throw_away(entity: str) -> Callable[[Living, int, int, int], None]:
    def work(here: Living, deal: int, which: int, more: int) -> None:
        cards = ids(here, entity, "is_deleted = 0")

        def event(world: Any) -> None:
            moves.throw_away(world.store, entity, cards[which % len(cards)], by=0, at=world.clock.now())

        here.before["GET account"] = event
        here.get("account")

    return work


def _send(here: Living, method: str, path: str, body: Any) -> None:
    answer = here.client.request(method, f"/api/v4/{path}", json=body)
    assert answer.is_success, answer.text


DEEDS: dict[str, Callable[[Living, int, int, int], None]] = {
    "move": _move,
    "fill in": _fill_in,
    "price": lambda here, deal, which, more: here.ui(action="update", kind="deal", id=deal, price=more),
    "delete": lambda here, deal, which, more: here.ui(action="delete", kind="deal", id=deal),
    "new": lambda here, deal, which, more: _send(here, "POST", "leads", [{"name": "x", "price": more}]),
    "tag": lambda here, deal, which, more: _send(
        here, "PATCH", "leads", [{"id": deal, "tags_to_add": [{"name": f"t{more % 5}"}]}]
    ),
    "task": _task,
    "complete": _complete,
    "link": _link,
    "delete contact": _throw_away("contacts"),
    "delete company": _throw_away("companies"),
}
NUMBERS = st.integers(0, 10_000)


# Nothing is shrunk: what an example leaves behind is where the next one begins.
@settings(
    max_examples=4,
    derandomize=True,
    phases=[Phase.generate],
)
@given(deeds=st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), NUMBERS, NUMBERS), min_size=3, max_size=20))
def test_following_is_filling_anew(here: Living, follower: Mirror, deeds: list[Deed]) -> None:
    for deed in deeds:
        do(here, deed)
    update(here, follower, keep_all(here))
    with closing(fresh(here, keep_all(here))) as anew:
        assert not differing(follower, anew)


@pytest.mark.parametrize("when", [2, 3, 5])
def test_deals_deleted_while_the_list_is_read_hide_no_others(here: Living, when: int) -> None:
    """Each deletion moves all later rows up by one: whoever pages on skips one."""
    keep = Keep.of(leads=())

    def before(number: int) -> None:
        if number == when:
            for deal in ids(here, "leads", "is_deleted = 0")[3:6]:
                here.ui(action="delete", kind="deal", id=deal)

    with Mirror(None, KEY) as mirror:
        update(here, mirror, keep, before=before)
        with closing(fresh(here, keep)) as anew:
            assert not differing(mirror, anew)


def test_a_thousand_changed_deals_take_twelve_requests_at_most(here: Living) -> None:
    keep = keep_all(here)
    with Mirror(None, KEY) as mirror:
        update(here, mirror, keep)
        deals = ids(here, "leads", "is_deleted = 0")[:1000]
        for start in range(0, 1000, 250):
            _send(here, "PATCH", "leads", [{"id": deal, "price": 7} for deal in deals[start : start + 250]])
        assert update(here, mirror, keep) <= 12
        assert mirror.db.execute("SELECT count(*) FROM leads WHERE price = 7").fetchone()[0] >= 1000


def test_what_no_event_tells_is_found_within_a_day(here: Living) -> None:
    """A contact that was merged away, one that came out of the unsorted stage: neither changes its updated_at."""
    keep, wall = Keep.of(contacts=()), [1e9]
    contacts = ids(here, "contacts", "is_deleted = 0")
    db = here.world.store.db
    db.execute("UPDATE contacts SET is_deleted = 2 WHERE id = ?", (contacts[300],))
    with Mirror(None, KEY, wall=lambda: wall[0]) as mirror:
        update(here, mirror, keep)
        db.execute("UPDATE contacts SET is_deleted = 0 WHERE id = ?", (contacts[300],))
        for gone in (contacts[5], contacts[-1]):
            db.execute("UPDATE contacts SET is_deleted = 2 WHERE id = ?", (gone,))
        wall[0] += 90_000
        update(here, mirror, keep)
        assert [row[0] for row in mirror.db.execute("SELECT id FROM contacts")] == ids(
            here, "contacts", "is_deleted = 0"
        )


def test_shifting_pages_are_noticed(here: Living) -> None:
    keep = Keep.of(contacts=())
    with Mirror(None, KEY) as mirror:
        here.client.post("/_emulator/faults", json={"shifting_pages": 1.0})
        update(here, mirror, keep)
        here.client.post("/_emulator/faults", json={})
        update(here, mirror, keep)
        with closing(fresh(here, keep)) as anew:
            assert not differing(mirror, anew)


def test_faults_of_the_connection_change_nothing(here: Living) -> None:
    keep = keep_all(here)
    with Mirror(None, KEY) as mirror:
        here.client.post(
            "/_emulator/faults", json={"reset": 0.1, "504_before": 0.1, "truncated_json": 0.1, "429": 0.1}
        )
        update(here, mirror, keep)
        here.client.post("/_emulator/faults", json={})
        with closing(fresh(here, keep)) as anew:
            assert not differing(mirror, anew)


def test_customers_are_read_anew_each_time(tmp_path: Path) -> None:
    with living(tmp_path, scenario="empty") as account:
        _send(account, "PATCH", "customers/mode", {"mode": "segments", "is_enabled": True})
        for start in range(0, 300, 50):
            _send(account, "POST", "customers", [{"name": f"c{start + more}"} for more in range(50)])
        with Mirror(None, KEY) as mirror:
            keep = Keep.of(customers=())
            assert update(account, mirror, keep) == 3
            first = ids(account, "customers")[0]
            _send(account, "PATCH", "customers", [{"id": first, "name": "other"}])
            assert update(account, mirror, keep) == 3
            assert mirror.count("customers") == 300
            with closing(fresh(account, keep)) as anew:
                assert not differing(mirror, anew)
