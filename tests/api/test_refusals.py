"""What a refusal becomes: the class, the sentence, the faults; and what never shows."""

import traceback
from typing import Any

import httpx
import pytest

from amoconf.api import Access, Grant
from amoconf.errors import (
    AmoconfError,
    ApiError,
    BadAnswer,
    Banned,
    Fault,
    Forbidden,
    NotFound,
    Refused,
    Trouble,
    Unauthorised,
    Unpaid,
    Unreachable,
    UsageError,
)
from tests.api.service import (
    REFUSED,
    RESET,
    TOKEN,
    Service,
    answer,
    get,
    html,
    problem,
    reader,
    run,
    send,
    token,
    writer,
)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (problem(400, "Request data can not be empty"), Refused, "Request data can not be empty"),
        (problem(401, "Неверный логин или пароль"), Unauthorised, "Неверный логин или пароль"),
        (problem(402, "Payment required"), Unpaid, "Payment required"),
        (problem(403, "Client doesn't have the required scope"), Forbidden, "required scope"),
        (httpx.Response(403), Forbidden, "may not do this"),
        (html(403, "Forbidden"), Banned, "a block after too many requests"),
        (httpx.Response(403, content=b"<h1>Forbidden"), Banned, "a block"),
        (problem(404, "Cannot GET https://acme.amocrm.ru/x"), NotFound, "Cannot GET"),
        (problem(405, "Method Not Allowed"), Refused, "does not offer"),
        (problem(422, "Limit 250 per page"), Refused, "Limit 250 per page"),
        (html(418, "teapot"), BadAnswer, "HTTP 418"),
        (httpx.Response(400, json=["no", "object"]), Refused, "does not accept"),
    ],
)
def test_each_refusal_has_its_class_and_the_service_s_words(
    reply: httpx.Response, kind: type[ApiError], words: str
) -> None:
    service = Service(reply)
    with pytest.raises(kind) as caught:
        get(service)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.status == reply.status_code
    assert len(service.requests) == 1


def test_after_a_ban_nothing_more_is_sent() -> None:
    service = Service(html(403, "Forbidden"))

    async def go() -> list[str]:
        async with writer(service) as api:
            found = []
            for path in ("/api/v4/account", "/api/v4/leads"):
                with pytest.raises(Banned) as caught:
                    await api.get(path)
                found.append(caught.value.request)
            with pytest.raises(Banned):
                await api.send("PATCH", "/api/v4/leads", {}, creates=False)
            return found

    assert run(go()) == ["GET /api/v4/account", "GET /api/v4/leads"]
    assert len(service.requests) == 1


SHAPE_A = {
    "validation-errors": [
        {
            "request_id": "0",
            "errors": [{"code": "NotSupportedChoice", "path": "color", "detail": "No choice."}],
        },
        {"request_id": "17", "errors": [{"code": "InvalidType", "path": "price", "detail": "Of type int."}]},
    ]
}
A = [
    Fault("0", "NotSupportedChoice", "color", "No choice."),
    Fault("17", "InvalidType", "price", "Of type int."),
]
GONE = {"code": "EntityNotFound", "path": "id", "detail": "source with id = 5 not found"}


