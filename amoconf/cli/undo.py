"""`amoconf undo`: the way back from the snapshot that the last apply took; writes only with --apply."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli import conversions, snapshots
from amoconf.cli.alone import alone
from amoconf.cli.goback import go_back
from amoconf.cli.options import Options, shared
from amoconf.cli.output import show, stamped
from amoconf.cli.session import Spec, load_spec, reading, run, target_of
from amoconf.cli.wayback import Wish, document_of, find_way, local_time
from amoconf.errors import Blocked, SpecError, UsageError, WrongAccount
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Target
    from amoconf.snapshot import Snapshot


@click.command("undo")
@shared
@click.option("--apply", "apply_", is_flag=True, help="Go back; without it the way is only shown.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--allow", multiple=True, metavar="ADDRESS", help="Lift the brakes for an address or a pattern."
)
@click.option("--snapshot", metavar="FILE", help="Another snapshot than the latest, by file or name.")
@conversions.LIMITING[0]
@conversions.LIMITING[1]
@click.option("--list", "list_", is_flag=True, help="List the snapshots that are kept here.")
@click.option("--exit-code", is_flag=True, help="End with 2 when there is something to undo.")
def command(options: Options, allow: tuple[str, ...], snapshot: str | None, **flags: Any) -> int:
    """Plan the way back from the last apply, and say what cannot come back. Writes nothing without --apply.

    Where the spec cannot be read, --account says which account is meant.
    """
    if flags["yes"] and not flags["apply_"]:
        raise click.UsageError(
            tr("--yes goes with --apply: without it nothing is written, so nothing is asked")
        )
    spec = _spec(options)
    target = target_of(options, spec.account if spec else None)
    if flags["list_"]:
        return _list(options, target)
    path = snapshots.find(options, target, snapshot)
    kept = snapshots.read(path)
    _check_host(kept, target, path)
    limits = conversions.Limits(flags["max_changes_per_hour"] or None, flags["window"])
    asked, named = (allow, flags["apply_"], flags["yes"]), snapshot is not None
    begun = snapshots.begun(options, target, path)
    wish = Wish(*asked, path, named, kept, target, spec, limits, begun)
    if not wish.apply:
        return run(_show_way(options, wish, exit_code=flags["exit_code"]))
    if not (wish.yes or sys.stdin.isatty()):
        text = tr("undo would ask before it writes, and there is no terminal")
        raise UsageError(text, tr("add --yes"))
    with alone(options, target):
        return run(go_back(options, wish))


def _spec(options: Options) -> Spec | None:
    """The spec, for its account and the secrets never to repeat; undo itself needs none."""
    if options.account and not options.file.exists():
        return None
    try:
        return load_spec(options)
    except SpecError:
        if options.account:
            return None
        raise


def _check_host(kept: "Snapshot", target: "Target", path: Path) -> None:
    if kept.head.host != target.host:
        raise WrongAccount(
            tr(
                "{path} is a snapshot of {one}, not of {other}",
                path=path,
                one=kept.head.host,
                other=target.host,
            ),
            tr("amoconf undo --list shows those of this account"),
        )


async def _show_way(options: Options, wish: Wish, *, exit_code: bool) -> int:
    """Without --apply: the plan, and nothing is written."""
    from amoconf.report.text import undo_text

    started = time.monotonic()
    async with reading(options, wish.target, wish.spec.secrets if wish.spec else ()) as reader:
        way = await find_way(options, wish, reader)
        document = document_of(options, wish, way, reader.requests)
    show(stamped(document, options, started), options, undo_text)
    if way.plan.blocked:
        return Blocked.exit_code
    return 2 if exit_code and (way.plan.changes or way.gives_back) else 0


def _list(options: Options, target: "Target") -> int:
    from amoconf.report.document import head
    from amoconf.report.text import snapshots_text

    account = {"id": None, "subdomain": target.subdomain, "domain": target.domain}
    rows = [_told(path) for path in snapshots.listed(snapshots.folder(options, target))]
    show({**head("undo", account), "snapshots": rows}, options, snapshots_text)
    return 0


def _told(path: Path) -> dict[str, Any]:
    """One row of the list. error: why a file cannot be read."""
    row = {"file": str(path), "name": path.stem}
    try:
        kept = snapshots.read(path)
    except UsageError as error:
        return {
            **row,
            "taken_at": None,
            "command": None,
            "touched": 0,
            "finished": False,
            "interrupted": False,
            "error": error.what,
        }
    taken, touched = local_time(kept.head.taken_at), len(kept.touched)
    more = {"command": kept.head.command, "touched": touched, "finished": kept.finished}
    return {**row, "taken_at": taken, **more, "interrupted": bool(kept.head.back_to), "error": None}
