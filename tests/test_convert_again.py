"""What an earlier run has left of a replaced field: found again, counted, moved or emptied, and nothing besides."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.living import Living, living
from tests.test_convert import HEAD, SCALE, ending, text_of
from tests.test_incoming import rows
from tests.test_resumed import well

POST = f"""{HEAD}fields:
  contacts:
    pos:
      name: Должность
      type: select
      options: [Директор, Прораб]
      convert: {{values: {{Прораб: [Менеджер]}}, otherwise: keep}}
"""


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, **SCALE) as here:
        yield here


def fields(crm: Living, scope: str, name: str) -> dict[str, Any]:
    """Live fields of which the name is a part, by type."""
    listed = crm.walk(f"{scope}/custom_fields", "custom_fields")
    return {row["type"]: row for row in listed if name in row["name"]}


@pytest.mark.parametrize("at", ["PATCH contacts/custom_fields", "PATCH contacts"])
def test_a_built_in_field_is_found_again(crm: Living, at: str) -> None:
    """Interrupted once the new field stands beside it, under the same name."""
    crm.spec(POST)
    crm.before[at] = lambda world: world.faults.set("500", 1.0)
    assert ending(crm).code == 4
    well(crm)
    assert len(fields(crm, "contacts", "Должность")) == 2
    for command in ("plan", "drift"):
        assert set(rows(crm, command)) == {("field/contacts/pos", "replace")}
    resumed = ending(crm, "--resume")
    assert resumed.code == 0, (resumed.out, resumed.err)
    there = fields(crm, "contacts", "Должность")
    assert {row["name"] for row in there.values()} == {"Должность", "[архив] Должность"}
    for row in crm.walk("contacts", "contacts"):
        was, now = (text_of(row, there[kind]["id"]) for kind in ("text", "select"))
        assert now == {"Менеджер": "Прораб", "Директор": "Директор", "Прораб": "Прораб"}.get(was or "")
