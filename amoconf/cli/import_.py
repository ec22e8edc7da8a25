"""`amoconf import`: reads an account and writes a spec of it, proved by a plan that changes nothing."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.files import PRIVATE, File, put, refuse_existing
from amoconf.cli.options import Options, shared
from amoconf.cli.output import json_text
from amoconf.cli.secretsfile import secrets_path
from amoconf.cli.session import lock_path, reading, run, target_of
from amoconf.errors import AmoconfError, SpecError, UsageError
from amoconf.kinds import KINDS
from amoconf.live import Reads
from amoconf.tongue import later, tr

if TYPE_CHECKING:
    from amoconf.api import Target
    from amoconf.lock import Lock
    from amoconf.model import Account
    from amoconf.spec.dump import Dump
    from amoconf.survey import Survey

MOST_TOLD = 20


@dataclass(frozen=True)
class Imported:
    """What was read and what is to be written about it."""

    written: "Dump"
    lock: "Lock"
    survey: "Survey"
    requests: int


@click.command("import")
@shared
@click.option(
    "--only",
    multiple=True,
    metavar="KIND",
    type=click.Choice(list(KINDS)),
    help="Only these kinds of things.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The spec to write; --file if left out.",
)
@click.option("--force", is_flag=True, help="Replace files that are there; .bak is kept.")
@click.option(
    "--into",
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help=later("Put what a spec that is there does not list into it; all else of its text stays."),
)
def command(
    options: Options, only: tuple[str, ...], output: Path | None, force: bool, into: str | None
) -> int:
    """Read the live account and write a minimal spec of it, its lock file and its secrets. Changes nothing there."""
    if into is not None:
        return _merge_in(replace(options, file=Path(into or options.file)), only, wrong=bool(output or force))
    options = replace(options, file=Path(output or options.file))
    refuse_existing([options.file, lock_path(options.file)], force=force)
    target = target_of(options, None)
    imported = run(work(options, target, only))
    files = list_files(options, target, imported, force=force)
    put(files)
    tell(imported, files, options, target)
    return 0


def _merge_in(options: Options, only: tuple[str, ...], *, wrong: bool) -> int:
    if wrong:
        raise UsageError(tr("--into writes into the spec that is there: leave -o and --force out"))
    from amoconf.cli.merging import merge_in

    return merge_in(options, only)


async def work(options: Options, target: "Target", only: tuple[str, ...]) -> Imported:
    """Reads, writes the text and proves it; nothing is on disk yet."""
    from amoconf.model import Account, Settings
    from amoconf.spec.dump import dump
    from amoconf.spec.remarks import Head
    from amoconf.survey import survey

    async with reading(options, target) as api:
        reader = Recorded(api)
        meant = Account(settings=Settings(subdomain=target.subdomain))
        found = await survey(reader, None, {}, expected=meant)
        day = datetime.fromtimestamp(api.now, UTC).date().isoformat()
        head = Head(target.subdomain, found.facts["id"], target.domain, day, unread=found.unread)
        written = dump(found.adopted.found, head, only)
        return Imported(written, await proof(written, reader), found, api.requests)


class Recorded:
    """A reader that asks everything once: the proof stands on the same answers as the spec."""

    def __init__(self, reader: Reads) -> None:
        self.reader = reader
        self.answers: dict[Any, Any] = {}

    async def get(self, path: str, query: tuple[tuple[str, str], ...] = (), into: Any = Any) -> Any:
        """The JSON of one answer."""
        asked = (path, query, into)
        if asked not in self.answers:
            self.answers[asked] = await self.reader.get(path, query, into)
        return self.answers[asked]

    async def pages(
        self, path: str, key: str, query: tuple[tuple[str, str], ...] = (), *, limit: int | None = 250
    ) -> AsyncIterator[list[Any]]:
        """Lists of items, page after page."""
        asked = (path, key, query, limit)
        if asked not in self.answers:
            self.answers[asked] = [page async for page in self.reader.pages(path, key, query, limit=limit)]
        for page in self.answers[asked]:
            yield page


async def proof(written: "Dump", reader: Reads) -> "Lock":
    """The lock file for the spec; AmoconfError where a plan of it would change something, with the lock or without."""
    from amoconf import lock as locks
    from amoconf.survey import survey

    wanted = read_back(written)
    first = await survey(reader, wanted, {})
    _must_be_empty(first)
    lock = locks.remember(first.facts["id"], first.adopted.wanted, first.adopted.found, locks.Lock())
    again = locks.load(locks.dump(lock), tr("the lock file"))
    _must_be_empty(await survey(reader, wanted, again.ids))
    return lock


def read_back(written: "Dump") -> "Account":
    """The spec as `validate` and `plan` will read it."""
    from amoconf.spec.load import load
    from amoconf.spec.schemacheck import check
    from amoconf.spec.secrets import resolve
    from amoconf.spec.variables import fill_in
    from amoconf.spec.yamlfile import parse

    try:
        root, problems = fill_in(parse(written.text, tr("the spec")), {})
        if problems:
            raise SpecError(problems)
        wanted = load(root, lambda template: resolve(template, written.secrets))
        check(root)
    except SpecError as error:
        told = "\n".join(str(problem) for problem in error.problems[:MOST_TOLD])
        what = tr("amoconf could not read the spec that it made:")
        raise _failed(f"{what}\n{told}") from error
    return wanted


def _failed(what: str) -> AmoconfError:
    return AmoconfError(
        "\n".join((what, tr("Nothing was written."))),
        tr("this is a fault of amoconf: please report these lines; --only KIND may help meanwhile"),
    )


def _must_be_empty(found: "Survey") -> None:
    """Names of what differs; never values, which may be secrets."""
    from amoconf.diff import diff

    adopted = found.adopted
    lines = [str(problem) for problem in (*adopted.problems, *adopted.notices)]
    for change in diff(adopted.wanted, adopted.found, adopted.old):
        names = ", ".join(item.name for item in change.attributes)
        lines.append(f"{change.action} {change.address}" + (f": {names}" if names else ""))
    if lines:
        more = [tr("… and {count} more", count=len(lines) - MOST_TOLD)] if len(lines) > MOST_TOLD else []
        told = "\n".join([*lines[:MOST_TOLD], *more])
        what = tr("a plan of what import would write is not empty ({count} differences):", count=len(lines))
        raise _failed(f"{what}\n{told}")


def list_files(options: Options, target: "Target", imported: Imported, *, force: bool) -> list[File]:
    """The spec last: where it stands, the rest stands too."""
    from amoconf import lock as locks

    files = [
        File(lock_path(options.file), locks.dump(imported.lock)),
        File(options.file, imported.written.text),
    ]
    secrets = imported.written.secrets
    if not secrets:
        return files
    path = secrets_path(options, target.subdomain, target.domain)
    return [*_secrets_file(path, secrets, force=force), *files]


def _secrets_file(path: Path, secrets: Mapping[str, str], *, force: bool) -> list[File]:
    """The file with these secrets among others that it holds; none where it holds them already."""
    from amoconf.spec.secrets import load_secrets
    from amoconf.spec.write import write

    before = dict(load_secrets(path, {})) if path.exists() else {}
    after = {**before, **secrets}
    if before == after:
        return []
    refuse_existing([path], force=force)
    return [File(path, write(dict(after)), PRIVATE)]


def tell(imported: Imported, files: list[File], options: Options, target: "Target") -> None:
    """What was written, on stdout; what was not, on stderr."""
    if options.format == "json":
        click.echo(json_text(document(imported, files, target)))
    else:
        counts = ", ".join(f"{name} {count}" for name, count in counted(imported).items())
        held = counts or tr("nothing that differs from a new account")
        click.echo(f"{options.file}: {held}")
        for file in files:
            if file.path != options.file:
                how = tr("written (for you alone)") if file.mode == PRIVATE else tr("written")
                click.echo(f"{file.path}: {how}")
    for line in warnings(imported):
        click.echo(line, err=True)


def counted(imported: Imported) -> dict[str, int]:
    """Things by kind."""
    counts = Counter(item.address.kind for item in imported.written.listing.wanted.resources)
    return {name: counts[name] for name in KINDS if counts[name]}


def warnings(imported: Imported) -> list[str]:
    """What the spec does not hold although the account may."""
    from amoconf.report.clean import clean

    listing = imported.written.listing
    unread, out = tr("not read"), tr("left out")
    rows = [f"{unread}: {path}: {said}" for path, said in imported.survey.unread.items()]
    rows += [f"{out}: {address}: {why}" for address, why in listing.unsaid.items()]
    rows += [f"{out}: {address}: {', '.join(names)}" for address, names in listing.dropped.items()]
    return [clean(row) for row in rows]


def document(imported: Imported, files: list[File], target: "Target") -> dict[str, Any]:
    """The JSON of `import`."""
    from amoconf.report.document import head

    listing = imported.written.listing
    account = {"id": imported.lock.account, "subdomain": target.subdomain, "domain": target.domain}
    return {
        **head("import", account),
        "files": [str(file.path) for file in files],
        "counts": counted(imported),
        "archived": [str(address) for address in listing.archived],
        "left_out": [{"address": str(address), "reason": why} for address, why in listing.unsaid.items()],
        "attributes_left_out": {str(address): list(names) for address, names in listing.dropped.items()},
        "unread": dict(imported.survey.unread),
        "secrets": sorted(imported.written.secrets),
        "requests": {"read": imported.requests},
    }
