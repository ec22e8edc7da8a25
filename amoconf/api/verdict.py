"""What an answer, or its absence, means for the request: done, refused, worth repeating, perhaps done. Pure."""

import math
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from amoconf.api import refusals
from amoconf.api.message import JSON, Answer, Lost, NotJson, Request
from amoconf.errors import ApiError

FIRST_WAIT = 1.0
LONGEST_GUESS = 30.0


@dataclass(frozen=True)
class Verdict:
    """`error` None: done, with `value`. `again`: the same request may do better later.

    `maybe_done`: a write may have taken effect, although the answer does not say so.
    """

    value: JSON = None
    error: ApiError | None = None
    again: bool = False
    maybe_done: bool = False


def judge(request: Request, result: Answer | Lost, *, creates: bool = False) -> Verdict:
    """The verdict on one exchange; 429 has been dealt with before."""
    writes = request.method != "GET"
    if isinstance(result, Lost):
        return Verdict(None, refusals.no_answer(request, result), True, writes and result.sent)
    if not result.ok:
        trouble = result.status in refusals.TROUBLE
        return Verdict(None, refusals.refusal(request, result), trouble, writes and trouble)
    if result.status == 204 or _is_bare_yes(request, result, creates):
        return Verdict()
    try:
        value = result.json(request.into)
    except NotJson:
        value = None
    if value is None:
        # A page instead of the web client's answer is its login page: nothing was done, and repeating is no use.
        shut = request.is_web and result.is_html
        return Verdict(None, refusals.unreadable(request, result), not shut, writes and not shut)
    if isinstance(value, dict) and value.get("validation-errors"):
        # Third party (protocol page 3.4): seen inside 200 answers by one client.
        return Verdict(None, refusals.partly_refused(request, result), False, writes)
    return Verdict(value)


def _is_bare_yes(request: Request, answer: Answer, creates: bool) -> bool:
    """A write may be accepted without a body; one that makes a thing must name it, unless it says "later" (202)."""
    if answer.content.strip() or request.method == "GET":
        return False
    return not creates or answer.status == 202 or request.is_web


def wait_asked(answer: Answer, wall: float) -> float | None:
    """Seconds that a 429 or 503 asks for: `retry_after` of the body, else the Retry-After header, else None.

    The body's key is official for Kommo; the header was never seen (protocol page 2.1).
    """
    asked = _seconds(answer.problem().get("retry_after"))
    if asked is None:
        asked = _seconds(answer.headers.get("retry-after"))
    if asked is None and "retry-after" in answer.headers:
        try:
            asked = parsedate_to_datetime(answer.headers["retry-after"]).timestamp() - (answer.date or wall)
        except (ValueError, OverflowError):
            return None
    return None if asked is None else max(asked, 0.0)


def _seconds(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        value = float(given)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def growing(attempt: int, first: float = FIRST_WAIT) -> float:
    """The wait after the `attempt`-th failure, from 1: doubles, up to half a minute."""
    return min(first * 2.0 ** min(attempt - 1, 10), LONGEST_GUESS)
