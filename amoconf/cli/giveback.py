"""What `undo` gives back to records: told before, done between what is made again and what is taken away."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from amoconf.cli import records
from amoconf.tongue import tr, trn

if TYPE_CHECKING:
    from amoconf.api import Target, Writer
    from amoconf.cli.options import Options
    from amoconf.cli.records import Ground
    from amoconf.overwritten import Overwritten, Told
    from amoconf.plan import Plan
    from amoconf.records.pages import Clocked
    from amoconf.restoring import Restoring
    from amoconf.snapshot import Snapshot
    from amoconf.values import Address


@contextmanager
def overwritten(
    options: "Options", target: "Target", reader: "Clocked", snapshot: "Snapshot", name: str, zone: str
) -> "Iterator[Overwritten | None]":
    """What the run of a snapshot has overwritten in records; None where that is nothing. name: the snapshot's."""
    path = records.ledger_of(options, target, name)
    if path is None:
        yield None
        return
    from amoconf.overwritten import Overwritten
    from amoconf.records.ledger import Ledger
    from amoconf.revisit import known_ids

    ledger = Ledger(path)
    fields = {int(key): at for at, key in known_ids(snapshot).items() if at.kind == "field"}
    try:
        with records.filled(options, target, name) as filled:
            yield Overwritten(reader, ledger, snapshot.before, fields, zone, filled)
    finally:
        ledger.close()


@contextmanager
def giving_back(
    ground: "Ground", writer: "Writer", snapshot: "Snapshot", name: str
) -> "Iterator[Restoring | None]":
    """Who gives back what the run of a snapshot has overwritten; None where that is nothing. name: the snapshot's."""
    place = (ground.options, ground.target, writer.reader, snapshot, name, ground.zone)
    with overwritten(*place) as given:
        if given is None:
            yield None
            return
        from amoconf.restoring import Restoring

        if given.ledger.path is not None:
            given.ledger.path.touch()  # of the ledgers the oldest make room for this undo's own: not this one
        with records.at_work(ground, writer, None, writes=bool(ground.name)) as own:
            yield Restoring(own, given, ground.tell, ground.halted)


def with_step(plan: "Plan") -> "Plan":
    """The plan with records given back after everything that is made or changed, before anything is taken away."""
    from amoconf.changes import DELETE, Step
    from amoconf.restoring import GIVE_BACK

    gone = {change.address for change in plan.changes if change.action == DELETE}
    steps = plan.steps
    ends = [step.last or bool(step.data) or bool(set(step.serves) & gone) for step in steps]
    places = [number for number, step in enumerate(steps) if ends[number] and not step.is_manual]
    at = min(places, default=len(steps))
    serves = tuple(dict.fromkeys(item for step in steps[at:] for item in step.serves if item in gone))
    own = Step(serves, tr("records are given back what they held"), data={"work": GIVE_BACK})
    return replace(plan, steps=(*steps[:at], own, *steps[at:]))


def planned(told: "Told | None") -> dict[str, Any]:
    """What the document of a way says of records. comes False: nothing was there; what was put in is taken out."""
    rows = sorted(told.counts.items()) if told is not None else []
    return {
        "records": [
            {"address": about, "list": entity, "what": what, "comes": comes, "count": count}
            for (about, entity, what, comes), count in rows
        ],
        "changed_since": _others(told.others if told is not None else ()),
    }


def staying(told: "Told | None", name: str) -> list[dict[str, Any]]:
    """Rows of what does not come back because of the incoming-leads stage: none can be put there, and none is taken out.

    name: of the snapshot that leads back.
    """
    if told is None:
        return []
    rows = [(address, "taken_out", _gone_out(count)) for address, count in told.stay.items()]
    rows += [(address, "incoming", _waiting(count, name)) for address, count in told.waits.items()]
    rows += [(address, "not_there", _homeless()) for address in sorted(told.homeless)]
    from amoconf.kinds import parse_address

    return [
        {"address": address, "kind": parse_address(address).kind, "cause": cause, "what": what}
        for address, cause, what in rows
    ]


def _homeless() -> str:
    return tr("values of it were kept, and it neither is there nor is made again: they are not given back")


def _gone_out(count: int) -> str:
    return trn(
        "{number} deal has left the incoming leads (unsorted: take_out) and does not go back there",
        "{number} deals have left the incoming leads (unsorted: take_out) and do not go back there",
        count,
    )


def _waiting(count: int, name: str) -> str:
    """What is said of deals that a write would take out."""
    return trn(
        "{number} deal of the incoming leads does not get its value back: a write would take it out of there; accept it, then run amoconf undo --snapshot {name} --apply",
        "{number} deals of the incoming leads do not get their values back: a write would take them out of there; accept them, then run amoconf undo --snapshot {name} --apply",
        count,
        name=name,
    )


def safe(told: "Told | None") -> frozenset[str]:
    """Addresses whose records lose nothing: they get back what they held, or all that they held was kept."""
    return frozenset(about for about, *_ in told.counts) | told.whole if told is not None else frozenset()


def is_safe(address: "Address", safe: "Collection[str]") -> bool:
    """Whether that holds for a thing, or for what it lies in: values of options come back with their field."""
    from amoconf.kinds import parent_of

    parent = parent_of(address)
    return str(address) in safe or (parent is not None and str(parent) in safe)


def _others(rows: Any) -> list[dict[str, Any]]:
    return [{"list": entity, "id": key, "address": about} for entity, key, about in rows]


def done(
    work: "Restoring | None", told: "Told | None", manual: "Collection[str]" = ()
) -> dict[str, Any] | None:
    """What the last document says of records: back counts those written, left names those that were refused.

    open counts those that are still to be given back. told: what was due. manual: addresses that a person has to make
    first.
    """
    if work is None:
        return None
    due = told.records if told is not None else 0
    return {
        "open": _waiting_for(told, manual) if work.ended else max(due - work.back - len(work.left), 0),
        "back": work.back,
        "left": [{"list": entity, "id": key, "why": why} for (entity, key), why in work.left.items()],
        "changed_since": _others(work.given.others),
        "error": work.trouble or None,
    }


def _waiting_for(told: "Told | None", manual: "Collection[str]") -> int:
    """Records whose values have no home before a person has made it."""
    from amoconf.kinds import parse_address

    counts = told.counts.items() if told is not None and manual else ()
    return sum(count for (about, *_), count in counts if is_safe(parse_address(about), manual))
