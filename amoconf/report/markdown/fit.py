"""A report within a limit of characters: the urgent parts first; what does not fit is counted, never silently lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from amoconf.tongue import tr

LIMIT = (
    60_000  # characters: a comment on GitHub holds 65 536 (third party: its API says so when refusing more)
)


@dataclass(frozen=True)
class Stack:
    """What is listed under one heading: units, each kept whole. before, after: only where a unit is there."""

    units: Sequence[str]
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Part:
    """A section: its heading and end, which always stand, and what lies between. briefs: the same in fewer words."""

    head: str
    stacks: Sequence[Stack]
    foot: str = ""
    urgent: bool = False
    briefs: Sequence[Sequence[Stack]] = ()


def fitted(top: str, parts: Sequence[Part], limit: int = LIMIT) -> str:
    """The whole text, at most so long."""
    bare = len(top) + sum(len(part.head) + len(part.foot) + len(more(10**9)) for part in parts)
    left = limit - bare
    bodies: dict[int, str] = {}
    for number in sorted(range(len(parts)), key=lambda number: not parts[number].urgent):
        bodies[number], left, lost = roomy(parts[number], left)
        if lost and parts[number].urgent:
            left = 0  # what is urgent does not give way to what is not
    whole = "".join(f"{part.head}{bodies[number]}{part.foot}" for number, part in enumerate(parts))
    return top + whole


def roomy(part: Part, left: int) -> tuple[str, int, int]:
    """As `taken`, in the first wording that fits whole; in the first of all where none does."""
    tried = [taken(part, left)]
    for brief in part.briefs:
        if not tried[-1][2]:
            break
        tried.append(taken(replace(part, stacks=brief), left))
    return tried[-1] if not tried[-1][2] else tried[0]


def taken(part: Part, left: int) -> tuple[str, int, int]:
    """As much of a part as fits, with the rest counted; the room that is left; how many units are lost."""
    made, lost = [], 0
    for stack in part.stacks:
        kept = list(_kept(stack, left))
        lost += len(stack.units) - len(kept)
        if kept:
            text = f"{stack.before}{''.join(kept)}{stack.after}"
            left -= len(text)
            made.append(text)
    return "".join(made) + (more(lost) if lost else ""), left, lost


def _kept(stack: Stack, left: int) -> Iterator[str]:
    left -= len(stack.before) + len(stack.after)
    for unit in stack.units:
        if len(unit) <= left:
            left -= len(unit)
            yield unit


def more(count: int) -> str:
    """What is not shown."""
    text = tr(
        "…and {number} more: see the job’s log, or run the command with -v and without --out", number=count
    )
    return f"\n{text}\n"
