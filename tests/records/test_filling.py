"""A filled mirror says what the account says, whatever interrupted the filling, in as many requests as there
are pages.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from math import ceil
from pathlib import Path

import pytest

from amoconf.records.filling import Progress
from amoconf.records.keep import Keep
from amoconf.records.mirror import Mirror
from amoconf.records.private import masked
from tests.living import Living, living
from tests.records.mirrored import KEY, LISTS, Stopped, at, differing, fresh, keep_all, update

FILL = """
import sys
from types import SimpleNamespace
from pathlib import Path
from amoconf.records.mirror import Mirror
from amoconf.records.private import masked
from tests.records.mirrored import KEY, Keep, update
folder, url, token = sys.argv[1:]
here = SimpleNamespace(folder=Path(folder), url=url, token=token)
with Mirror(Path(folder) / "cache" / "records" / "mirror.sqlite", KEY) as mirror:
    update(here, mirror, Keep.of(leads=()), tell=lambda told: (print(told.page, flush=True),
    sys.stdin.readline()))
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An account that no test changes."""
    with living(tmp_path_factory.mktemp("account"), scenario="audited", scale=0.01) as account:
        yield account


def one(here: Living, sql: str, *values: object) -> int:
    """A number out of the emulator's own database."""
    return int(here.world.store.db.execute(sql, values).fetchone()[0])


def pages(here: Living, *lists: str) -> int:
    """How many pages the lists have."""
    return sum(ceil(one(here, f"SELECT count(*) FROM {name}") / 250) for name in lists)


def test_counts_are_those_of_the_account(here: Living) -> None:
    db = here.world.store.db
    with closing(fresh(here, keep_all(here))) as mirror:
        for name in LISTS:
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})")]
            shared = [
                row[1]
                for row in mirror.db.execute(f"PRAGMA table_info({name})")
                if row[1] in columns and row[1] != "name"
            ]
            sql = f"SELECT {', '.join(shared)} FROM {name} ORDER BY id"
            assert mirror.db.execute(sql).fetchall() == db.execute(sql).fetchall()
        for pipeline, stage, count in db.execute(
            "SELECT pipeline_id, status_id, count(*) FROM leads GROUP BY 1, 2"
        ):
            assert mirror.standing(pipeline, stage) == count
        assert mirror.standing(1, 142) == 0
        for kind, count in db.execute(
            "SELECT task_type_id, count(*) FROM tasks WHERE NOT is_completed GROUP BY 1"
        ):
            assert mirror.open_tasks(kind) == count
        links = "SELECT from_id, to_id, is_main FROM link WHERE from_type = 'leads' AND to_type = 'contacts' ORDER BY 1, 2"
        mine = "SELECT record, to_record, is_main FROM link WHERE entity = 1 AND to_entity = 2 ORDER BY 1, 2"
        assert mirror.db.execute(mine).fetchall() == db.execute(links).fetchall()


def test_values_options_and_tags_are_those_of_the_account(here: Living) -> None:
    deals = [json.loads(body) for (body,) in here.world.store.db.execute("SELECT body FROM leads")]
    with closing(fresh(here, keep_all(here, "leads"))) as mirror:
        for field in here.world.store.all("field", "leads"):
            values = [
                entry["values"]
                for deal in deals
                for entry in deal["custom_fields_values"] or ()
                if entry["field_id"] == field["id"]
            ]
            assert mirror.filled("leads", field["id"]) == len(values)
            for option in field.get("enums") or ():
                held = sum(any(value.get("enum_id") == option["id"] for value in each) for each in values)
                assert mirror.holding("leads", field["id"], option["id"]) == held
            if field["type"] == "text":
                texts = [masked(each[0]["value"]) for each in values]
                assert dict(mirror.distinct("leads", field["id"])) == {
                    text: texts.count(text) for text in texts
                }
        for tag in here.world.store.all("tag", "leads"):
            held = sum(tag["id"] in [each["id"] for each in deal["_embedded"]["tags"]] for deal in deals)
            assert mirror.tagged("leads", tag["id"]) == held


def test_a_filling_takes_as_many_requests_as_there_are_pages_and_one_for_deletions(here: Living) -> None:
    told: list[Progress] = []
    with Mirror(None, KEY) as mirror:
        assert update(
            here, mirror, Keep.of(leads=(), contacts=(), companies=(), tasks=()), tell=told.append
        ) == 1 + pages(here, *LISTS)
    last = {each.entity: each for each in told if not each.done}
    assert all(each.page == each.pages == pages(here, name) for name, each in last.items())


def test_a_list_of_one_page_needs_one_request(here: Living) -> None:
    with Mirror(None, KEY) as mirror:
        assert update(here, mirror, Keep.of(companies=())) == 1


def test_an_interrupted_filling_goes_on_at_its_page(here: Living, tmp_path: Path) -> None:
    keep = Keep.of(leads=())
    with closing(fresh(here, keep)) as whole:
        for stop in range(pages(here, "leads")):
            path = at(tmp_path / str(stop))

            def before(number: int, stop: int = stop) -> None:
                if number == stop:
                    raise Stopped

            with Mirror(path, KEY) as mirror, pytest.raises(Stopped):
                update(here, mirror, keep, before=before)
            with Mirror(path, KEY) as mirror:
                state = mirror.state("leads")
                done = mirror.held("leads") // 250
                assert state is not None
                assert not state.complete
                assert mirror.as_of("leads") is None
                # Besides one for deletions, one for what changed meanwhile.
                assert update(here, mirror, keep) == pages(here, "leads") - done + 1 + (stop > 0)
                assert not differing(mirror, whole)


def test_a_killed_filling_goes_on_at_its_page(here: Living, tmp_path: Path) -> None:
    words = [sys.executable, "-c", FILL, str(tmp_path), here.url, here.token]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for page in (1, 2, 3):
            assert process.stdout.readline() == f"{page}\n"
            if page < 3:
                process.stdin.write("\n")
                process.stdin.flush()
        os.kill(process.pid, signal.SIGKILL)
    with Mirror(at(tmp_path), KEY) as mirror, closing(fresh(here, Keep.of(leads=()))) as whole:
        assert mirror.held("leads") == 750
        assert update(here, mirror, Keep.of(leads=())) == pages(here, "leads") - 3 + 2
        assert not differing(mirror, whole)
