"""Every refusal as one sentence with the service's own words: the only place where they are written."""

from collections.abc import Sequence

from amoconf.api.faults import faults, refused_ids
from amoconf.api.message import Answer, Lost, Request, said
from amoconf.errors import (
    ApiError,
    BadAnswer,
    Banned,
    Fault,
    Forbidden,
    NotFound,
    Overloaded,
    Refused,
    Trouble,
    Unauthorised,
    Unpaid,
    Unreachable,
)
from amoconf.tongue import later, tr

SHOWN = 3
TROUBLE = frozenset({500, 502, 503, 504})

Texts = tuple[type[ApiError], str, str]

LOGIN_AGAIN = later("log in again: amoconf login; in a job, renew AMOCONF_TOKEN")
BLOCKED_TODO = later(
    "stop every program that uses this account from here; only amoCRM's support lifts a "
    "block, and asks for the subdomain and the IP address"
)
TEXTS: dict[int, Texts] = {
    400: (Refused, later("The service does not accept the request"), ""),
    401: (
        Unauthorised,
        later(
            "The token is not accepted: it has expired, was revoked, belongs to another account, "
            "its integration is switched off, or the account has another subdomain now"
        ),
        LOGIN_AGAIN,
    ),
    # Official (config page B5): writing stops at once, reading 30 days later.
    402: (
        Unpaid,
        later("The account's subscription has ended, or its plan does not include this"),
        later("pay, then repeat"),
    ),
    403: (
        Forbidden,
        later("The token's user may not do this"),
        later(
            "use a private integration's token, made by an administrator: users and roles are "
            "closed to external integrations"
        ),
    ),
    404: (NotFound, later("There is no such thing in the account"), ""),
    405: (Refused, later("The service does not offer this"), ""),
    422: (Refused, later("The service cannot do this"), ""),
    429: (
        Overloaded,
        later("The service asks to wait longer than amoconf is ready to"),
        later("repeat later, with a lower --pace"),
    ),
}
BANNED: Texts = (
    Banned,
    later(
        "The service refuses everything from this address or for this account: a block after "
        "too many requests"
    ),
    BLOCKED_TODO,
)
WEB: Texts = (
    Forbidden,
    later("The web client's own endpoint does not let amoconf in"),
    later("do this step by hand in the interface"),
)
NOT_JSON: Texts = (
    BadAnswer,
    later("The answer is not JSON, or only a part of it"),
    later("repeat; if it stays, tell amoCRM's support"),
)


def refusal(request: Request, answer: Answer) -> ApiError:
    """The error for an answer that is not 2xx."""
    if request.is_web and answer.status not in TROUBLE and answer.status not in (402, 429):
        # Third party (config page C2): whether the bearer form is taken at all is unverified.
        return _error(request, answer, _told(WEB))
    if answer.status == 403 and answer.is_html:
        return _error(request, answer, _told(BANNED))
    if 300 <= answer.status < 400:
        return _error(request, answer, _moved(answer))
    if answer.status in TROUBLE:
        what = tr("The service is in trouble (HTTP {status}), also after several tries", status=answer.status)
        return _error(request, answer, (Trouble, what, tr("repeat later")))
    if answer.status in TEXTS:
        return _error(request, answer, _told(TEXTS[answer.status]))
    what = tr("The service answers with HTTP {status}, which means nothing here", status=answer.status)
    return _error(request, answer, (BadAnswer, what, ""))


def unreadable(request: Request, answer: Answer) -> ApiError:
    """A 2xx whose body is not JSON."""
    return _error(request, answer, _told(WEB if request.is_web and answer.is_html else NOT_JSON))


def partly_refused(request: Request, answer: Answer) -> ApiError:
    """A 2xx that names refused items."""
    return _error(
        request, answer, (Refused, tr("The service accepted the request but refused a part of it"), "")
    )


def no_answer(request: Request, lost: Lost) -> ApiError:
    """Nothing came back."""
    what = tr("No answer from the service") if lost.sent else tr("The service cannot be reached")
    return Unreachable(
        f"{what}: {lost.words}",
        tr("check the connection and the account's address, then repeat"),
        request=request.name,
    )


def stopped(request: Request, answer: Answer, refused: int, asked: int) -> ApiError:
    """Our own stop: more 429 would bring a block of the account (official: protocol page 2.1)."""
    in_row = refused == asked
    what = (
        tr("the last {asked} requests", asked=asked)
        if in_row
        else tr("{refused} of the last {asked} requests", refused=refused, asked=asked)
    )
    error: type[ApiError] = Overloaded if in_row else Banned
    return _error(
        request,
        answer,
        (
            error,
            tr(
                "amoconf stopped by itself: the service refused {what} as too many (429), and going "
                "on brings a block",
                what=what,
            ),
            tr("repeat later, with a lower --pace; see whether another program uses the same integration"),
        ),
    )


def too_long(request: Request, answer: Answer, seconds: float) -> ApiError:
    """A 429 that asks for more patience than there is."""
    kind, what, todo = _told(TEXTS[429])
    return _error(request, answer, (kind, f"{what} ({seconds:.0f} s)", todo))


def _moved(answer: Answer) -> Texts:
    place = answer.headers.get("location", "").split("://")[-1].split("/")[0].split("@")[-1]
    to = tr(" to {place}", place=place) if place else ""
    # Guess (protocol page 1.7): how an old host answers after a rename is not documented.
    what = tr("The address answers with a redirect{to}: the account may have another subdomain now", to=to)
    return (
        BadAnswer,
        what,
        tr("look at the address in the browser and correct it; amoconf follows no redirects"),
    )


def _told(texts: Texts) -> Texts:
    """A row of the tables in the spoken language."""
    kind, what, todo = texts
    return kind, tr(what), tr(todo)


def _error(request: Request, answer: Answer, texts: Texts) -> ApiError:
    kind, what, todo = texts
    words = said(answer) if not answer.ok or answer.is_html else ""
    problem = answer.problem()
    named, ids = faults(problem), refused_ids(problem)
    detail = _summary(named, ids) or words
    return kind(
        f"{what}: {detail}" if detail else what,
        todo,
        request=request.name,
        status=answer.status,
        said=words,
        faults=named,
        refused_ids=ids,
    )


def _summary(named: Sequence[Fault], ids: dict[str, str]) -> str:
    lines = [_line(fault) for fault in named] + [f"{key}: {text}" for key, text in ids.items()]
    more = tr("; and {number} more", number=len(lines) - SHOWN) if len(lines) > SHOWN else ""
    return "; ".join(lines[:SHOWN]) + more


def _line(fault: Fault) -> str:
    item = tr("item {item}, ", item=fault.request_id) if fault.request_id else ""
    code = f" [{fault.code}]" if fault.code else ""
    return f"{item}{fault.path}: {fault.detail}{code}" if fault.path else f"{item}{fault.detail}{code}"
