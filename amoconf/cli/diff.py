"""`amoconf diff OLD NEW`: two specs compared by meaning, offline."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import show, stamped
from amoconf.cli.revisions import spec_at
from amoconf.cli.session import load_spec
from amoconf.errors import SpecError, Where

if TYPE_CHECKING:
    from amoconf.errors import Problem
    from amoconf.model import Account


@click.command("diff")
@in_formats("diff")
@click.option("--exit-code", is_flag=True, help="End with 2 when there are differences.")
@click.argument("old")
@click.argument("new")
def command(options: Options, old: str, new: str, exit_code: bool) -> int:
    """Compare two specs by meaning, without a network.

    OLD and NEW are files, or files in a git revision: HEAD~1:account.yaml.
    """
    from amoconf.compare import compare
    from amoconf.report.diffdoc import diff_document
    from amoconf.report.text import diff_text

    started = time.monotonic()
    before, after = wanted(options, old), wanted(options, new)
    found = compare(before, after)
    settings = after.settings
    head = {"id": settings.id, "subdomain": settings.subdomain, "domain": settings.domain}
    document = diff_document(found, before, after, head, (old, new))
    show(stamped(document, options, started), options, diff_text)
    return 2 if exit_code and not document["same"] else 0


def wanted(options: Options, name: str) -> "Account":
    """What a spec wants; its places name the files as the person, or the repository, does."""
    with spec_at(name) as path:
        try:
            account = load_spec(replace(options, file=path)).account
        except SpecError as error:
            raise SpecError([_placed(problem, path, name) for problem in error.problems]) from None
    if str(path) == name:
        return account
    inside = name.partition(":")[2]
    shown = (item.but(where=_shown(item.where, path, inside)) for item in account.resources)
    return replace(account, resources=tuple(shown))


def _placed(problem: "Problem", path: Path, name: str) -> "Problem":
    """A problem of a laid out file under the name that the person gave."""
    if problem.where is None or str(path) == name:
        return problem
    return replace(problem, where=_shown(problem.where, path, name))


def _shown(where: Where | None, path: Path, name: str) -> Where | None:
    """A place in a laid out file as a place beside `name`, the name of the spec itself."""
    if where is None:
        return None
    beside = Path(where.file).relative_to(path.parent)
    home, slash, _ = name.rpartition("/")
    if not slash:
        home, slash, _ = name.rpartition(":")
    return Where(f"{home}{slash}{beside.as_posix()}", where.line, where.column)
