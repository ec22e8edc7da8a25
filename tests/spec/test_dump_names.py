"""Names that are awkward in YAML, in addresses or in amoCRM: import writes them so that they come back."""

import pytest

from amoconf import lock
from amoconf.match import adopt
from amoconf.values import Address
from tests.spec.accounts import Wire, loaded, tree

AWKWARD = [
    *(
        "142",
        "010",
        "1e3",
        "0x1F",
        "9:30",
        "2024-01-01",
        "yes",
        "on",
        "null",
        "~",
        "",
        " ",
        "=",
        "<<",
        "-",
        "?",
    ),
    *(
        "a: b",
        "a #b",
        "- a",
        "? a",
        "#a",
        "[a]",
        "{a}",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "'a'",
        '"a"',
        "a,b",
    ),
    *(
        "Опт/Розница",
        "Опт-Розница",
        "a\\b",
        "it's",
        'со "словом"',
        "🔥 Горячий",
        "\u200fעברית\u200e",
        "a\u00a0b",
    ),
    *("won", "lost", "unsorted", "default", "statistic", "name", "twin", "*", "p/*", "#1001", "a#b"),
    *("${x}", "$${x}", "${secret:X}", "{entry}", "и\u0306", "й", " a ", "a", "x" * 255, "x" * 256),
    *("a\nb", "a\tb", "\x00", "\x85", "\u2028", "\ufeff", "\ud800", "[архив] Старое", "Архив", "True", "Да"),
]
BATCH = 11
NOBODY_CAN_WRITE = {"", " ", "x" * 256, "\x85", "\u2028", "\ud800"}


def under_every_name(names: list[str]) -> Wire:
    """Every kind of thing under each of the names, twice."""
    wire = Wire()
    for name in [*names, *names]:
        pipeline = wire.pipeline(name, [name, name, "Новая"], won=name)
        stage = pipeline["_embedded"]["statuses"][1]["id"]
        wire.field("leads", name, required_statuses=[{"pipeline_id": pipeline["id"], "status_id": stage}])
        wire.field("contacts", name, "select", [name, name, "Да"])
        group = wire.group("leads", f"leads_{next(wire.ids)}", name)
        wire.field("leads", name, "numeric", group_id=group["id"])
        role = wire.role(name, {(pipeline["id"], stage): "AADD"})
        wire.user(f"{next(wire.ids)}@acme.example", role_id=role["id"])
        wire.add("leads/loss_reasons", name=name)
        wire.add("leads/tags", name=name, color="FFCE5A")
        wire.add("contacts/tags", name=name)
        wire.task_type(name)
        catalog = wire.add("catalogs", name=name, type="regular")
        wire.field(f"catalogs/{catalog['id']}", name, "select", [name, "Да"])
    return wire


@pytest.mark.parametrize("start", range(0, len(AWKWARD), BATCH))
def test_names_come_back_as_they_are(start: int) -> None:
    wire = under_every_name(AWKWARD[start : start + BATCH])
    written = wire.dumped()
    assert wire.changes(written) == ()
    wanted = loaded(written)
    adopted = adopt(wanted, wire.found(), {})
    remembered = lock.remember(1, wanted, adopted.found, lock.Lock())
    again = lock.load(lock.dump(remembered), "account.lock.yaml")
    assert again == remembered
    assert len(again.entries) == len(wanted.resources)
    assert wire.changes(written, again.ids) == ()


def test_only_what_nobody_can_write_is_left_out() -> None:
    wire = under_every_name(AWKWARD)
    written = wire.dumped()
    assert wire.changes(written) == ()
    left = {
        (address.kind, written.listing.found.index[address].attrs["name"])
        for address in (*written.listing.unsaid, *written.listing.archived)
    }
    kinds = {kind for kind, _ in left}
    assert {name for _, name in left} == {*NOBODY_CAN_WRITE, "🔥 Горячий", "[архив] Старое"}
    assert {kind for kind, name in left if name == "🔥 Горячий"} == {"stage"}
    assert {kind for kind, name in left if name == ""} >= {"stage", "field", "option", "tag"} <= kinds


def test_words_of_the_language_are_no_keys() -> None:
    wire = Wire()
    wire.group("leads", "default", "Основное", is_predefined=True)
    group = wire.group("leads", "leads_1", "default")
    wire.field("leads", "Город", group_id=group["id"])
    pipeline = wire.pipeline("а", ["won", "*", "unsorted"])
    star = pipeline["_embedded"]["statuses"][2]["id"]
    wire.role("Роль", {(pipeline["id"], star): "AADD"})
    written = wire.dumped()
    assert wire.changes(written) == ()
    spec = tree(written)
    assert spec["field_groups"]["leads"] == {"default-2": "default"}
    assert spec["fields"]["leads"]["Город"]["group"] == "default-2"
    assert spec["pipelines"]["а"]["stages"] == {"won-2": "won", "*-2": "*", "unsorted-2": "unsorted"}
    assert spec["roles"]["Роль"]["stages"] == {"а/*-2": {"view": "all", "edit": "all"}}


def test_the_platforms_own_things_keep_their_words() -> None:
    wire = Wire()
    wire.pipeline("а", ["won"])
    found = wire.found()
    assert found.index[Address("stage", ("а", "won"))].id == 142


def test_no_address_holds_a_url() -> None:
    wire = Wire()
    wire.webhook("https://erp.example/in?key=planted", "add_lead")
    assert "erp" not in " ".join(str(item.address) for item in wire.found().resources)
