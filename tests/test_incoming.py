"""Deals that wait among the incoming ones while their field is replaced: told, moved once accepted, then forgotten."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amoconf.emulator.switches import Switches
from amoconf.values import normal
from tests.living import Living, living
from tests.test_convert import MEANT, SCALE, VALUES, City, apply, city, text_of

OLD, NEW = "field/leads/city@text", "field/leads/city"


class Waits(City):
    """The deals that wait with a value that maps to an option."""

    def __init__(self, crm: Living, count: int = 4) -> None:
        super().__init__(crm)
        mapped = [key for key, was in self.before.items() if normal(was or "") in MEANT]
        self.keys = mapped[-count * 10 :: 10]
        line, stage = min(self.unsorted)
        for key in self.keys:
            crm.ui(action="move_deal", id=key, pipeline_id=line, status_id=stage)

    def accept(self, *keys: int) -> None:
        """A person takes them over."""
        for key in keys:
            line = self.crm.get(f"leads/{key}")["pipeline_id"]
            stages = self.crm.get(f"leads/pipelines/{line}")["_embedded"]["statuses"]
            stage = next(row["id"] for row in stages if row["type"] == 0)
            self.crm.ui(action="move_deal", id=key, status_id=stage)

    def shown(self, key: int) -> str | None:
        """What the new field of a deal shows."""
        return text_of(self.crm.get(f"leads/{key}"), self.new)


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, **SCALE) as here:
        yield here


def rows(crm: Living, command: str = "plan", *more: str) -> dict[tuple[str, str], Any]:
    """Changes of a plan by address and action."""
    key = {"plan": "changes", "drift": "differences"}[command]
    words = ("--impact", "off", "--allow", "*") if command == "plan" else ()
    found = crm.amoconf(command, "--format", "json", *words, *more).json[key]
    return {(row["address"], row["action"]): row for row in found}


def reads(crm: Living, *words: str) -> list[str]:
    """Lists of deals that a plan reads."""
    crm.forget()
    rows(crm, *words)
    return [row["path"] for row in crm.asked() if row["path"] in ("/api/v4/leads", "/api/v4/leads/pipelines")]


@pytest.mark.parametrize("filters", [False, True], ids=["walk", "filter"])
def test_they_are_told_moved_once_accepted_and_forgotten(tmp_path: Path, filters: bool) -> None:
    """With the paid filter and without."""
    with living(tmp_path, **SCALE, switches=Switches(api_filter_enabled=filters)) as crm:
        told_moved_forgotten(crm, pages=1 if filters else 2)


def told_moved_forgotten(crm: Living, pages: int) -> None:
    """From the first plan until nothing is left of it. pages: of deals that a plan reads while all go on waiting."""
    deals = Waits(crm)
    crm.spec(city())
    planned = rows(crm)
    assert set(planned) == {(NEW, "replace"), (OLD, "manual")}
    assert planned[OLD, "manual"]["impact"]["records"] == len(deals.keys)
    apply(crm)
    assert set(rows(crm)) == set(rows(crm, "drift")) == {(OLD, "manual")}
    assert sorted(reads(crm)) == [*["/api/v4/leads"] * pages, "/api/v4/leads/pipelines"]
    deals.accept(*deals.keys[:2])
    planned = rows(crm)
    assert set(planned) == {(NEW, "update"), (OLD, "manual")}
    assert planned[NEW, "update"]["impact"]["records"] == 2
    assert planned[OLD, "manual"]["impact"]["records"] == len(deals.keys) - 2
    apply(crm)
    deals.check()
    assert set(rows(crm)) == {(OLD, "manual")}
    deals.accept(*deals.keys[2:])
    assert set(rows(crm)) == {(NEW, "update")}
    apply(crm)
    deals.check()
    assert not rows(crm)
    [entry] = [entry for address, entry in crm.lock.entries.items() if str(address) == OLD]
    assert (entry.id, set(entry.attrs)) == (deals.old, {"convert", "options"})
    assert not reads(crm)


def test_without_what_people_do_they_are_not_named(crm: Living) -> None:
    deals = Waits(crm)
    crm.spec(city())
    assert set(rows(crm, "plan", "--no-manual")) == {(NEW, "replace")}
    apply(crm)
    assert not rows(crm, "drift", "--no-manual")
    deals.accept(deals.keys[0])
    assert set(rows(crm, "plan", "--no-manual")) == {(NEW, "update")}


def test_the_spec_may_take_them_out_later(crm: Living) -> None:
    deals = Waits(crm)
    crm.spec(city())
    apply(crm)
    crm.spec(city(unsorted="take_out"))
    assert rows(crm)[NEW, "update"]["impact"]["records"] == len(deals.keys)
    apply(crm)
    deals.check(taken_out=True)
    assert not rows(crm)


def test_what_is_not_applied_is_still_owed(crm: Living) -> None:
    """An apply of something else forgets nobody."""
    deals = Waits(crm)
    crm.spec(city())
    apply(crm)
    deals.accept(deals.keys[0])
    crm.spec(city() + "    more: {name: Ещё, type: text}\n")
    apply(crm, "--only", "field/leads/more")
    assert deals.shown(deals.keys[0]) is None
    assert set(rows(crm)) == {(NEW, "update"), (OLD, "manual")}
    apply(crm)
    deals.check()


def test_what_maps_to_nothing_by_now_stands_against_nothing(crm: Living) -> None:
    """It was settled once: neither those that wait nor anything else is held up by it."""
    deals = Waits(crm)
    crm.spec(city())
    apply(crm)
    path = crm.folder / "account.lock.yaml"
    path.write_text(path.read_text("utf-8").replace('"otherwise": "keep"', '"otherwise": "stop"'), "utf-8")
    crm.spec(city("stop"))
    assert not crm.amoconf("plan", "--format", "json").json["blocked"]
    deals.accept(deals.keys[0])
    apply(crm)
    assert deals.shown(deals.keys[0])
    assert set(rows(crm)) == {(OLD, "manual")}


def test_a_lock_that_was_lost(crm: Living) -> None:
    """Who waits is looked for once, and known from then on."""
    deals = Waits(crm)
    crm.spec(city())
    apply(crm)
    path = crm.folder / "account.lock.yaml"
    whole = path.read_text("utf-8")
    path.unlink()
    assert set(rows(crm)) == {(OLD, "manual")}
    apply(crm)
    assert path.read_text("utf-8") == whole
    path.unlink()
    crm.spec(city() + "    more: {name: Ещё, type: text}\n")
    apply(crm, "--only", "field/leads/more")
    assert OLD not in {str(address) for address in crm.lock.entries}
    deals.accept(*deals.keys)
    assert not rows(crm)


def test_a_field_that_becomes_another_once_more(crm: Living) -> None:
    """Those that waited all along go from the first to the last."""
    deals = Waits(crm)
    crm.spec(city())
    apply(crm)
    crm.spec(city().replace("type: select", "type: multiselect"))
    [notice] = crm.amoconf("plan", "--format", "json").json["notices"]
    assert (notice["address"], notice["what"].split(" waited")[0]) == (OLD, f"{OLD}: {len(deals.keys)} deals")
    apply(crm)
    deals.accept(*deals.keys)
    apply(crm)
    assert {deals.shown(key) for key in deals.keys} == {
        MEANT[normal(deals.before[key] or "")] for key in deals.keys
    }
    assert not rows(crm)


def test_a_deal_that_is_gone_waits_no_more(crm: Living) -> None:
    deals = Waits(crm)
    crm.spec(city())
    apply(crm)
    for key in deals.keys:
        crm.ui(action="delete", kind="deal", id=key)
    assert not rows(crm)
    apply(crm)
    assert not reads(crm)


def test_a_map_made_by_itself(crm: Living) -> None:
    deals = Waits(crm)
    auto = city().replace(f"values: {VALUES}", "values: auto")
    crm.spec(auto)
    apply(crm)
    crm.spec(auto + "    more: {name: Ещё, type: text}\n")
    assert not reads(crm, "plan", "--only", "field/leads/more")
    deals.accept(deals.keys[0])
    apply(crm, "--only", NEW)
    assert deals.shown(deals.keys[0]) == MEANT[normal(deals.before[deals.keys[0]] or "")]


def test_only_deals_as_new_as_those_that_waited_are_read(tmp_path: Path) -> None:
    """Nothing older than the oldest that waits."""
    with living(tmp_path, scenario="audited", scale=0.02) as crm:
        deals = Waits(crm)
        for key in deals.keys[:-2]:
            crm.ui(action="delete", kind="deal", id=key)
        crm.spec(city())
        apply(crm)
        newer = sum(key >= deals.keys[-2] for key in deals.before)
        assert reads(crm).count("/api/v4/leads") <= 2 + newer // 250
