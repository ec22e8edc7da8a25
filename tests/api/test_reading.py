"""What a GET and a list answer, and what they do when the service does not."""

import asyncio
from contextlib import suppress
from typing import Any

import httpx
import pytest

from amoconf.api import Reader, Target
from amoconf.api.message import excerpt
from amoconf.errors import BadAnswer, NotFound, Trouble, Unreachable, UsageError
from tests.api.service import (
    NONE,
    REFUSED,
    RESET,
    Service,
    answer,
    get,
    html,
    page,
    problem,
    reader,
    run,
    waits,
)

HOST = "https://acme.amocrm.ru"


def read(service: Service, key: str = "leads", query: Any = (), **options: Any) -> list[list[Any]]:
    async def go() -> list[list[Any]]:
        async with reader(service) as api:
            return [items async for items in api.pages(f"/api/v4/{key}", key, query, **options)]

    return run(go())


def test_get_carries_token_agent_and_query() -> None:
    service = Service(answer({"id": 1}))

    async def go() -> Any:
        async with reader(service) as api:
            return await api.get("/api/v4/account", [("with", "task_types,version"), ("filter[id][]", "1")])

    assert run(go()) == {"id": 1}
    request = service.requests[0]
    assert str(request.url) == f"{HOST}/api/v4/account?with=task_types%2Cversion&filter%5Bid%5D%5B%5D=1"
    assert request.headers["authorization"].startswith("Bearer eyJ")
    assert request.headers["user-agent"].startswith("amoconf/")


def test_204_is_none() -> None:
    assert get(Service(NONE)) is None


@pytest.mark.parametrize("method", ["send", "form", "conceal", "writes", "reader"])
def test_reader_has_nothing_that_writes(method: str) -> None:
    assert not hasattr(Reader, method)


def test_pages_take_the_query_of_next_but_never_its_host() -> None:
    service = Service(
        page("leads", [1], "https://shard151.evil.example/api/v4/other?page=2&limit=2&with=contacts"),
        page("leads", [2], f"{HOST}/api/v4/leads?page=3&limit=2&with=contacts"),
        page("leads", [3]),
    )
    assert read(service, query=[("with", "contacts")], limit=2) == [[1], [2], [3]]
    assert {request.url.host for request in service.requests} == {"acme.amocrm.ru"}
    assert service.asked == [
        "GET /api/v4/leads?with=contacts&limit=2&page=1",
        "GET /api/v4/leads?page=2&limit=2&with=contacts",
        "GET /api/v4/leads?page=3&limit=2&with=contacts",
    ]


@pytest.mark.parametrize("end", [NONE, page("leads", []), answer({"_links": [], "_embedded": []})])
def test_pages_end_at_nothing_although_next_was_promised(end: httpx.Response) -> None:
    assert read(Service(page("leads", [1], f"{HOST}/api/v4/leads?page=2"), end)) == [[1]]


def test_pages_of_an_empty_list() -> None:
    assert read(Service(NONE)) == []


def test_pages_accept_an_object_where_a_list_belongs() -> None:
    assert read(Service(answer({"_embedded": {"leads": {"0": {"id": 1}, "2": {"id": 2}}}}))) == [
        [{"id": 1}, {"id": 2}]
    ]


def test_pages_without_limit_send_no_paging() -> None:
    service = Service(page("leads", [1]))
    read(service, limit=None)
    assert service.asked == ["GET /api/v4/leads"]


def test_a_page_that_leads_back_is_an_error_not_a_loop() -> None:
    service = Service(page("leads", [1], f"{HOST}/api/v4/leads?limit=250&page=2"))
    with pytest.raises(BadAnswer, match="leads back"):
        read(service)
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"_links": {}},
        {"_embedded": {"contacts": []}},
        {"_embedded": {"leads": None}},
        {"_embedded": {"leads": "x"}},
        [1, 2],
        "text",
        {"_embedded": {"leads": [1]}, "_links": {"next": {"href": f"{HOST}/api/v4/leads"}}},
        {"_embedded": {"leads": [1]}, "_links": {"next": {"href": 7}}},
    ],
)
def test_a_page_of_another_shape_is_an_error_never_an_empty_list(body: Any) -> None:
    with pytest.raises(BadAnswer):
        read(Service(answer(body)))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_passes(status: int) -> None:
    service = Service(html(status), html(status), answer({"id": 1}))
    assert get(service) == {"id": 1}
    assert len(service.requests) == 3


def test_trouble_that_stays_ends_after_five_tries_with_back_off() -> None:
    service = Service(html(502, "Bad Gateway"))
    with pytest.raises(Trouble) as caught:
        get(service, "/api/v4/leads?filter[query]=hidden")
    assert len(service.requests) == 5
    gaps = [later - earlier for earlier, later in zip(service.times, service.times[1:], strict=False)]
    assert gaps == [0.5, 1, 2, 4]
    error = caught.value
    assert (error.status, error.request) == (502, "GET /api/v4/leads")
    assert error.said == "502 Bad Gateway nginx"
    assert not error.maybe_done


def test_503_waits_as_long_as_it_says() -> None:
    service = Service(httpx.Response(503, headers={"Retry-After": "7"}), answer({}))
    get(service)
    assert service.times[1] - service.times[0] == 7