@pytest.mark.parametrize(
    ("body", "faults", "ids"),
    [
        (SHAPE_A, A, {}),
        ({"validation-errors": dict(enumerate(SHAPE_A["validation-errors"]))}, A, {}),
        ({"validation-errors": [{"request_id": 3, "errors": {"2": GONE}}]}, [Fault("3", *GONE.values())], {}),
        (
            {"validation-errors": [{"errors": [{"code": "x"}, {"path": "y"}]}]},
            [Fault("", "x", "", ""), Fault("", "", "y", "")],
            {},
        ),
        (
            {"errors": {"24500113": "Loss reason can be specified only for lost lead"}},
            [],
            {"24500113": "Loss reason can be specified only for lost lead"},
        ),
        ({"errors": GONE}, [Fault("", *GONE.values())], {}),
        ({"errors": {"0": GONE, "1": GONE}}, [Fault("0", *GONE.values()), Fault("1", *GONE.values())], {}),
        ({"errors": {"0": [GONE]}}, [Fault("0", *GONE.values())], {}),
        ({"errors": [GONE]}, [Fault("", *GONE.values())], {}),
        ({"errors": ["first", "second"]}, [Fault("", "", "", "first"), Fault("", "", "", "second")], {}),
        (
            {"errors": {"0": {"request_id": "r", "code": None, "path": "p", "detail": 7}}},
            [Fault("r", "", "p", "7")],
            {},
        ),
        ({"errors": [], "validation-errors": None}, [], {}),
        ({"errors": "text"}, [Fault("", "", "", "text")], {}),
        ({"errors": [[[]], None, 3, True]}, [], {}),
    ],
)
def test_faults_are_read_in_every_known_shape(body: Any, faults: list[Fault], ids: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        send(Service(problem(400, "Bad", **body)), creates=True)
    assert list(caught.value.faults) == faults
    assert caught.value.refused_ids == ids


def test_the_sentence_names_the_first_faults() -> None:
    many = [{"request_id": str(n), "errors": [{"code": "C", "path": "p", "detail": "d."}]} for n in range(5)]
    with pytest.raises(Refused) as caught:
        send(Service(problem(400, "Bad", **{"validation-errors": many})), creates=True)
    assert str(caught.value) == (
        "The service does not accept the request: item 0, p: d. [C]; item 1, p: d. [C]; item 2, p: d. [C]; and 2 more"
    )


def test_a_200_that_refuses_items_is_a_refusal() -> None:
    with pytest.raises(Refused) as caught:
        send(Service(answer(SHAPE_A)), method="PATCH", creates=False)
    assert list(caught.value.faults) == A
    assert caught.value.maybe_done


def test_pages_of_html_become_one_plain_line() -> None:
    text = "\x1b[31m<style>b{}</style><script>evil()</script>stop\r\n\x00it<p " + "x" * 600
    with pytest.raises(NotFound) as caught:
        get(Service(httpx.Response(404, text=text)))
    assert caught.value.said == "[31m stop it"


def test_said_is_short() -> None:
    with pytest.raises(NotFound) as caught:
        get(Service(problem(404, "long " * 1000)))
    assert len(caught.value.said) == 500


SECRET = "s3cr3t/value+1"
ECHO = [
    problem(400, f"bad token {TOKEN} and {SECRET}"),
    problem(400, "Bad", errors={TOKEN: SECRET}),
    problem(
        400,
        "x",
        **{
            "validation-errors": [
                {"errors": [{"code": SECRET, "path": TOKEN, "detail": "s3cr3t%2Fvalue%2B1"}]}
            ]
        },
    ),
    httpx.Response(404, content=b'{"detail": "s3cr3t\\/value+1"}'),
    httpx.Response(502, text=f"<b>{TOKEN}</b> {SECRET}"),
    httpx.Response(200, text=f"<b>{TOKEN}</b> {SECRET}"),
    httpx.Response(302, headers={"Location": f"https://x.example/{SECRET}"}),
    answer({"validation-errors": [{"errors": [{"code": "c", "path": "p", "detail": SECRET}]}]}),
    RESET,
    REFUSED,
    httpx.ConnectError(f"cannot send {TOKEN}"),
    httpx.LocalProtocolError(f"Illegal header value b'Bearer {TOKEN}'"),
]


@pytest.mark.parametrize("reply", ECHO)
def test_no_secret_is_shown_by_any_error(reply: Any) -> None:
    async def go() -> None:
        async with writer(Service(reply), secrets=[SECRET]) as api:
            await api.send("PATCH", "/api/v4/x", {"key": SECRET}, query=[("a", SECRET)], creates=False)

    with pytest.raises(ApiError) as caught:
        run(go())
    error = caught.value
    ours = [
        f"{frame.locals}"
        for frame in traceback.TracebackException.from_exception(error, capture_locals=True).stack
        if "amoconf/api" in frame.filename
    ]
    assert ours
    assert TOKEN not in f"{ours}"
    for text in (str(error), repr(error), repr(vars(error))):
        assert TOKEN not in text
        assert "s3cr3t" not in text
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_strange_jwt_is_hidden_too() -> None:
    strange = token(sub="1", name="someone else's")
    for reply in (problem(404, f"bad {strange}!"), html(404, strange)):
        with pytest.raises(NotFound) as caught:
            get(Service(reply))
        assert strange not in str(caught.value)
        assert "***" in str(caught.value)


def test_a_very_short_secret_does_not_blank_innocent_words() -> None:
    with pytest.raises(NotFound, match="no table"):
        get(Service(problem(404, "no table")), secrets=["a", "", "no"])


def test_no_secret_in_the_repr_of_anything() -> None:
    async def go() -> str:
        async with reader(Service(answer({}))) as api:
            return f"{api!r} {vars(api)!r} {vars(api._wire)!r} {Access(TOKEN)!r} {Grant(TOKEN)!r}"

    assert TOKEN not in run(go())


@pytest.mark.parametrize("bad", ["", " ", "a b", "a\nb", "тест", "a\x00"])
def test_a_token_that_cannot_be_one_is_refused_without_quoting_it(bad: str) -> None:
    with pytest.raises(UsageError) as caught:
        Access(bad)
    assert bad == "" or bad not in str(caught.value).replace(" ", "") or bad.isspace()


def test_every_error_tells_what_to_do() -> None:
    for reply in (problem(401, "x"), html(403), html(500), REFUSED, problem(402, "x")):
        with pytest.raises((Unauthorised, Banned, Trouble, Unreachable, Unpaid)) as caught:
            get(Service(reply))
        error: AmoconfError = caught.value
        assert error.todo
