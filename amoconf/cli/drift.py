"""`amoconf drift`: differences for cron; exit code 2 where there are some."""

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import click

from amoconf.cli import conversions
from amoconf.cli.attest import due_rows
from amoconf.cli.noting import Note, noting
from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import show, stamped
from amoconf.cli.plan import make
from amoconf.cli.session import Spec, account_head, load_spec, look, run, target_of
from amoconf.errors import UsageError
from amoconf.tongue import later, tr

if TYPE_CHECKING:
    from amoconf.plan import Plan
    from amoconf.report.document import Document
    from amoconf.survey import Survey

Settle: TypeAlias = Callable[[Options, Spec, tuple[str, ...]], int]


@click.command("drift")
@in_formats("drift")
@noting("no_manual")
@click.option("--no-manual", is_flag=True, help="Leave out what only a person can do.")
@click.option(
    "--accept", is_flag=True, help=later("Write what people changed in the account into the spec, in place.")
)
@click.option(
    "--revert", is_flag=True, help=later("Set back what people changed in the account: a limited apply.")
)
@click.option("--yes", is_flag=True, help=later("With --revert: do not ask."))
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
def command(
    options: Options, note: Note, no_manual: bool, addresses: tuple[str, ...], **settling: bool
) -> int:
    """Say how the account differs from the spec, and who moved since the last apply. Writes nothing without --accept or --revert."""
    from amoconf.report.text import drift_text

    if settled := _settling(addresses, **settling):
        note.over = True
        return settled(options, load_spec(options), addresses)

    started = time.monotonic()
    document = stamped(run(drifted(options, load_spec(options), manual=not no_manual)), options, started)
    show(document, options, drift_text)
    note.done(document)
    return ended(document)


def _settling(addresses: tuple[str, ...], *, accept: bool, revert: bool, yes: bool) -> "Settle | None":
    """What --accept or --revert does; UsageError where the flags do not go together."""
    if accept and revert:
        raise UsageError(tr("--accept and --revert exclude each other"))
    if yes and not revert:
        raise UsageError(tr("--yes goes with --revert: nothing else asks"))
    if addresses and not (accept or revert):
        raise UsageError(tr("addresses go with --accept or --revert"))
    if accept:
        from amoconf.cli.accept import accept as settle

        return settle
    from amoconf.cli.revert import revert as set_back

    return partial(set_back, yes=yes) if revert else None


def ended(document: "Document") -> int:
    """The exit code."""
    return 0 if document["in_sync"] else 2


async def drifted(options: Options, spec: Spec, *, manual: bool) -> "Document":
    """Reads the account and compares; of `drift` and of `fleet drift`. manual: with what only a person can do."""
    from amoconf.report.document import drift_document

    found, reads = await look(options, spec)
    plan, more_reads = await conversions.looked(options, spec, make(spec, found))
    head = account_head(found, target_of(options, spec.account))
    more = by_hand(spec, plan, found) if manual else []
    return drift_document(plan, head, reads + more_reads, manual=manual, lock=spec.lock, more=more)


def by_hand(spec: Spec, plan: "Plan", found: "Survey") -> "list[Document]":
    """What people have to see to and no change of a plan says: attestations, and what of a policy nobody can judge."""
    from amoconf.mends import PLACE
    from amoconf.report.attestrow import unseen_row

    unseen = [unseen_row(notice) for notice in plan.notices if notice.address.startswith(PLACE)]
    return [*unseen, *due_rows(spec, found)]
