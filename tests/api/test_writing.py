"""What may be repeated and what not, when nobody knows whether a write took effect."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from amoconf.errors import (
    ApiError,
    BadAnswer,
    Banned,
    Forbidden,
    NotFound,
    Overloaded,
    Refused,
    Trouble,
    Unpaid,
    Unreachable,
)
from tests.api.service import NONE, REFUSED, RESET, Service, answer, html, problem, run, send, ticks, writer

DONE = {"_embedded": {"pipelines": [{"id": 7}]}}
AMBIGUOUS = [
    html(500),
    html(502),
    html(503),
    html(504),
    RESET,
    httpx.ReadTimeout("slow"),
    httpx.WriteError("broken"),
    httpx.RemoteProtocolError("eof"),
    httpx.Response(200, content=b'{"_embedded": {"pipel'),
    httpx.Response(200, text="<html>?"),
]


class Looks:
    """A `happened` that answers the given things in turn, the last one again and again."""

    def __init__(self, *found: Any) -> None:
        self.found = list(found)
        self.times: list[float] = []

    async def __call__(self) -> Any:
        self.times.append(ticks())
        found = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_write_answers_its_json(status: int) -> None:
    service = Service(answer(DONE, status))
    assert send(service, creates=True) == DONE
    assert service.requests[0].content == b'[{"name":"x"}]'
    assert service.requests[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("reply", [NONE, httpx.Response(202), httpx.Response(200)])
def test_a_write_may_be_answered_without_a_body(reply: httpx.Response) -> None:
    assert send(Service(reply), method="PATCH", creates=False) is None


@pytest.mark.parametrize("lost", AMBIGUOUS)
@pytest.mark.parametrize("method", ["PATCH", "patch", "DELETE"])
def test_absolute_writes_are_repeated(lost: Any, method: str) -> None:
    service = Service(lost, lost, answer(DONE))
    assert send(service, method=method, creates=False) == DONE
    assert len(service.requests) == 3


@pytest.mark.parametrize("lost", AMBIGUOUS)
def test_absolute_writes_end_after_five_tries_perhaps_done(lost: Any) -> None:
    service = Service(lost)
    with pytest.raises((Trouble, Unreachable, BadAnswer)) as caught:
        send(service, method="PATCH", creates=False)
    assert caught.value.maybe_done
    assert len(service.requests) == 5


def test_tries_can_be_fewer_for_who_halves_batches_on_504() -> None:
    service = Service(html(504))
    with pytest.raises(Trouble) as caught:
        send(service, method="PATCH", creates=False, tries=1)
    assert (caught.value.status, len(service.requests)) == (504, 1)


@pytest.mark.parametrize("lost", AMBIGUOUS)
@pytest.mark.parametrize(
    ("method", "creates"), [("POST", True), ("POST", False), ("PATCH", True), ("DELETE", True)]
)
def test_a_creation_without_a_check_is_never_repeated(lost: Any, method: str, creates: bool) -> None:
    service = Service(lost, answer(DONE))
    with pytest.raises((Trouble, Unreachable, BadAnswer)) as caught:
        send(service, method=method, creates=creates)
    assert caught.value.maybe_done
    assert len(service.requests) == 1


@pytest.mark.parametrize("lost", AMBIGUOUS)
def test_a_creation_that_happened_is_not_repeated(lost: Any) -> None:
    service, looks = Service(lost, answer(DONE)), Looks(None, None, {"id": 7})
    assert send(service, creates=True, happened=looks) == {"id": 7}
    assert len(service.requests) == 1
    assert len(looks.times) == 3


@pytest.mark.parametrize("lost", AMBIGUOUS)
def test_a_creation_that_did_not_happen_is_repeated_after_the_read_lag(lost: Any) -> None:
    service, looks = Service(lost, answer(DONE)), Looks(None)
    assert send(service, creates=True, happened=looks) == DONE
    assert len(service.requests) == 2
    assert looks.times[-1] - service.times[0] >= 10
    assert looks.times[0] == service.times[0]
    assert looks.times[-1] <= service.times[1]


def test_a_creation_that_never_gets_through_is_perhaps_done() -> None:
    service, looks = Service(html(504)), Looks(None)
    with pytest.raises(Trouble) as caught:
        send(service, creates=True, happened=looks)
    assert caught.value.maybe_done
    assert len(service.requests) == 5
    assert looks.times[-1] - service.times[-1] >= 10


def test_a_creation_found_after_the_last_try() -> None:
    looks = Looks(*[None] * 6, {"id": 7})
    assert send(Service(html(504)), creates=True, happened=looks, tries=2) == {"id": 7}


def test_a_repeated_creation_refused_as_a_double_is_looked_for_once_more() -> None:
    service = Service(html(504), problem(400, "Bad", errors=[{"code": "NotSupportedChoice", "path": "code"}]))
    looks = Looks(*[None] * 6, {"id": 7})
    assert send(service, creates=True, happened=looks) == {"id": 7}
    assert len(service.requests) == 2


def test_a_refusal_after_a_lost_answer_is_perhaps_done() -> None:
    with pytest.raises(Refused) as caught:
        send(Service(html(504), problem(400, "Bad")), method="PATCH", creates=False)
    assert caught.value.maybe_done


@pytest.mark.parametrize("stop", [html(403), html(429)])
def test_a_stop_after_a_lost_answer_is_perhaps_done(stop: httpx.Response) -> None:
    with pytest.raises((Banned, Overloaded)) as caught:
        send(Service(RESET, stop), method="PATCH", creates=False)
    assert caught.value.maybe_done


@pytest.mark.parametrize(
    "reply", [problem(400, "Bad"), problem(402, "x"), html(403), html(429), problem(404, "x"), html(301)]
)
def test_a_plain_refusal_is_not_done(reply: httpx.Response) -> None:
    looks = Looks(None)
    with pytest.raises(ApiError) as caught:
        send(Service(reply), creates=True, happened=looks)
    assert not caught.value.maybe_done
    assert looks.times == []


@pytest.mark.parametrize("unsent", [REFUSED, httpx.ConnectTimeout("slow")])
def test_what_never_left_is_repeated_without_asking(unsent: Exception) -> None:
    service, looks = Service(unsent, unsent, answer(DONE)), Looks(None)
    assert send(service, creates=True, happened=looks) == DONE
    assert looks.times == []
    with pytest.raises(Unreachable) as caught:
        send(Service(unsent), creates=True)
    assert not caught.value.maybe_done


def test_a_429_is_repeated_even_for_a_creation() -> None:
    service = Service(html(429), answer(DONE))
    assert send(service, creates=True) == DONE


def test_a_creation_must_name_what_it_made() -> None:
    service, looks = Service(httpx.Response(200)), Looks({"id": 7})
    assert send(service, creates=True, happened=looks) == {"id": 7}


def test_a_delete_that_was_done_the_first_time() -> None:
    assert send(Service(html(504), problem(404, "gone")), method="DELETE", creates=False) is None
    with pytest.raises(NotFound):
        send(Service(problem(404, "never was")), method="DELETE", creates=False)


def test_a_check_that_fails_says_that_nothing_is_known() -> None:
    looks = Looks(Unreachable("No answer from the service", request="GET /x"))
    with pytest.raises(Unreachable, match=r"asked after POST /api/v4/leads/pipelines, .*not known") as caught:
        send(Service(RESET), creates=True, happened=looks)
    assert caught.value.maybe_done


def test_a_check_may_stumble_but_only_a_clean_no_lets_the_write_go_again() -> None:
    stumble = Trouble("The service is in trouble")
    looks = Looks(None, stumble, stumble, {"id": 7})
    assert send(Service(RESET), creates=True, happened=looks) == {"id": 7}
    looks = Looks(None, None, None, None, None, stumble, stumble, None)
    service = Service(RESET, answer(DONE))
    assert send(service, creates=True, happened=looks) == DONE
    assert len(looks.times) == 8
    looks = Looks(None, Refused("no"), {"id": 7})
    with pytest.raises(Refused):
        send(Service(RESET, answer(DONE)), creates=True, happened=looks)


def form(service: Service, **options: Any) -> Any:
    async def go() -> Any:
        async with writer(service) as api:
            return await api.form(
                "/ajax/tasks/types", [("ACTION", "ALL_EDIT"), ("add[0][name]", "Замер")], **options
            )

    return run(go())


def test_a_form_looks_like_the_web_client_s() -> None:
    service = Service(answer({"ok": True}))
    assert form(service) == {"ok": True}
    request = service.requests[0]
    assert request.method == "POST"
    assert request.headers["x-requested-with"] == "XMLHttpRequest"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.content == b"ACTION=ALL_EDIT&add%5B0%5D%5Bname%5D=%D0%97%D0%B0%D0%BC%D0%B5%D1%80"


@pytest.mark.parametrize(
    "shut",
    [
        html(200),
        html(401),
        problem(401, "x"),
        html(403),
        problem(403, "x"),
        html(404),
        problem(405, "x"),
        html(302),
        html(400),
    ],
)
def test_a_form_that_is_not_let_in_is_forbidden_and_no_ban(shut: httpx.Response) -> None:
    service = Service(shut, answer({"id": 1}))

    async def go() -> Any:
        async with writer(service) as api:
            with pytest.raises(Forbidden, match="does not let") as caught:
                await api.form("/ajax/tasks/types", [("NAME", "x")])
            assert not caught.value.maybe_done
            return await api.get("/api/v4/account")

    assert run(go()) == {"id": 1}


@pytest.mark.parametrize(
    "lost", [html(502), RESET, httpx.Response(200, content=b'{"id'), httpx.Response(200, text="ok")]
)
def test_a_form_is_repeated_only_after_a_check(lost: Any) -> None:
    with pytest.raises(ApiError) as caught:
        form(Service(lost, answer({})))
    assert caught.value.maybe_done
    service = Service(lost, answer({"again": True}))
    assert form(service, happened=Looks(None)) == {"again": True}
    assert form(Service(lost), happened=Looks({"id": 3})) == {"id": 3}


@pytest.mark.parametrize(
    ("reply", "kind"), [(html(502), Trouble), (problem(402, "x"), Unpaid), (html(429), Overloaded)]
)
def test_a_form_s_other_troubles_are_what_they_are(reply: httpx.Response, kind: type[ApiError]) -> None:
    with pytest.raises(kind):
        form(Service(reply))


def test_a_form_without_an_answer_is_done() -> None:
    assert form(Service(httpx.Response(200))) is None


def test_the_writer_s_reader_shares_its_count_and_cannot_write() -> None:
    async def go() -> tuple[int, int, int]:
        async with writer(Service(answer({}))) as api:
            read: Callable[..., Awaitable[Any]] = api.reader.get
            await read("/api/v4/account")
            await api.send("PATCH", "/api/v4/leads", {}, creates=False)
            assert not hasattr(api.reader, "send")
            return api.requests, api.reader.requests, api.writes

    assert run(go()) == (1, 1, 1)
