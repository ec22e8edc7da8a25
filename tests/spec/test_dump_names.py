"""Names that are awkward in YAML, in addresses or in amoCRM: import writes them so that they come back."""

import pytest

from amoconf import lock
from amoconf.match import adopt
from tests.spec.accounts import Wire, loaded

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
        wire.field(f"catalogs/{catalog['id']}", name)
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
