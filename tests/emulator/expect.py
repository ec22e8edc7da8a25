"""What tests of configuration endpoints expect of refusals."""

from typing import Any

import httpx

from amoconf.emulator.check import DETAILS

Faults = list[tuple[str, str, str]]


def faults(answer: httpx.Response) -> Faults:
    """(request id, code, path) of every refusal, after checking the document around them."""
    body: dict[str, Any] = answer.json()
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(body) == ["validation-errors", "title", "type", "status", "detail"], body
    assert body["detail"] == "Request validation failed"
    found = []
    for entry in body["validation-errors"]:
        assert list(entry) == ["request_id", "errors"]
        for error in entry["errors"]:
            assert list(error) == ["code", "path", "detail"]
            assert error["detail"] == DETAILS.get(error["code"], error["detail"])
            found.append((entry["request_id"], error["code"], error["path"]))
    return found


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """(status, title, detail) of a plain problem document."""
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == answer.status_code
    assert body["type"] == f"https://httpstatus.es/{answer.status_code}"
    assert list(body) == ["title", "type", "status", "detail"]
    return answer.status_code, body["title"], body["detail"]


def nothing(answer: httpx.Response) -> bool:
    """Whether it is a 204 without a body."""
    return answer.status_code == 204 and answer.content == b""
