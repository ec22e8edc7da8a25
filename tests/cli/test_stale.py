"""The local mirror after an apply: whatever a data step wrote, a command that reads the mirror shows the new truth."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from amoconf.cli.mirrors import at_hand
from amoconf.cli.session import load_spec, target_of
from tests.cli.test_giveback import APPLY, SPEC, UNDO, apply
from tests.living import Living, living
from tests.test_convert import City, city, text_of, virtual
from tests.test_recordwork import HEAD, INTERESTS, fill, seen
from tests.undoing import options


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """A filled account."""
    with living(tmp_path, scenario="empty") as here:
        fill(here)
        yield here


def values(crm: Living, scope: str, field: int) -> Counter[str]:
    """What `amoconf values` counts."""
    ended = crm.amoconf("values", f"{scope}/{field}", "--format", "json")
    assert ended.code == 0, ended.err
    return Counter({row["value"]: row["count"] for row in ended.json["values"]})


def marked(crm: Living) -> set[str]:
    """Lists of which the mirror knows that they were written to."""
    own = options(crm)
    with at_hand(own, target_of(own, load_spec(own).account)) as mirror:
        assert mirror is not None
        states = {entity: mirror.state(entity) for entity in ("leads", "contacts", "tasks")}
    return {
        entity for entity, state in states.items() if state is not None and (state.touched or state.stale)
    }


def test_every_list_that_was_written_to_is_marked(crm: Living) -> None:
    audited = crm.amoconf("audit", "--format", "json")
    assert audited.code in (0, 2), audited.err
    assert not marked(crm)
    apply(crm)
    assert marked(crm) == {"leads", "contacts", "tasks"}
    crm.amoconf("audit", "--format", "json")
    assert not marked(crm)
    assert crm.amoconf(*UNDO).code == 0
    assert marked(crm) == {"leads", "contacts", "tasks"}


def test_deals_that_left_a_stage_mark_their_list(crm: Living) -> None:
    pipe = "pipelines: {service: {name: Сервис, stages: {request: Заявка, think: %s}}}\n"
    apply(crm, HEAD + pipe % "Думает")
    place = {"pipeline_id": crm.id_of("pipeline/service"), "status_id": crm.id_of("stage/service/think")}
    assert crm.client.post("/api/v4/leads", json=[{"name": "x", **place}]).is_success
    crm.amoconf("audit", "--format", "json")
    assert not marked(crm)
    apply(crm, HEAD + pipe % "{name: Думает, absent: не этап, move_deals_to: request}")
    assert marked(crm) == {"leads"}


def test_an_option_that_was_deleted_is_in_no_count(crm: Living) -> None:
    """No record was written: the service itself took the value out, and no time of change tells."""
    field = crm.id_of("field/contacts/wants")
    assert values(crm, "contacts", field)["Двери"]
    left = ", ".join(f"{name}: {{}}" for name in INTERESTS if name != "Двери")
    apply(
        crm,
        f"{HEAD}fields:\n  contacts:\n    wants:\n      name: Интересы\n      type: multiselect\n"
        f"      options: {{{left}, Двери: {{absent: не делаем}}}}\n",
    )
    assert marked(crm) == {"contacts"}
    now = Counter(name for card in seen(crm, "contacts").values() for name in card.get("Интересы", ()))
    assert values(crm, "contacts", field) == now
    assert "Двери" not in now


@pytest.mark.parametrize("more", [(), ("--clear-old",)])
def test_values_that_were_moved_are_counted_where_they_are(tmp_path: Path, more: tuple[str, ...]) -> None:
    with living(tmp_path, scenario="audited", scale=0.002) as crm:
        crm.spec(city())
        deals = City(crm)
        assert values(crm, "leads", deals.old)
        ended = crm.amoconf(*APPLY, *more)
        assert ended.code == 0, ended.err
        assert marked(crm) == {"leads"}
        for field in (deals.old, deals.new):
            now = Counter(text for row in crm.walk("leads", "leads") if (text := text_of(row, field)))
            assert values(crm, "leads", field) == now
        undone = crm.amoconf(*UNDO)
        assert undone.code == 0, undone.out
        assert marked(crm) == {"leads"}
        now = Counter(text for row in crm.walk("leads", "leads") if (text := text_of(row, deals.old)))
        assert values(crm, "leads", deals.old) == now


def test_moving_keeps_to_the_window(crm: Living) -> None:
    """At 01:13 in Moscow with a window of the day."""
    crm.spec(SPEC)
    before = seen(crm, "leads")
    words = (*APPLY, "--window", "09:00-18:00")
    stopped = crm.amoconf(*words, "--no-wait", clock=virtual())
    assert stopped.code == 4, stopped.err
    assert "outside the window 09:00-18:00" in stopped.out
    assert seen(crm, "leads") == before
    waited = crm.amoconf("apply", "--resume", "--format", "json", "--window", "09:00-18:00", clock=virtual())
    assert waited.code == 0, (waited.out, waited.err)
    assert "going on at 09:00" in waited.err
