"""Carrying out a plan: what fails blocks only what depends on it, and nothing is done twice or in the dark."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from amoconf.api import Writer
from amoconf.carry import Carried, carry_out
from amoconf.errors import (
    ApiError,
    Banned,
    Fault,
    Forbidden,
    Overloaded,
    Refused,
    Trouble,
    Unauthorised,
    Unpaid,
    Unreachable,
)
from amoconf.kinds import parse_address
from amoconf.outcome import Outcome, reached
from tests.fakes import FakeWriter, Situation, lost, situation

HEAD = "amoconf: 1\naccount: {subdomain: case}\n"
NO_FIELDS: dict[str, Any] = {"leads/custom_fields": [], "leads/custom_fields/groups": [], "leads/tags": []}
Write = Callable[[str, str, Any], Any]


class Service:
    """Answers creations with ids; `faults` says which requests end otherwise: the first that fits (path, n-th time)."""

    def __init__(self, **faults: Any) -> None:
        self.faults = faults
        self.next_id = 100
        self.asked: dict[str, int] = {}

    def __call__(self, method: str, path: str, body: Any) -> Any:
        name = f"{method}_{path.strip('/').replace('/', '_')}"
        self.asked[name] = self.asked.get(name, 0) + 1
        fault = self.faults.get(name)
        fault = fault(self.asked[name], body) if callable(fault) and fault is not lost else fault
        if isinstance(fault, Exception):
            raise fault
        return fault if fault is not None else self.made(path, body)

    def made(self, path: str, body: Any) -> Any:
        """The answer to a good creation."""
        if not isinstance(body, list):
            return {"id": self._id()}
        rows = [{**row, "id": row.get("id") or self._id()} for row in body if isinstance(row, dict)]
        return {"_embedded": {KEYS.get(path, path.rpartition("/")[2]): rows}}

    def _id(self) -> int:
        self.next_id += 1
        return self.next_id


KEYS = {"leads/custom_fields/groups": "custom_field_groups", "leads/pipelines": "pipelines"}


def refused(*bad: int) -> Refused:
    """A batch refused for some of its items."""
    faults = [Fault(str(number), "NotBlank", "name", "This value should not be blank.") for number in bad]
    return Refused("POST: 400", said="Request validation failed", faults=faults)


def carried(case: Situation, write: Write, *, allowed: Sequence[str] = ("*",)) -> tuple[Carried, FakeWriter]:
    """The plan of a situation carried out by a service that behaves so."""
    writer = FakeWriter(case.answers, write)
    plan = case.plan(allowed=allowed)
    assert not plan.blocked
    work: Writer = writer  # type: ignore[assignment]
    return asyncio.run(carry_out(plan, case.found(), work, case.wanted, case.lock)), writer


def states(rows: Sequence[Outcome]) -> dict[str, str]:
    """Address → status."""
    return {str(row.address): row.status for row in rows}


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., Situation]:
    """Makes a situation of a spec and an account."""
    return lambda text, answers, **more: situation(tmp_path / "spec.yaml", answers, HEAD + text, **more)


def test_everything_done(spec: Callable[..., Situation]) -> None:
    case = spec(
        "field_groups: {leads: [Доставка]}\nfields: {leads: {city: {name: Город, type: text, group: Доставка}}}\n",
        NO_FIELDS,
    )
    done, writer = carried(case, Service())
    assert states(done.outcomes) == {"field_group/leads/Доставка": "done", "field/leads/city": "done"}
    assert [row.id for row in done.outcomes] == [101, 102]
    assert writer.sent[1][2] == [
        {"name": "Город", "type": "text", "group_id": 101, "sort": 10, "request_id": "0"}
    ]


def test_of_a_refused_batch_the_good_ones_are_sent_again(spec: Callable[..., Situation]) -> None:
    case = spec("tags: {leads: [Первый, Второй, Третий]}\n", NO_FIELDS)
    done, writer = carried(
        case, Service(POST_leads_tags=lambda time, body: refused(1) if time == 1 else None)
    )
    assert [len(body) for _, _, body in writer.sent] == [3, 2]
    assert states(done.outcomes) == {
        "tag/leads/Первый": "done",
        "tag/leads/Второй": "failed",
        "tag/leads/Третий": "done",
    }
    assert "name: This value should not be blank." in done.outcomes[1].error


def test_a_batch_refused_as_a_whole_fails_as_a_whole(spec: Callable[..., Situation]) -> None:
    case = spec("tags: {leads: [Первый, Второй]}\n", NO_FIELDS)
    done, writer = carried(case, Service(POST_leads_tags=refused()))
    assert set(states(done.outcomes).values()) == {"failed"}
    assert len(writer.sent) == 1


SERVICE = """pipelines: {service: {name: Сервис, stages: [Заявка]}}
fields: {leads: {crew: {name: Бригада, type: text, required_at: [service/Заявка]}, area: {name: Площадь, type: numeric}}}
roles: {master: {name: Мастер, stages: {service/*: all}}}
users: {petrov@case.example: {role: master}}
tags: {leads: [Опт]}
"""


def test_a_failure_blocks_only_what_depends_on_it(spec: Callable[..., Situation]) -> None:
    done, writer = carried(spec(SERVICE, NO_FIELDS), Service(POST_leads_pipelines=refused(0)))
    assert states(done.outcomes) == {
        "pipeline/service": "failed",
        "field/leads/crew": "blocked",
        "field/leads/area": "done",
        "tag/leads/Опт": "done",
        "role/master": "blocked",
        "user/petrov@case.example": "blocked",
    }
    assert [row.error for row in done.outcomes if row.status == "blocked"] == [
        "waits for pipeline/service",
        "waits for pipeline/service",
        "waits for role/master",
    ]
    assert [path for _, path, _ in writer.sent] == ["leads/pipelines", "leads/custom_fields", "leads/tags"]


@pytest.mark.parametrize("kind", [Unauthorised, Unpaid, Banned, Overloaded])
def test_after_a_fatal_error_nothing_more_is_sent(
    spec: Callable[..., Situation], kind: type[ApiError]
) -> None:
    done, writer = carried(spec(SERVICE, NO_FIELDS), Service(POST_leads_pipelines=kind("no more")))
    assert len(writer.sent) == 1
    assert set(states(done.outcomes).values()) == {"failed", "skipped"}
    assert all("no more" in row.error for row in done.outcomes)


@pytest.mark.parametrize("kind", [Trouble, Unreachable, Refused, Forbidden])
def test_after_other_errors_the_rest_goes_on(spec: Callable[..., Situation], kind: type[ApiError]) -> None:
    done, _ = carried(spec(SERVICE, NO_FIELDS), Service(POST_leads_pipelines=kind("not this")))
    assert states(done.outcomes)["tag/leads/Опт"] == "done"


def row(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A stage as read."""
    return {"id": number, "name": name, "sort": number, "type": 0, **more}


def pipeline(number: int, name: str, *stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A pipeline as read."""
    closing = [row(142, "Успешно реализовано"), row(143, "Закрыто и не реализовано")]
    return {
        "id": number,
        "name": name,
        "sort": number,
        "_embedded": {"statuses": [*stages, *closing]},
        **more,
    }


def test_a_lost_answer_is_made_good_by_reading(spec: Callable[..., Situation]) -> None:
    """The pipeline was made, without an incoming-leads stage, and is not made again."""
    answers = dict(NO_FIELDS)
    case = spec(SERVICE.replace("stages: [", "unsorted: false, stages: ["), answers)
    service = Service()

    def write(method: str, path: str, body: Any) -> Any:
        if path == "leads/pipelines":
            answers[path] = [pipeline(7, "Сервис", row(71, "Заявка"), is_unsorted_on=False)]
            return lost
        return service(method, path, body)

    case.answers = answers
    writer = FakeWriter(answers, write)
    writer.answers = answers
    answers["account"] = {"id": 1, "subdomain": "case"}
    plan = Situation(case.spec, {**NO_FIELDS}).plan()
    work: Writer = writer  # type: ignore[assignment]
    done = asyncio.run(carry_out(plan, case.found(), work, case.wanted, case.lock))
    assert states(done.outcomes)["field/leads/crew"] == "done"
    sent = {path: body for _, path, body in writer.sent}
    assert sent["leads/custom_fields"][0]["required_statuses"] == [{"pipeline_id": 7, "status_id": 71}]
    assert len([path for _, path, _ in writer.sent if path == "leads/pipelines"]) == 1


def test_ids_of_options_are_read_from_a_list_and_from_an_object(spec: Callable[..., Situation]) -> None:
    """PATCH of the collection may answer options keyed by position (config page C7.2)."""
    field = {"id": 5, "name": "Город", "type": "select", "enums": [{"id": 1, "value": "Пенза", "sort": 1}]}
    case = spec(
        "fields: {leads: {city: {name: Город, type: select, options: [Пенза, Москва]}}}\n",
        {**NO_FIELDS, "leads/custom_fields": [field]},
    )
    enums = {"3": {"id": 1, "value": "Пенза"}, "4": {"id": 2, "value": "Москва"}}
    answer = {"_embedded": {"custom_fields": [{"id": 5, "request_id": "0", "enums": enums}]}}
    done, _ = carried(case, Service(PATCH_leads_custom_fields=answer))
    assert [(str(item.address), item.id) for item in done.outcomes] == [("option/leads/city/Москва", 2)]


def test_a_tag_that_the_service_does_not_rename_is_left_to_a_person(spec: Callable[..., Situation]) -> None:
    case = spec("tags: {leads: {vip: {name: VIP, was: [Вип]}}}\n", {"leads/tags": [{"id": 1, "name": "Вип"}]})
    refusal = Refused("PATCH: 400", said="Tag is in use")
    done, _ = carried(case, Service(PATCH_leads_tags_1=refusal))
    assert states(done.outcomes) == {"tag/leads/vip": "manual"}
    assert "Manage tags" in done.outcomes[0].error
    assert "Tag is in use" in done.outcomes[0].error
    assert done.converged


def test_a_refusal_that_may_have_taken_effect_is_no_work_for_a_person(spec: Callable[..., Situation]) -> None:
    case = spec("tags: {leads: {vip: {name: VIP, was: [Вип]}}}\n", {"leads/tags": [{"id": 1, "name": "Вип"}]})
    done, _ = carried(case, Service(PATCH_leads_tags_1=Refused("PATCH: 400", maybe_done=True)))
    assert states(done.outcomes) == {"tag/leads/vip": "failed"}


TYPES = """allow_undocumented: [task_types]
task_types: {measure: {name: Замер, was: [Замерить]}, offer: Отправить КП}
tags: {leads: [Опт]}
users: {petrov@case.example: {}}
"""


def with_types(*rows: tuple[int, str]) -> dict[str, Any]:
    """The account document with these task types."""
    kinds = [{"id": 1, "name": "Связаться"}, *({"id": key, "name": name} for key, name in rows)]
    return {"id": 1, "subdomain": "case", "_embedded": {"task_types": kinds}}


def saved(spec: Callable[..., Situation], *after: tuple[int, str], error: Exception | None = None) -> Any:
    """A save of the list of task types, and what the list is afterwards."""
    answers: dict[str, Any] = {**NO_FIELDS, "account": with_types((901, "Замерить"), (902, "Звонок"))}
    case = spec(TYPES, dict(answers))
    service = Service()
    plan = case.plan()

    def write(method: str, path: str, body: Any) -> Any:
        if error is not None and method == "FORM":
            raise error
        writer.answers["account"] = with_types(*after) if method == "FORM" else writer.answers["account"]
        return service(method, path, body)

    writer = FakeWriter(answers, write)
    work: Writer = writer  # type: ignore[assignment]
    return asyncio.run(carry_out(plan, case.found(), work, case.wanted, case.lock)), writer


def test_the_list_of_task_types_is_read_back(spec: Callable[..., Situation]) -> None:
    done, writer = saved(spec, (901, "Замер"), (902, "Звонок"), (903, "Отправить КП"))
    assert set(states(done.outcomes).values()) == {"done"}
    assert [row.id for row in done.outcomes if row.address.key == "offer"] == [903]
    form = dict(writer.sent[-2][2])
    assert form["add[0][id]"] == "901"
    assert form["add[1][name]"] == "Звонок"


@pytest.mark.parametrize(
    "after",
    [
        [(902, "Звонок"), (903, "Замер"), (904, "Отправить КП")],  # an id vanished
        [(901, "Замер"), (902, "Звонок"), (903, "Отправить КП"), (904, "Звонок")],  # one doubled
        [(901, "Замер"), (902, "Звонок")],  # the new one is not there
    ],
)
def test_a_list_that_is_not_as_it_was_sent_stops_the_run(
    spec: Callable[..., Situation], after: list[tuple[int, str]]
) -> None:
    done, writer = saved(spec, *after)
    found = states(done.outcomes)
    assert found["task_type/measure"] == found["task_type/offer"] == "failed"
    assert found["user/petrov@case.example"] == "skipped"
    assert writer.sent[-1][0] == "FORM"


def test_where_the_web_channel_is_closed_a_person_does_it(spec: Callable[..., Situation]) -> None:
    done, _ = saved(spec, error=Forbidden("POST: 403", said="Forbidden"))
    found = states(done.outcomes)
    assert found["task_type/offer"] == "manual"
    assert found["user/petrov@case.example"] == "done"


STAGES = """pipelines:
  retail:
    name: Розница
    stages:
      new: Новая
      thinking: {name: Думает, absent: не этап, move_deals_to: new}
      waiting: {name: Ждём, absent: не этап, move_deals_to: new}
"""


def crowd(**more: Any) -> dict[str, Any]:
    """A pipeline with two stages to delete."""
    stages = (row(11, "Новая"), row(12, "Думает"), row(13, "Ждём"))
    return {"leads/pipelines": [pipeline(1, "Розница", *stages)], **more}


def test_no_stage_is_deleted_while_deals_stand_in_it(spec: Callable[..., Situation]) -> None:
    """Deals that cannot be moved block every removal that this walk was for."""
    deals = [{"id": 1, "pipeline_id": 1, "status_id": 12}]
    done, writer = carried(spec(STAGES, crowd(leads=deals)), Service())
    assert states(done.outcomes) == {"stage/retail/thinking": "failed", "stage/retail/waiting": "failed"}
    assert "deals keep coming" in done.outcomes[0].error
    assert {method for method, _, _ in writer.sent} == {"PATCH"}


def test_deals_that_the_service_will_not_move_block_the_removal(spec: Callable[..., Situation]) -> None:
    deals = [{"id": 1, "pipeline_id": 1, "status_id": 12}]
    done, writer = carried(spec(STAGES, crowd(leads=deals)), Service(PATCH_leads=refused(0)))
    assert set(states(done.outcomes).values()) == {"failed"}
    assert not [method for method, _, _ in writer.sent if method == "DELETE"]


def test_where_swept_deals_cannot_be_found_the_removal_is_no_success(spec: Callable[..., Situation]) -> None:
    class Forgetful(FakeWriter):
        """A service whose events cannot be read."""

        def _answer(self, path: str) -> Any:
            if path.endswith("/events"):
                raise Trouble("GET events: 502")
            return super()._answer(path)

    case = spec(STAGES, crowd())
    writer = Forgetful(case.answers, Service())
    work: Writer = writer  # type: ignore[assignment]
    plan = case.plan(allowed=["*"])
    done = asyncio.run(carry_out(plan, case.found(), work, case.wanted, case.lock))
    assert [method for method, _, _ in writer.sent] == ["DELETE", "DELETE"]
    assert set(states(done.outcomes).values()) == {"failed"}
    assert "deals that came in meanwhile" in done.outcomes[0].error


def test_a_secret_travels_and_is_not_told(spec: Callable[..., Situation]) -> None:
    hook = 'integrations: {webhooks: {erp: {url: "https://erp.example/${secret:ERP}", events: [add_lead]}}}\n'
    case = spec(hook, {}, secrets={"ERP": "s-e-c-r-e-t"})
    done, writer = carried(case, Service())
    assert writer.sent[0][2]["destination"] == "https://erp.example/s-e-c-r-e-t"
    assert "s-e-c-r-e-t" not in repr((case.plan(), done.outcomes))


def test_manual_changes_are_told_with_where_to_click(spec: Callable[..., Situation]) -> None:
    case = spec("task_types: [Замер]\ntags: {leads: [Опт]}\n", NO_FIELDS)
    done, writer = carried(case, Service())
    assert states(done.outcomes) == {"tag/leads/Опт": "done", "task_type/Замер": "manual"}
    assert "Task types" in done.outcomes[-1].error
    assert len(writer.sent) == 1


def test_nothing_to_do_sends_and_reads_nothing(spec: Callable[..., Situation]) -> None:
    case = spec("tags: {leads: [Опт]}\n", {"leads/tags": [{"id": 1, "name": "Опт"}]})
    done, writer = carried(case, Service())
    assert not done.outcomes
    assert done.converged
    assert not writer.sent + writer.asked


A, B = (parse_address(f"option/leads/f/{name}") for name in "ab")
WAITED = (
    (Outcome(A, "delete", "blocked", "waits for b", 1), [B], "done"),
    (Outcome(A, "delete", "blocked", "waits for b", 1), [A, B], "blocked"),
    (Outcome(A, "delete", "failed", "no", 1), [B], "failed"),
    (Outcome(A, "manual", "blocked", "waits for b", 1), [B], "blocked"),
)


@pytest.mark.parametrize(("row", "left", "status"), WAITED)
def test_what_waited_for_nothing_is_done(row: Outcome, left: list[Any], status: str) -> None:
    [told] = reached([row], left)
    assert (told.status, bool(told.error)) == (status, status != "done")