@pytest.mark.parametrize(
    "broken", [RESET, REFUSED, httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("eof"), OSError(5)]
)
def test_a_lost_answer_is_asked_for_again(broken: Exception) -> None:
    assert get(Service(broken, answer({"id": 1}))) == {"id": 1}


def test_no_connection_at_all() -> None:
    with pytest.raises(
        Unreachable, match=r"cannot be reached: no connection could be made: .*Connection refused"
    ):
        get(Service(REFUSED))


def test_a_body_that_never_ends_is_given_up() -> None:
    async def drip(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(3600)
        return answer({})

    service = Service(drip, answer({"id": 1}))
    assert get(service) == {"id": 1}
    assert service.times[1] - service.times[0] < 200


@pytest.mark.parametrize("content", [b'{"id": 1, "na', b"", b"null", b"ok", b"\xff\xfe", b"[" * 200_000])
def test_a_body_that_is_not_json_is_repeated_then_an_error(content: bytes) -> None:
    assert get(Service(httpx.Response(200, content=content), answer({"id": 1}))) == {"id": 1}
    service = Service(httpx.Response(200, content=content))
    with pytest.raises(BadAnswer) as caught:
        get(service)
    assert len(service.requests) == 5
    assert '"id"' not in str(caught.value)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<title>502 Bad</title><h1>502 Bad</h1>nginx", "502 Bad nginx"),
        ("<title>The account is not paid</title><a href=/>amoCRM</a>", "The account is not paid amoCRM"),
        ("<title>Blocked</title>", "Blocked"),
    ],
)
def test_a_page_says_a_thing_once_and_nothing_less(page: str, told: str) -> None:
    assert excerpt(page.encode()) == told


def test_half_a_character_is_no_reason_to_stop() -> None:
    """PHP writes what it has; a file could not take it."""
    content = b'{"id": 1, "name": "\\ud83d tag", "\\udc00": "\\ud83d\\ude00"}'
    found = get(Service(httpx.Response(200, content=content)))
    assert found == {"id": 1, "name": "? tag", "?": "\U0001f600"}


def test_404_says_what_was_missing() -> None:
    with pytest.raises(NotFound, match="no such thing in the account: Pipeline not found"):
        get(Service(problem(404, "Pipeline not found")))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    service = Service(
        httpx.Response(status, headers={"Location": "https://user:pw@elsewhere.example/api/v4/account?x=1"})
    )
    with pytest.raises(BadAnswer, match=r"redirect to elsewhere\.example: .*another subdomain"):
        get(service)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "path", ["account", "//evil.example@x", "@evil.example/", ".evil.example/", "/a\nb", ""]
)
def test_no_path_leads_to_another_host(path: str) -> None:
    service = Service(answer({}))
    with suppress(UsageError):
        get(service, path)
    assert all(request.url.host == "acme.amocrm.ru" for request in service.requests)


def test_base_url_may_have_a_path() -> None:
    service = Service(answer({}))
    get(service, target=Target.of("acme.amocrm.ru", "http://127.0.0.1:8080/one/"))
    assert str(service.requests[0].url) == "http://127.0.0.1:8080/one/api/v4/account"


def test_counts_elapsed_and_the_account_s_own_time() -> None:
    service = Service(html(500), answer({}, headers={"Date": "Wed, 01 Jan 2025 00:00:00 GMT"}))

    async def go() -> tuple[int, float, int, int]:
        async with reader(service) as api:
            await api.get("/api/v4/account")
            at_once = api.now
            await asyncio.sleep(30)
            return api.requests, api.elapsed, at_once, api.now

    assert run(go()) == (2, 30.5, 1735689600, 1735689630)


@pytest.mark.parametrize("date", ["yesterday", ""])
def test_a_date_that_is_none_is_not_believed(date: str) -> None:
    async def go() -> int:
        async with reader(Service(answer({}, headers={"Date": date}))) as api:
            await api.get("/api/v4/account")
            return api.now

    assert run(go()) > 1_800_000_000


def test_lists_can_be_read_side_by_side() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        key = request.url.path.rsplit("/", 1)[1]
        number = int(request.url.params["page"])
        return page(key, [f"{key}{number}"], f"{HOST}/x?page={number + 1}" if number < 3 else None)

    async def go() -> list[list[Any]]:
        async with reader(Service(handler), pace=6.8) as api:

            async def one(key: str) -> list[Any]:
                return [item async for items in api.pages(f"/api/v4/{key}", key) for item in items]

            return await asyncio.gather(one("leads"), one("contacts"))

    assert run(go()) == [["leads1", "leads2", "leads3"], ["contacts1", "contacts2", "contacts3"]]


def test_waiting_is_announced() -> None:
    heard, hear = waits()
    get(Service(html(500), answer({})), on_wait=hear)
    assert [(wait.why, wait.seconds, wait.request) for wait in heard] == [
        ("trouble", 0.5, "GET /api/v4/account")
    ]


def test_no_cookie_is_ever_sent_back() -> None:
    # The session of a platform counts before the token (third party, measured live at Kommo).
    session = {"set-cookie": "session_id=5; path=/; domain=.amocrm.ru; HttpOnly"}
    service = Service(answer({"id": 1}, headers=session), answer({"id": 2}, headers=session))

    async def twice() -> None:
        async with reader(service) as api:
            await api.get("/api/v4/account")
            await api.get("/api/v4/account")

    run(twice())
    assert len(service.requests) == 2
    assert not any("cookie" in request.headers for request in service.requests)
