"""`amoconf drift`: differences for cron; exit code 2 where there are some."""

import time

import click

from amoconf.cli.options import Options, shared
from amoconf.cli.output import show, stamped
from amoconf.cli.plan import make
from amoconf.cli.session import account_head, load_spec, look, run, target_of


@click.command("drift")
@shared
@click.option("--no-manual", is_flag=True, help="Leave out what only a person can do.")
def command(options: Options, no_manual: bool) -> int:
    """Say how the account differs from the spec, and who moved since the last apply. Writes nothing."""
    from amoconf.report.document import drift_document
    from amoconf.report.text import drift_text

    started = time.monotonic()
    spec = load_spec(options)
    found, reads = run(look(options, spec))
    plan = make(spec, found)
    head = account_head(found, target_of(options, spec.account))
    document = drift_document(plan, head, reads, manual=not no_manual, lock=spec.lock)
    show(stamped(document, options, started), options, drift_text)
    return 0 if document["in_sync"] else 2
