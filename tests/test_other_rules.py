"""The spec says otherwise how values move than when they moved: what the earlier rules left is told, moved, and then quiet."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amoconf.agreed import agreement, differs
from amoconf.lock import Entry
from amoconf.model import Resource
from amoconf.recipe import Recipe, Wanted
from amoconf.unfilled import Left
from amoconf.values import Address, normal
from tests.living import Ended, Living, call, living
from tests.test_convert import HEAD, MEANT, SCALE, VALUES, City, apply, city, ending, text_of, virtual
from tests.test_incoming import NEW, OLD, Waits, rows
from tests.test_resumed import fails_from, well

FIELD = Address("field", ("leads", "city"))
SAID: Mapping[str, Any] = {"values": {"Пенза": ["Penza"], "Москва": ["Мск"]}, "otherwise": "keep"}


def option(name: str, key: str = "", *was: str) -> Wanted:
    """One of the new field."""
    return Wanted(name, Address("option", (*FIELD.path, key or name)), (key or name, *was))


PENZA, MOSCOW, OTHER = option("Пенза"), option("Москва"), option("Другой")
RECIPE = Recipe("leads", 1, FIELD, "text", "select", {}, (PENZA, MOSCOW), SAID)
AUTO = replace(RECIPE, said={"values": "auto"})


def said(**more: Any) -> Recipe:
    """With something else in `convert`."""
    return replace(RECIPE, said={**SAID, **more})


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (RECIPE, said(unsorted="take_out"), False),
        (RECIPE, replace(RECIPE, said={"values": SAID["values"]}), False),
        (RECIPE, said(values={"Москва": ["Мск"], "Пенза": [" Penza "]}), False),
        (RECIPE, said(values={"Пенза": ["Penza", "ПНЗ"], "Москва": ["Мск"]}), True),
        (RECIPE, said(values={"Пенза": ["Мск"], "Москва": ["Penza"]}), True),
        (RECIPE, said(otherwise="stop"), True),
        (RECIPE, replace(RECIPE, options=(PENZA, MOSCOW, OTHER)), True),
        (RECIPE, replace(RECIPE, options=(MOSCOW, PENZA)), False),
        (RECIPE, replace(RECIPE, said=None), False),
        (RECIPE, AUTO, True),
        (AUTO, replace(AUTO, pinned={"Penza": "Пенза"}), False),
        (AUTO, replace(AUTO, options=(PENZA, MOSCOW, OTHER)), True),
        (AUTO, replace(AUTO, options=(PENZA, option("Москва", "Москва", "Столица"))), True),
        (RECIPE, replace(RECIPE, options=(PENZA, option("Москва", "Москва", "Столица"))), True),
        (RECIPE, replace(RECIPE, options=(PENZA, option("Столица", "Москва"))), True),
        (RECIPE, replace(RECIPE, options=(PENZA, option("Москва", "Москва", "Москва"))), False),
        (replace(RECIPE, said=None), RECIPE, False),
    ],
)
def test_only_other_rules_are_others(before: Recipe, now: Recipe, expected: bool) -> None:
    """The order, the way of writing and what does not count for this pair of types are no difference."""
    assert differs(now, agreement(before)) == expected


def test_options_that_changed_their_names_are_the_same_options() -> None:
    """What the spec calls a key goes on meaning the same option."""
    keyed = replace(RECIPE, options=(option("Пенза", "pnz"), MOSCOW), said={"values": {"pnz": ["Penza"]}})
    named = replace(keyed, said={"values": {"Пенза": ["Penza"]}})
    assert not differs(named, agreement(keyed))
    assert differs(replace(keyed, options=(option("г. Пенза", "pnz"), MOSCOW)), agreement(keyed))


def record(key: int, was: str | None, now: int | None = None) -> Mapping[str, Any]:
    """A deal. now: the option that the new field holds."""
    filled = [(1, {"value": was})] if was else []
    filled += [(2, {"enum_id": now, "value": "…"})] if now else []
    return {"id": key, "custom_fields_values": [{"field_id": one, "values": [row]} for one, row in filled]}


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [(RECIPE, 2), (AUTO, 2), (replace(RECIPE, options=(PENZA, MOSCOW, OTHER)), 2), (said(values={}), 0)],
)
def test_what_the_earlier_map_gave_is_counted(agreed: Recipe, expected: int) -> None:
    """Of those that the new one would put elsewhere; what people have chosen otherwise is theirs."""
    now = said(values={"Москва": ["Penza", "Мск"], "Пенза": ["ПНЗ"]})
    ids: Mapping[Address, int | str] = {PENZA.address: 11, MOSCOW.address: 12}
    entry = Entry(1, agreement(agreed))
    left = Left(now, 2, Address("field", ("leads", "city@text")), Resource(FIELD, {}), entry, anew=True)
    held = [("Penza", 11), ("Penza", 11), ("Penza", 12), ("Мск", 12), ("Пенза", 11), ("ПНЗ", None)]
    for number, (was, option) in enumerate([*held, (None, 11)], 1):
        left.take(record(number, was, option))
    assert left.overtaken(now, ids) == expected
    assert left.summed(now).ids == {6}


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, **SCALE) as here:
        yield here


def spelling(*more: str, to: str = "Пенза") -> str:
    """The spec of the city with spellings that it did not have."""
    return city().replace(f"{to}: [", f"{to}: [{', '.join(map(repr, more))}, ")


class Rest(City):
    """What the first conversion has left. unknown: spellings that it did not know, the most frequent first."""

    def __init__(self, crm: Living) -> None:
        super().__init__(crm)
        texts = Counter(was for was in self.before.values() if was and normal(was) not in MEANT)
        self.unknown = [text for text, _ in texts.most_common()]

    def holding(self, *texts: str) -> dict[int, str | None]:
        """What the new field shows of deals with one of these values that do not wait; without texts, with any."""
        new = self.new
        return {
            row["id"]: text_of(row, new)
            for row in self.crm.walk("leads", "leads")
            if (was := self.before[row["id"]])
            and (not texts or was in texts)
            and (row["pipeline_id"], row["status_id"]) not in self.unsorted
        }


def lists(crm: Living, *words: str) -> list[str]:
    """Lists of records that a command reads."""
    crm.forget()
    assert crm.amoconf(*words).code in (0, 2)
    return [row["path"] for row in crm.asked() if row["path"] in ("/api/v4/leads", "/api/v4/contacts")]


def notices(crm: Living, *words: str) -> list[str]:
    """What a plan says beside its changes."""
    return [row["what"] for row in crm.amoconf("plan", "--format", "json", *words).json["notices"]]


def in_no_time(crm: Living, *words: str) -> Ended:
    """A command that waits for nothing."""
    own = {"BASE_URL": crm.url, "TOKEN": crm.token, "PACE": "off", "STATE_DIR": str(crm.folder / "state")}
    own["FILE"] = str(crm.folder / "account.yaml")
    return call(words, {f"AMOCONF_{name}": value for name, value in own.items()}, virtual())


def empty(crm: Living, record: int, field: int) -> None:
    """A person takes a value away."""
    crm.ui(action="set_value", entity="leads", id=record, field_id=field, value=None)


def test_a_spelling_that_is_added_later(crm: Living) -> None:
    """Told and counted, moved, and nothing of it left; what people have emptied meanwhile stays empty."""
    deals = Rest(crm)
    first, second, third = deals.unknown[:3]
    crm.spec(city())
    apply(crm)
    assert not lists(crm, "plan")
    assert crm.amoconf("explain", OLD, "--format", "json").json["id"] == deals.old
    crm.spec(spelling(first))
    keys = list(deals.holding(first))
    [(change, row)] = rows(crm).items()
    assert (change, row["reason"]) == ((NEW, "update"), "the map of its values has changed")
    assert (row["impact"]["records"], row["impact"]["exact"]) == (len(keys), True)
    assert not lists(crm, "drift")
    assert not rows(crm, "drift")
    apply(crm)
    assert crm.amoconf("undo", "--apply", "--yes").code == 0
    assert rows(crm)[change]["impact"]["records"] == len(keys)
    assert apply(crm)["conversion"][0]["moved"] == len(keys)
    assert set(deals.holding(first).values()) == {"Пенза"}
    assert not rows(crm)
    assert not lists(crm, "plan")
    empty(crm, keys[0], deals.new)
    renamed = spelling(first, second).replace("name: Город", "name: Город клиента")
    crm.spec(renamed + "policy: {brakes: {field: {records: 1}}}\n")
    ended = crm.amoconf("plan", "--format", "json")
    [row] = ended.json["changes"]
    assert (row["after"], row["reason"]) == ({"name": "Город клиента"}, "the map of its values has changed")
    assert (ended.code, row["impact"]["records"]) == (3, len(deals.holding(second)))
    assert row["stops"][0]["allow"] == [NEW]
    crm.spec(spelling(first, second).replace("otherwise: keep", "otherwise: stop"))
    ended = crm.amoconf("plan", "--impact", "off", "--format", "json")
    [row] = ended.json["changes"]
    assert (ended.code, f"{third!r} (" in row["stops"][0]["why"]) == (3, True)
    assert first not in row["stops"][0]["why"]


def test_rules_that_move_nothing_are_told_as_little_as_they_do(crm: Living) -> None:
    """A spelling that nothing has, one that goes elsewhere; then the lock knows them too."""
    deals = Rest(crm)
    crm.spec(city())
    apply(crm)
    before = deals.holding()
    crm.spec(spelling("Такого нет ни в одной сделке"))
    assert "nothing to do" in crm.amoconf("plan").out
    assert not notices(crm)
    apply(crm)
    assert not lists(crm, "plan")
    moved = VALUES.replace("'ПНЗ'", "").replace("'Мск'", "'Мск', 'ПНЗ'")
    crm.spec(city().replace(VALUES, moved))
    count = len(deals.holding("ПНЗ"))
    assert not rows(crm)
    assert notices(crm) == [f"{NEW}: {count} records hold what the earlier map gave, and keep it"]
    first = deals.unknown[0]
    crm.spec(city().replace(VALUES, moved.replace("'Мск'", f"'Мск', '{first}'")))
    apply(crm)
    assert deals.holding() == {**before, **dict.fromkeys(deals.holding(first), "Москва")}
    assert not notices(crm)
    assert not lists(crm, "plan")
    crm.spec(city() + "    gone: {name: '[архив] Город', type: text, absent: nobody misses it}\n")
    assert crm.amoconf("explain", OLD).code == 0
    apply(crm)
    assert OLD not in {str(address) for address in crm.lock.entries}


def test_otherwise_an_option_for_all_that_was_left(crm: Living) -> None:
    """Agreed on in a file, interrupted, gone on with, undone, done again; those that wait go on waiting."""
    deals, saved = Rest(crm), str(crm.folder / "plan.json")
    waits = Waits(crm, 2)
    crm.spec(city())
    apply(crm)
    crm.spec(city("{option: Другой}", more="Другой"))
    planned = rows(crm, "plan", "-o", saved)
    lacking = [key for key, now in deals.holding().items() if now is None]
    assert set(planned) == {("option/leads/city/Другой", "create"), (NEW, "update"), (OLD, "manual")}
    assert planned[NEW, "update"]["impact"]["records"] == len(lacking)
    fails_from(crm, 2)
    assert set(rows(crm, "drift")) == {("option/leads/city/Другой", "create"), (OLD, "manual")}
    assert in_no_time(crm, "apply", saved, "--impact", "off").code == 4
    well(crm)
    assert rows(crm)[NEW, "update"]["reason"] == "the map of its values has changed"
    assert ending(crm, "--resume").code == 0
    after = deals.holding()
    assert {after[key] for key in lacking} == {"Другой"}
    assert set(rows(crm)) == {(OLD, "manual")}
    assert crm.amoconf("undo", "--apply", "--yes").code == 0
    assert [key for key, now in deals.holding().items() if now is None] == lacking
    assert rows(crm)[NEW, "update"]["impact"]["records"] == len(lacking)
    apply(crm)
    assert set(rows(crm)) == {(OLD, "manual")}
    waits.accept(waits.keys[0])
    assert rows(crm)[NEW, "update"]["impact"]["records"] == 1


def test_an_option_that_a_map_made_by_itself_leads_to(crm: Living) -> None:
    """With what it found; not where only something else is asked for."""
    deals = Rest(crm)
    town = deals.unknown[0]
    auto = city().replace(f"values: {VALUES}", "values: auto")
    crm.spec(auto)
    apply(crm)
    assert not lists(crm, "plan")
    before = deals.holding()
    more = auto.replace("options: [", f"options: [{town}, ") + "    more: {name: Ещё, type: text}\n"
    crm.spec(more)
    assert {before[key] for key in deals.holding(town)} == {None}
    assert not lists(crm, "plan", "--only", "field/leads/more")
    assert ending(crm, "--only", "field/leads/more").code == 0
    assert not lists(crm, "plan", "--only", NEW)
    [notice] = notices(crm, "--only", NEW)
    assert f"leads to option/leads/city/{town}" in notice
    planned = rows(crm)
    assert set(planned) == {(f"option/leads/city/{town}", "create"), (NEW, "update")}
    count = planned[NEW, "update"]["impact"]["records"]
    assert count >= len(deals.holding(town))
    assert apply(crm)["conversion"][0]["moved"] == count
    after = deals.holding()
    assert {key: now for key, now in after.items() if before[key]} == {k: v for k, v in before.items() if v}
    assert Counter(after.values())[town] == count
    assert not rows(crm)


CONTACTS = f"{HEAD}fields:\n  contacts:\n    pos: {{name: Должность, type: select, options: [Директор, Прораб], CONVERT}}\n"


def post(values: str) -> str:
    """The spec of what contacts are."""
    return CONTACTS.replace("CONVERT", f"convert: {{values: {values}, otherwise: keep}}")


def test_a_lock_that_has_forgotten_the_old_field(crm: Living) -> None:
    """Of an earlier version: nothing is told of what happened then; from the next apply on it is known again."""
    crm.spec(post("{Директор: []}"))
    apply(crm)
    path, name = crm.folder / "account.lock.yaml", "field/contacts/pos@text"
    whole = path.read_text("utf-8")
    path.write_text("".join(line for line in whole.splitlines(True) if name not in line))
    assert not lists(crm, "plan")
    apply(crm)
    assert path.read_text("utf-8") == whole
    crm.spec(post("{Прораб: [Менеджер]}"))
    [(change, row)] = rows(crm).items()
    assert (change, row["impact"]["of"]) == (("field/contacts/pos", "update"), "contacts")
    assert row["impact"]["records"] > 0
    apply(crm)
    assert not rows(crm)


def test_clearing_tells_what_only_the_old_field_still_says(crm: Living) -> None:
    """Values that `otherwise` moves in the same run are nowhere else once the old field is empty."""
    deals = Rest(crm)
    crm.spec(city())
    apply(crm)
    crm.spec(city("{option: Другой}", more="Другой"))
    told = rows(crm, "plan", "--clear-old")[NEW, "update"]
    [clear] = [move for move in told["moves"] if move["work"] == "clear"]
    assert clear["lost"] == len(deals.holding(*deals.unknown))
