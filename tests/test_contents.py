"""A map made of the values themselves is the same whether a mirror or a walk tells what records hold."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.living import Living, living
from tests.test_convert import VALUES, City, city


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, so big that reading what changed is less than reading all."""
    with living(tmp_path, scenario="audited", scale=0.012) as here:
        yield here


def planned(crm: Living, otherwise: str = "keep") -> tuple[Any, int]:
    """(what a plan says of the field, pages of deals read)."""
    values = VALUES if otherwise == "stop" else "auto"
    crm.spec(city(otherwise).replace(f"values: {VALUES}", f"values: {values}"))
    saved = crm.folder / "plan.json"
    crm.forget()
    ended = crm.amoconf("plan", "--allow", "*", "-o", str(saved), "--impact", "off", "--format", "json")
    assert ended.code in (0, 3), ended.err
    changes = {row["address"]: row for row in ended.json["changes"]}
    told = [changes[name][key] for name in sorted(changes) for key in ("blocked_by", "moves", "manual")]
    [row] = [row for row in json.loads(saved.read_text("utf-8"))["changes"] if row["action"] == "replace"]
    pages = sum(row["path"] == "/api/v4/leads" for row in crm.asked())
    return ([row["convert"], told], pages)


@pytest.mark.parametrize("otherwise", ["keep", "stop"])
def test_the_mirror_tells_the_same_as_a_walk(crm: Living, otherwise: str) -> None:
    deals = City(crm)
    crm.spec(city())
    assert crm.amoconf("values", "leads/city", "--format", "json").code == 0
    keys = [key for key, was in deals.before.items() if was]
    for key, text in zip(keys, ("пенза!", "Тверь", "  Мск", "Пенза, Мск"), strict=False):
        crm.ui(action="set_value", entity="leads", id=key, field_id=deals.old, value=text)
    mirrored, few = planned(crm, otherwise)
    shutil.rmtree(crm.folder / "state" / "cache")
    walked, many = planned(crm, otherwise)
    assert mirrored == walked
    assert few < many


def test_what_the_mirror_masks_is_read(crm: Living) -> None:
    """A mirror keeps no phone: where one stands among the values, the records themselves are read."""
    deals = City(crm)
    crm.spec(city())
    key = next(key for key, was in deals.before.items() if was)
    crm.ui(action="set_value", entity="leads", id=key, field_id=deals.old, value="Пенза, тел. +79270001122")
    assert crm.amoconf("values", "leads/city", "--format", "json").code == 0
    mirrored, _ = planned(crm, "stop")
    shutil.rmtree(crm.folder / "state" / "cache")
    assert mirrored == planned(crm, "stop")[0]
