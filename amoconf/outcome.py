"""What became of each change: the rows of the table that ends an apply, and the sentences in them."""

import copy
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from amoconf.changes import Step
from amoconf.errors import ApiError
from amoconf.kinds import KINDS
from amoconf.tongue import tr
from amoconf.values import Address

DONE, FAILED, BLOCKED, SKIPPED, BY_HAND = "done", "failed", "blocked", "skipped", "manual"
SHOWN = 3


@dataclass(frozen=True)
class Outcome:
    """One change: status is done, failed, blocked, skipped or manual; error the sentence to read; id the thing's."""

    address: Address
    action: str
    status: str
    error: str = ""
    id: int | str | None = None


def reached(rows: Iterable[Outcome], left: Collection[Address]) -> tuple[Outcome, ...]:
    """The rows, where something waited for nothing: it is as it was to be. left: what still is a difference.

    An option may be gone with the first of two writes, the second of which another option waits for.
    """
    return tuple(
        replace(row, status=DONE, error="")
        if row.status == BLOCKED and row.action != "manual" and row.address not in left
        else row
        for row in rows
    )


def own(error: ApiError, number: str) -> ApiError:
    """The refusal as it concerns one item of a batch."""
    mine = copy.copy(error)
    mine.faults = tuple(fault for fault in error.faults if fault.request_id == number)
    return mine


def sentence(error: ApiError, step: Step) -> str:
    """Why a step failed: what the service names by the spec's words, else the whole refusal."""
    named = dict.fromkeys(_named(fault.path, fault.detail, step) for fault in error.faults)
    lines = [
        *list(named)[:SHOWN],
        *([tr("and {count} more", count=len(named) - SHOWN)] if len(named) > SHOWN else []),
    ]
    return tr("The service does not accept it: {reasons}", reasons="; ".join(lines)) if lines else error.what


def _named(path: str, detail: str, step: Step) -> str:
    """The attribute behind a wire key, with the service's words."""
    kind = KINDS[step.serves[0].kind]
    wired = {attr.wire: attr.name for attr in kind.attrs}
    short = path.removesuffix("_id")
    name = wired.get(path) or (short if short in kind.by_name else path)
    return f"{name}: {detail}" if name else detail
