"""The ledger of what was overwritten: each place with what stood there first, files of earlier versions too."""

import sqlite3
from contextlib import closing
from pathlib import Path

from amoconf.records.ledger import PLACE, TAG, Cell, Ledger

OLD = """
CREATE TABLE cell (batch INTEGER NOT NULL, entity TEXT NOT NULL, record INTEGER NOT NULL, field INTEGER NOT NULL,
  kind TEXT NOT NULL, before TEXT, written TEXT, origin TEXT, sent INTEGER NOT NULL DEFAULT 0);
INSERT INTO cell VALUES (1, 'leads', 5, 7, 'text', '[{"value": "a"}]', NULL, NULL, 1);
"""
STAGE = [{"pipeline_id": 1, "status_id": 2}]
NEXT = [{"pipeline_id": 1, "status_id": 3}]
LAST = [{"pipeline_id": 1, "status_id": 4}]


def test_a_tag_and_a_field_of_one_number_are_two_places() -> None:
    """What stood there first goes back, whatever was written on top of it."""
    with closing(Ledger(None)) as ledger:
        tag = Cell("leads", 5, -7, TAG, [{"id": 7, "name": "A"}], None, about="tag/leads/A")
        field = Cell("leads", 5, 7, "text", [{"value": "a"}], [{"value": "b"}])
        ledger.mean([tag, field, Cell("leads", 5, 0, PLACE, STAGE, NEXT, about="stage/p/a")])
        ledger.mean([Cell("leads", 5, 0, PLACE, NEXT, LAST)])
        found = {cell.kind: (cell, meant) for cell, meant in ledger.first_and_last()}
        assert found[TAG] == (tag, [None])
        assert found["text"] == (field, [[{"value": "b"}]])
        assert (found[PLACE][0].before, found[PLACE][1]) == (STAGE, [NEXT, LAST])
        assert found[PLACE][0].about == "stage/p/a"
        assert ledger.written("leads", 5, 7) == [[{"value": "b"}]]
        assert ledger.records == 1


def test_a_file_of_an_earlier_version_is_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLD)
    for _ in range(2):
        with closing(Ledger(path)) as ledger:
            ledger.mean([Cell("leads", 6, 7, "text", None, [{"value": "b"}], about="field/leads/x")])
            first = next(iter(ledger.first_and_last()))[0]
            assert (first.record, first.before, first.about) == (5, [{"value": "a"}], "")
            assert (first.kept, ledger.kept, ledger.whole) == (False, {}, frozenset())


def test_what_somebody_put_there_between_two_writes_is_what_stood_there_first() -> None:
    own, other = [{"value": "x"}], [{"value": "x"}, {"value": "z"}]
    with closing(Ledger(None)) as ledger:
        ledger.mean([Cell("leads", 5, 7, "text", own, [{"value": "y"}], about="option/a")])
        ledger.mean([Cell("leads", 5, 7, "text", other, [{"value": "w"}], about="option/b")])
        [(cell, meant)] = ledger.first_and_last()
        assert (cell.before, meant, cell.about) == (other, [[{"value": "w"}]], "option/a\noption/b")
        [(cell, meant)] = ledger.first_and_last(same=lambda cell, one, two: True)
        assert (cell.before, len(meant)) == (own, 2)
