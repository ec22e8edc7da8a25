"""Answers of the service: HAL documents, problem documents, HTML pages of the gateway."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from amoconf.emulator.check import Fault

HAL = "application/hal+json"
PROBLEM = "application/problem+json"
HTML = "text/html"

# Titles as the service spells them (protocol page, 3.3).
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


@dataclass(frozen=True)
class Answer:
    """What goes back: `text` may hold ORIGIN marks, which become the caller's own origin."""

    status: int
    text: str = ""
    type: str = HAL
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Raised anywhere in a handler: the request is answered with this and nothing is written."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


def dumps(body: Any) -> str:
    """JSON as the service writes it: UTF-8, slashes unescaped, no spaces."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def ok(body: Any, status: int = 200) -> Answer:
    """A HAL document."""
    return Answer(status, dumps(body))


NOTHING = Answer(204)


def problem(status: int, detail: str, **more: Any) -> Refusal:
    """A problem document, to be raised."""
    body = {**more, "title": TITLES[status], "type": f"https://httpstatus.es/{status}", "status": status}
    return Refusal(Answer(status, dumps({**body, "detail": detail}), PROBLEM))


def page_of_gateway(status: int) -> Answer:
    """The HTML page that nginx puts before the service (protocol page, 3.6)."""
    title = f"{status} {TITLES[status]}"
    text = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    return Answer(status, text + "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n", HTML)


def invalid(faults: Iterable[tuple[str, Sequence[Fault]]]) -> Refusal:
    """Shape A: the whole batch is refused; one entry per bad item (protocol page, 3.4)."""
    entries = [
        {
            "request_id": request_id,
            "errors": [{"code": f.code, "path": f.path, "detail": f.detail} for f in found],
        }
        for request_id, found in faults
    ]
    return problem(400, "Request validation failed", **{"validation-errors": entries})


def refused(messages: Mapping[int | str, str]) -> Refusal:
    """Shape B: the domain refuses by entity id (protocol page, 3.5)."""
    return problem(400, "Invalid request body", errors={str(key): text for key, text in messages.items()})
