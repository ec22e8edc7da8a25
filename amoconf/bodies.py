"""Steps as requests: Refs become ids, single bodies become arrays, answers tell the ids of what was made."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.changes import Learn, Step
from amoconf.errors import AmoconfError
from amoconf.kinds import parent_of
from amoconf.tongue import tr
from amoconf.values import Address, Ref, plain

Ids = dict[Address, int | str]
MOST = 50  # recommended batch: protocol page 2.2


def id_of(address: Address, ids: Mapping[Address, int | str]) -> int | str:
    """The id behind an address; a found thing that nobody lists carries it in its address."""
    if address in ids:
        return ids[address]
    key = address.key
    if key.startswith("#"):
        return int(key[1:]) if key[1:].isdigit() else key[1:]
    raise AmoconfError(
        tr("the id of {address} is not known", address=address),
        tr("run `amoconf plan` again: the account has changed"),
    )


def filled(value: Any, ids: Mapping[Address, int | str]) -> Any:
    """The value with every Ref replaced by its id, and secrets by their real text."""
    if isinstance(value, Ref):
        return id_of(value.address, ids)
    if isinstance(value, Mapping):
        return {key: filled(item, ids) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, ids) for item in value]
    reveal = getattr(value, "reveal", None)
    return reveal() if reveal is not None else plain(value)


def path_of(step: Step, ids: Mapping[Address, int | str]) -> str:
    """The path of the request."""
    parts = [str(filled(part, ids)) for part in step.path]
    return "/" + "/".join(parts if step.form else ["api", "v4", *parts])


def batches(steps: Sequence[Step]) -> list[list[Step]]:
    """Neighbouring steps that can travel in one array: same method and path, nothing learnt from one another."""
    result: list[list[Step]] = []
    for step in steps:
        last = result[-1] if result else []
        if last and joins(last, step):
            last.append(step)
        else:
            result.append([step])
    return result


def joins(batch: Sequence[Step], step: Step) -> bool:
    """Whether a step can travel with those before it."""
    first = batch[0]
    alike = (first.array, first.method, first.path, first.last) == (
        step.array,
        step.method,
        step.path,
        step.last,
    )
    learnt = {learn.address for other in batch for learn in other.learns}
    chained = step.chain is not None and any(other.chain == step.chain for other in batch)
    return bool(step.array) and alike and not chained and len(batch) < MOST and learnt.isdisjoint(needs(step))


def needs(step: Step) -> set[Address]:
    """Addresses whose ids the step sends, and those it comes after."""
    found: set[Address] = set(step.after)
    _collect(step.path, found)
    _collect(step.body, found)
    return found | {
        parent for address in found if (parent := parent_of(address)) is not None and address.key == "*"
    }


def _collect(value: Any, into: set[Address]) -> None:
    if isinstance(value, Ref):
        into.add(value.address)
    elif isinstance(value, Mapping):
        for item in value.values():
            _collect(item, into)
    elif isinstance(value, list | tuple):
        for item in value:
            _collect(item, into)


def learnt(step: Step, answer: Any) -> Ids:
    """The ids that an answer tells; what it does not tell is left to the next read."""
    found = {learn.address: follow(answer, learn) for learn in step.learns}
    return {address: key for address, key in found.items() if key is not None}


def follow(answer: Any, learn: Learn) -> int | str | None:
    """The id that one Learn points at, or None."""
    if not learn.at:
        return None
    for key in learn.at:
        if isinstance(key, tuple):
            rows = list(answer.values()) if isinstance(answer, Mapping) else answer or []
            answer = next(
                (row for row in rows if isinstance(row, Mapping) and row.get(key[0]) == key[1]), None
            )
        else:
            answer = answer.get(key) if isinstance(answer, Mapping) else None
    return answer if isinstance(answer, int | str) else None


def item_of(answer: Any, step: Step, index: int) -> Any:
    """The part of a batch's answer that belongs to one step: by request_id, else by position."""
    if not step.array or not isinstance(answer, Mapping):
        return answer
    rows = (answer.get("_embedded") or {}).get(step.array) or []
    rows = list(rows.values()) if isinstance(rows, Mapping) else rows
    named = [row for row in rows if str(row.get("request_id")) == str(index)]
    if named:
        return named[0]
    return rows[index] if index < len(rows) else None
