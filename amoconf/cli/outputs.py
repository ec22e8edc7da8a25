"""`amoconf outputs`: the ids of an account as constants for programs; and what earlier ones are worth today."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import json_text, put_out, show
from amoconf.cli.session import Spec, load_spec, look, run
from amoconf.errors import UsageError
from amoconf.tongue import later, tr, trn

if TYPE_CHECKING:
    from amoconf.outputs import Outputs
    from amoconf.outputs.earlier import Loss


@click.command("outputs")
@in_formats("outputs")
@click.option("--live", is_flag=True, help=later("Take the ids from the account, not from the lock file."))
@click.option(
    "--check",
    "earlier",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help=later("Say which ids of this earlier output are gone or have changed; ends with 2 when some are."),
)
@click.option(
    "--scan",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help=later("With --check: look for numbers in this folder that equal ids that are gone."),
)
def command(options: Options, live: bool, earlier: tuple[Path, ...], folders: tuple[Path, ...]) -> int:
    """Constants for the ids of pipelines, stages, fields, options, tags, roles. From the lock file; no network."""
    if folders and not earlier:
        what = tr("--scan needs to know which ids there were")
        raise UsageError(what, tr("name an earlier output: --check FILE"))
    if earlier and options.format not in ("text", "json"):
        raise UsageError(tr("--check writes no constants"), tr("leave --format out, or say json"))
    spec = load_spec(options)
    now = _now(options, spec, live=live)
    if not earlier:
        _write(now, spec, options)
        return 0
    document = checked(now, spec, earlier, folders, live=live)
    from amoconf.report.outputstext import outputs_text

    show(document, options, outputs_text)
    return 2 if document["losses"] else 0


def _now(options: Options, spec: Spec, *, live: bool) -> "Outputs":
    from amoconf.outputs import outputs

    if not live:
        return outputs(spec.account, spec.lock.ids)
    found, _ = run(look(options, spec))
    there = found.adopted.found.resources
    return outputs(spec.account, {item.address: item.id for item in there if item.id is not None})


def _write(now: "Outputs", spec: Spec, options: Options) -> None:
    """The file, and on stderr what it lacks."""
    from amoconf.outputs.written import plain, written

    account = _head(spec)
    host = f"{account['account']['subdomain']}.{account['account']['domain']}"
    form = "env" if options.format == "text" else options.format
    if form == "json":
        made = json_text({**account, **plain(now)}) + "\n"
    else:
        made = written(now.constants, host, form)
    put_out(made, options)
    if now.missing and not options.quiet:
        click.echo(_lacking(now), err=True)


SHOWN = 5


def _lacking(now: "Outputs") -> str:
    """How much of the spec has no id yet, and what gives it one."""
    shown = ", ".join(map(str, now.missing[:SHOWN])) + (", …" if len(now.missing) > SHOWN else "")
    text = trn(
        "{number} thing of the spec has no id yet: {names}",
        "{number} things of the spec have no id yet: {names}",
        len(now.missing),
        names=shown,
    )
    todo = tr("amoconf apply writes ids to the lock file; --live asks the account")
    return f"{text}\n    {todo}"


def checked(
    now: "Outputs", spec: Spec, earlier: tuple[Path, ...], folders: tuple[Path, ...], *, live: bool
) -> dict[str, Any]:
    """The document of --check."""
    from amoconf.outputs.earlier import losses, lost_ids, uses

    before = {path: _constants(path) for path in earlier}
    found: list[Loss] = [loss for path, known in before.items() for loss in losses(str(path), known, now)]
    ids = lost_ids(found, now)
    known = {key for names in before.values() for key in names}
    return {
        **_head(spec),
        "source": "account" if live else "lock",
        "files": {str(path): len(names) for path, names in before.items()},
        "losses": [vars(loss) for loss in found],
        "new": [item.name for item in now.constants if item.name not in known],
        "scanned": [str(folder) for folder in folders],
        "uses": [vars(use) for folder in folders for use in uses(folder, ids, earlier)],
    }


def _head(spec: Spec) -> dict[str, Any]:
    from amoconf.report.document import head

    settings = spec.account.settings
    return head("outputs", {"id": settings.id, "subdomain": settings.subdomain, "domain": settings.domain})


def _constants(path: Path) -> dict[str, int]:
    from amoconf.outputs.earlier import constants_of

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(tr("{file} cannot be read: {error}", file=path, error=error)) from error
    found = constants_of(text)
    if found is None:
        what = tr("{file} was not made by amoconf outputs", file=path)
        raise UsageError(what, tr("--check takes earlier outputs; other files are looked through by --scan"))
    return dict(found)
