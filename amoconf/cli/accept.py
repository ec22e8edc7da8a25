"""`amoconf drift --accept`: what people changed in the account, written into the spec where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.edited import (
    Difference,
    Draft,
    changes,
    differences,
    new_secrets,
    open_draft,
    remembered,
    said,
    shown,
    tell,
)
from amoconf.cli.options import Options
from amoconf.cli.output import json_text
from amoconf.cli.plan import make
from amoconf.cli.session import Spec, account_head, look, run, target_of
from amoconf.errors import SpecError, UsageError, Where
from amoconf.tongue import later, tr, trn
from amoconf.values import Address

if TYPE_CHECKING:
    from amoconf.changes import AttrChange, Change, View
    from amoconf.plan import Plan

# Why a difference is no value that could be written: by the action that would settle it.
WHY = {
    "create": later("it is gone from the account: take its lines out of the spec, or write absent: why"),
    "replace": later("the account has another type: write that type into the spec by hand"),
    "archive": later("it is in use in the account: take the line archived: out of the spec"),
    "restore": later("it was archived in the account: write archived: why"),
    "delete": later("the account has it: take the line absent: out of the spec"),
}
# The flag of a pipeline that no spec says as an attribute.
ARCHIVED = "in_archive"
BOTH = later("changed in the spec and in the account: name the address to take the account's value")
ORDER = later("nothing tells who changed the order: name the address to take the account's")
NOBODY = later("no lock file tells who changed it: name the address to take the account's value")


@dataclass(frozen=True)
class Refused:
    """A difference that was not written. where: the line that stands against it."""

    address: Address
    name: str
    why: str
    where: Where | None = None


@dataclass
class Accepting:
    """Differences to be written, those that were, and those that were not."""

    draft: Draft
    plan: "Plan"
    wishes: Sequence[str]
    written: list[tuple[Address, "AttrChange"]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    added: list[Address] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)


def accept(options: Options, spec: Spec, addresses: Sequence[str]) -> int:
    """Writes the files, tells, and says with the exit code whether all that was asked for was written."""
    if options.format not in ("text", "json"):
        raise UsageError(tr("--accept can be told as text or json only"))
    found, reads = run(look(options, spec))
    plan = make(spec, found)
    accepting = Accepting(open_draft(options, spec, found), plan, addresses)
    _known(accepting)
    _try(accepting)
    if accepting.written or accepting.added:
        settled = {address for address, _ in accepting.written} | set(accepting.added)
        draft = accepting.draft
        draft.save(remembered(draft, draft.adopted(), settled), new_secrets(draft, accepting.secrets))
    report(accepting, options, reads)
    return 1 if accepting.refused else 0


def _known(accepting: Accepting) -> None:
    """UsageError where somebody names what neither the spec nor the account has."""
    from amoconf.brakes import allowance

    view = accepting.plan.view
    known = [*view.wanted.index, *view.found.index]
    for wish in accepting.wishes:
        if not any(allowance(address, (wish,)) is not None for address in known):
            what = tr("{address} is neither in the spec nor in what was read of the account", address=wish)
            raise UsageError(what, tr("amoconf drift shows the addresses"))


def _try(accepting: Accepting) -> None:
    """Everything at once; where that does not come out as it should, one by one."""
    units = list(_units(accepting))
    draft, before = accepting.draft, differences(accepting.draft.adopted())
    start, refused = draft.book.state, list(accepting.refused)
    done = [unit for unit in units if _write(accepting, *unit)]
    if _wrong(draft, before, done) is not None:
        draft.book.state, accepting.refused, done = start, refused, []
        for unit in units:
            kept = draft.book.state
            if _write(accepting, *unit):
                why = _wrong(draft, before, [*done, unit])
                if why is None:
                    done.append(unit)
                else:
                    draft.book.state = kept
                    accepting.refused.append(Refused(unit[0].address, unit[1].name, why, _where(unit[0])))
    accepting.written = [(change.address, item) for change, item in done]
    _list_unlisted(accepting)


Unit = tuple["Change", "AttrChange"]


def _units(accepting: Accepting) -> "list[Unit]":
    """The values to write, in the order of the plan; what cannot be one is refused."""
    units: list[Unit] = []
    for change in accepting.plan.changes:
        named = _named(accepting, change.address)
        if change.want is None or (accepting.wishes and not named):
            continue
        if change.action not in ("update", "move"):
            if named or change.origin in ("drift", "both"):
                _refuse(accepting, change, "", tr(WHY.get(change.action, BOTH)))
            continue
        for item in _own(change):
            why = "" if named else _unclear(accepting, change, item)
            if item.name == ARCHIVED:
                action = "restore" if item.before else "archive"
                if named or _origin(accepting, change, item) != "spec":
                    _refuse(accepting, change, "", tr(WHY[action]))
            elif why:
                _refuse(accepting, change, item.name, tr(why))
            elif named or _origin(accepting, change, item) == "drift":
                units.append((change, item))
    return units


def _own(change: "Change") -> "list[AttrChange]":
    """Attributes of the thing itself; what a policy asks is none of them."""
    from amoconf.kinds import KINDS

    known = KINDS[change.address.kind].by_name
    return [item for item in change.attributes if item.name in known or item.name == "position"]


def _origin(accepting: Accepting, change: "Change", item: "AttrChange") -> str | None:
    if item.name == "position":
        return None
    return accepting.draft.spec.lock.origin(change.address, item.name, item.before, item.after)


def _unclear(accepting: Accepting, change: "Change", item: "AttrChange") -> str:
    """Why nobody can say that a person changed it in the account; "" where that is sure, or sure not to be."""
    if item.name == "position":
        return ORDER
    return {"both": BOTH, None: NOBODY}.get(_origin(accepting, change, item), "")


def _named(accepting: Accepting, address: Address) -> bool:
    from amoconf.brakes import allowance

    return allowance(address, accepting.wishes) is not None


def _where(change: "Change") -> Where | None:
    return change.want.where if change.want is not None else None


def _refuse(accepting: Accepting, change: "Change", name: str, why: str) -> None:
    accepting.refused.append(Refused(change.address, name, why, _where(change)))


def _write(accepting: Accepting, change: "Change", item: "AttrChange") -> bool:
    """Writes one value into the draft; False where that cannot be."""
    from amoconf.spec.editattr import write_attr
    from amoconf.spec.edittree import Unwritable

    draft, view = accepting.draft, accepting.plan.view
    want, have = draft.spec.account.index[change.address], view.found.index[change.address]
    try:
        write_attr(draft.book, want, have, item.name, _spoken(accepting))
    except Unwritable as error:
        accepting.refused.append(Refused(change.address, item.name, error.what, error.where or want.where))
        return False
    return True


def _spoken(accepting: Accepting) -> "View":
    """Both sides, the wanted one as the spec says it."""
    from amoconf.changes import View

    return View(accepting.draft.spec.account, accepting.plan.view.found)


def _wrong(draft: Draft, before: set[Difference], done: "Sequence[Unit]") -> str | None:
    """Why the changed spec is not what it should be; None where all that was written is settled, and nothing else moved."""
    try:
        after = differences(draft.adopted())
    except SpecError as error:
        return said(error)
    settled = {(change.address, item.name) for change, item in done}
    left = (after & settled) | (after - before)
    return tr("the account would still differ: change it by hand") if left else None


def _list_unlisted(accepting: Accepting) -> None:
    """Things that the spec does not list and somebody names are listed."""
    from amoconf.cli.merging import add_all, fresh_things

    view = accepting.plan.view
    wishes = [address for address in view.found.index if str(address) in accepting.wishes]
    wishes = [address for address in wishes if address not in view.wanted.index]
    if not wishes:
        return
    fresh = fresh_things(accepting.draft)
    meant = {fresh.names[address]: address for address in wishes if address in fresh.names}
    added = add_all(accepting.draft, fresh.some(list(meant)), accepting.draft.kept)
    accepting.added, accepting.secrets = list(added.done), added.secrets
    for address, plain in meant.items():
        why = added.refused.get(address) or fresh.unsaid.get(address)
        if why is None and address not in fresh.things.index:
            why = tr("the platform made it, or it is out of use: a spec does not list it")
        if why is not None:
            accepting.refused.append(Refused(plain, "", why))


def report(accepting: Accepting, options: Options, reads: int) -> None:
    """What was written on stdout, what was not on stderr."""
    if options.format == "json":
        click.echo(json_text(document(accepting, options, reads)))
        return
    tell(accepting.draft, quiet=options.quiet)
    for row in accepting.refused:
        place = f"{row.where}: " if row.where else ""
        name = f" {row.name}" if row.name else ""
        click.echo(f"{place}{row.address}{name}: " + tr("not written: {why}", why=row.why), err=True)
    count = len(accepting.written) + len(accepting.added)
    if not count:
        click.echo(tr("Nothing to write: the spec is as it was."))
        return
    click.echo()
    click.echo(
        trn("Written: {number} value the account has.", "Written: {number} values the account has.", count)
    )
    click.echo(tr("Look at the lines above and commit the spec with its lock file."))


def document(accepting: Accepting, options: Options, reads: int) -> dict[str, Any]:
    """The JSON of `drift --accept`."""
    from amoconf.report.document import head

    spec = accepting.draft.spec
    return {
        **head("drift", account_head(accepting.draft.found, target_of(options, spec.account))),
        "accepted": [
            {
                "address": str(address),
                "name": item.name,
                "before": shown(address.kind, item.name, item.after),
                "after": shown(address.kind, item.name, item.before),
            }
            for address, item in accepting.written
        ],
        "listed": [str(address) for address in accepting.added],
        "refused": [
            {
                "address": str(row.address),
                "name": row.name or None,
                "reason": row.why,
                "where": str(row.where) if row.where else None,
            }
            for row in accepting.refused
        ],
        "files": list(accepting.draft.book.changed),
        "lines": list(changes(accepting.draft.book)),
        "requests": {"read": reads},
    }
