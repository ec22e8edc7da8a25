"""What became of each change: the rows of the table that ends an apply."""

from dataclasses import dataclass

from amoconf.values import Address

DONE, FAILED, BLOCKED, SKIPPED, BY_HAND = "done", "failed", "blocked", "skipped", "manual"


@dataclass(frozen=True)
class Outcome:
    """One change: status is done, failed, blocked, skipped or manual; error the sentence to read; id the thing's."""

    address: Address
    action: str
    status: str
    error: str = ""
    id: int | str | None = None
