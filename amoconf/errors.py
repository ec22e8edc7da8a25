"""Everything that can go wrong, as one tree; and Problem: where, what, what to do.

AmoconfError                exit 1
├── UsageError              a wrong flag, a missing file, a missing token
├── SpecError               every problem of a spec at once
├── LockError               a lock file that cannot be read or belongs to another account
├── WrongAccount            spec, token and account do not agree
├── ApiError                the service said no, or nothing
│   ├── Unauthorised        401: token missing, expired, revoked
│   ├── Unpaid              402
│   ├── Forbidden           403 with a JSON body: a right is missing
│   ├── Banned              403 with an HTML body, or a stop before a ban
│   ├── NotFound            404
│   ├── Refused             400, 405, 422: `faults` names the items and keys
│   ├── Overloaded          429 beyond patience
│   ├── Trouble             500, 502, 503, 504 beyond patience
│   ├── Unreachable         no connection, reset, time-out
│   └── BadAnswer           a body that is not what the API promises
├── Blocked                 exit 3: a brake, a protection, a policy, a missing allowance
├── PartlyApplied           exit 4
└── Stale                   exit 5
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Where(NamedTuple):
    """A place in a file; lines and columns count from 1. Line 0: the file as a whole. Each key and value has one."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: `what` is a sentence, `todo` says what to write or do instead."""

    what: str
    todo: str = ""
    where: Where | None = None
    address: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"\n    {self.todo}" if self.todo else ""
        return f"{place}{self.what}{hint}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by the places where they stand; those without a place first."""
    return sorted(problems, key=lambda problem: problem.where or Where(""))


class AmoconfError(Exception):
    """The base; `exit_code` is what the command line ends with.

    `maybe_done`: what was being written may have taken effect although no good answer came.
    """

    exit_code = 1
    maybe_done = False

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo

    @property
    def problems(self) -> Sequence[Problem]:
        """The error as problems, one at least."""
        return (Problem(self.what, self.todo),)


class UsageError(AmoconfError):
    """The command was asked for something that makes no sense or lacks something."""


class SpecError(AmoconfError):
    """The spec cannot be used; all its problems, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self._problems = tuple(problems)

    @property
    def problems(self) -> Sequence[Problem]:
        """Every problem found."""
        return self._problems


class LockError(AmoconfError):
    """The lock file cannot be used."""


class WrongAccount(AmoconfError):
    """Spec, token and account do not agree on which account this is."""


@dataclass(frozen=True)
class Fault:
    """One refusal inside a batch: which item (as sent: its request_id), code, dotted path, the service's words."""

    request_id: str
    code: str
    path: str
    detail: str


class ApiError(AmoconfError):
    """A request that did not succeed. `request` is "PATCH /api/v4/leads/pipelines/1", `said` the service's words."""

    def __init__(
        self,
        what: str,
        todo: str = "",
        *,
        request: str = "",
        status: int = 0,
        said: str = "",
        faults: Sequence[Fault] = (),
        refused_ids: Mapping[str, str] | None = None,
        maybe_done: bool = False,
    ) -> None:
        super().__init__(what, todo)
        self.request = request
        self.status = status
        self.said = said
        self.faults = tuple(faults)
        self.refused_ids = dict(refused_ids or {})
        self.maybe_done = maybe_done


class Unauthorised(ApiError):
    """401: the token is missing, expired, revoked, or for another account."""


class Unpaid(ApiError):
    """402: the subscription ended, or the plan does not include this."""


class Forbidden(ApiError):
    """403 with a reason: the token's user may not do this."""


class Banned(ApiError):
    """403 as an HTML page, or our own stop before it would come."""


class NotFound(ApiError):
    """404."""


class Refused(ApiError):
    """400, 405 or 422: the request itself is not accepted, and repeating it will not help."""


class Overloaded(ApiError):
    """429 for longer than patience lasts."""


class Trouble(ApiError):
    """500, 502, 503 or 504 for longer than patience lasts."""


class Unreachable(ApiError):
    """No connection, a reset, a time-out."""


class BadAnswer(ApiError):
    """The body is not what the API promises: not JSON, or not the promised shape."""


class Blocked(AmoconfError):
    """Something stands against the plan; nothing was written."""

    exit_code = 3


class PartlyApplied(AmoconfError):
    """Some steps were done and some were not."""

    exit_code = 4


class Stale(AmoconfError):
    """The account is no longer as the plan found it; nothing was written."""

    exit_code = 5
