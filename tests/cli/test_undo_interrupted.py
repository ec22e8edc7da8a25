"""An undo that was interrupted: told as it is, gone on with by the next, and never taken for somebody else's doing."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from amoconf.api import Clock
from tests.living import Ended, Living, living
from tests.test_convert import City, city
from tests.test_recordwork import fill, same, seen

APPLY = ("apply", "--yes", "--allow", "*", "--impact", "off", "--format", "json")
UNDO = ("undo", "--apply", "--yes", "--allow", "*")
FEW = ("--max-changes-per-hour", "60")


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, scenario="audited", scale=0.004) as here:
        yield here


def pressed(crm: Living, *words: str) -> Ended:
    """A command during whose first wait somebody presses Ctrl-C."""

    async def sleep(seconds: float) -> None:
        if seconds >= 1:
            signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)

    return crm.amoconf(*words, clock=Clock(sleep=sleep))


def moved(crm: Living) -> City:
    """The account with the city moved; what it held before."""
    deals = City(crm)
    crm.spec(city())
    applied = crm.amoconf(*APPLY, "--max-changes-per-hour", "off")
    assert applied.code == 0, (applied.out, applied.err)
    next((crm.folder / "state" / "changes").iterdir()).unlink()
    return deals


def test_an_interrupted_undo_tells_what_is_left_and_the_next_one_ends_it(crm: Living) -> None:
    """Both parts are one undo: undone as one, too."""
    deals, first = moved(crm), crm.amoconf("undo", "--format", "json").json
    after, due = seen(crm, "leads"), first["records"][0]["count"]
    tells_what_is_left(crm, due)
    names_the_undo(crm.amoconf("apply", "--resume", "--yes"))
    shown = crm.amoconf("undo")
    assert "An undo of it was interrupted: this goes on with that." in shown.out
    assert "somebody" not in shown.out
    document = crm.amoconf("undo", "--format", "json").json
    assert document["snapshot"]["name"] == first["snapshot"]["name"]
    assert [row["count"] for row in document["records"]] == [due - 50]
    ended = crm.amoconf(*UNDO)
    assert ended.code == 0, ended.out
    gives_all_back(crm, deals)
    rows = crm.amoconf("undo", "--list", "--format", "json").json["snapshots"]
    assert [(row["command"], row["interrupted"]) for row in rows] == [("undo", False), ("apply", False)]
    assert crm.amoconf(*UNDO).code == 0
    same(after, seen(crm, "leads"))


def tells_what_is_left(crm: Living, due: int) -> None:
    """The text of the stopped undo, and the list."""
    ended = pressed(crm, *UNDO, *FEW)
    assert ended.code == 4, (ended.out, ended.err)
    told = " ".join(ended.out.split())
    assert "50 records have what they held before. stopped by Ctrl-C" in told
    assert f"{due - 50} records are still to be given back what they held; amoconf undo goes on." in told
    assert f"The account is NOT as it was before: records not given back: {due - 50}." in told
    assert "The account is as it was before" not in told
    assert crm.amoconf("undo", "--list", "--format", "json").json["snapshots"][0]["interrupted"]
    listed = " ".join(crm.amoconf("undo", "--list").out.split())
    assert "it was interrupted, and amoconf undo goes on with it" in listed


def names_the_undo(ended: Ended) -> None:
    """What `apply --resume` says."""
    assert ended.code == 1
    assert "what was interrupted is an undo, not an apply" in ended.err
    assert "amoconf undo goes on with it" in ended.err


def gives_all_back(crm: Living, deals: City) -> None:
    """Every deal has its city in the old field again, and nowhere else."""
    [city] = [row["id"] for row in crm.walk("leads/custom_fields", "custom_fields") if row["name"] == "Город"]
    assert city == deals.old
    for row in crm.walk("leads", "leads"):
        held = {cell["field_id"] for cell in row["custom_fields_values"] or ()}
        assert (deals.old in held) == (deals.before[row["id"]] is not None)


def test_what_the_first_part_made_again_is_nobody_elses_doing(tmp_path: Path) -> None:
    with living(tmp_path, scenario="empty") as crm:
        fill(crm)
        before = seen(crm, "leads")
        crm.spec(
            "amoconf: 1\naccount: {subdomain: stroymarket}\nfields: {leads: {city: {name: Город, type: select, "
            "options: {Пенза: {}, Москва: {absent: не возим, move_values_to: Пенза}, Саратов: {}}}}}\n"
        )
        applied = crm.amoconf(*APPLY, "--max-changes-per-hour", "off")
        assert applied.code == 0, (applied.out, applied.err)
        next((crm.folder / "state" / "changes").iterdir()).unlink()
        assert pressed(crm, *UNDO, "--max-changes-per-hour", "20").code == 4
        assert "somebody" not in crm.amoconf("undo").out
        assert crm.amoconf(*UNDO).code == 0
        same(before, seen(crm, "leads"))
