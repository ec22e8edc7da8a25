"""`amoconf drift`: differences for cron; exit code 2 where there are some."""

import time
from typing import TYPE_CHECKING

import click

from amoconf.cli import conversions
from amoconf.cli.attest import due_rows
from amoconf.cli.noting import Note, noting
from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import show, stamped
from amoconf.cli.plan import make
from amoconf.cli.session import Spec, account_head, load_spec, look, run, target_of

if TYPE_CHECKING:
    from amoconf.plan import Plan
    from amoconf.report.document import Document
    from amoconf.survey import Survey


@click.command("drift")
@in_formats("drift")
@noting("no_manual")
@click.option("--no-manual", is_flag=True, help="Leave out what only a person can do.")
def command(options: Options, note: Note, no_manual: bool) -> int:
    """Say how the account differs from the spec, and who moved since the last apply. Writes nothing."""
    from amoconf.report.document import drift_document
    from amoconf.report.text import drift_text

    started = time.monotonic()
    spec = load_spec(options)
    found, reads = run(look(options, spec))
    plan, more_reads = run(conversions.looked(options, spec, make(spec, found)))
    head = account_head(found, target_of(options, spec.account))
    more = [] if no_manual else by_hand(spec, plan, found)
    document = drift_document(plan, head, reads + more_reads, manual=not no_manual, lock=spec.lock, more=more)
    document = stamped(document, options, started)
    show(document, options, drift_text)
    note.done(document)
    return 0 if document["in_sync"] else 2


def by_hand(spec: Spec, plan: "Plan", found: "Survey") -> "list[Document]":
    """What people have to see to and no change of a plan says: attestations, and what of a policy nobody can judge."""
    from amoconf.mends import PLACE
    from amoconf.report.attestrow import unseen_row

    unseen = [unseen_row(notice) for notice in plan.notices if notice.address.startswith(PLACE)]
    return [*unseen, *due_rows(spec, found)]
