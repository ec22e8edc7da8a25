"""`amoconf import --into`: what the account has and the spec does not list, put into the spec's text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.edited import (
    Draft,
    changes,
    differences,
    new_secrets,
    open_draft,
    remembered,
    said,
    tell,
)
from amoconf.cli.options import Options
from amoconf.cli.output import json_text
from amoconf.cli.session import Spec, account_head, check, load_spec, reading, run, target_of
from amoconf.errors import SpecError
from amoconf.tongue import tr, trn
from amoconf.values import Address

if TYPE_CHECKING:
    from amoconf.spec.editmerge import News


@dataclass
class Added:
    """Things that were put in, those that were not and why, and secrets that were put aside."""

    done: list[Address] = field(default_factory=list)
    refused: dict[Address, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


def merge_in(options: Options, only: tuple[str, ...]) -> int:
    """Writes the spec, its lock and its secrets; 1 where something that import would list could not be."""
    spec = load_spec(options)
    draft, reads = run(_read(options, spec))
    fresh = fresh_things(draft, only)
    added = add_all(draft, fresh, draft.kept)
    if added.done:
        lock = remembered(draft, draft.adopted(), _below(draft, added))
        draft.save(lock, new_secrets(draft, added.secrets))
    report(draft, fresh, added, options, reads)
    return 1 if added.refused else 0


async def _read(options: Options, spec: Spec) -> tuple[Draft, int]:
    """The draft on everything that the account has, and the number of requests."""
    from dataclasses import replace

    from amoconf.match import adopt
    from amoconf.survey import survey

    async with reading(options, target_of(options, spec.account), spec.secrets) as reader:
        found = await survey(reader, None, {}, expected=spec.account)
        draft = open_draft(options, spec, found)
        adopted = adopt(spec.account, draft.live, spec.lock.ids)
        draft.found = replace(found, adopted=adopted)
        check(draft.found, spec.lock)
        return draft, reader.requests


def fresh_things(draft: Draft, only: tuple[str, ...] = ()) -> "News":
    """What the spec could list."""
    from amoconf.match import adopt
    from amoconf.model import Account
    from amoconf.spec.editmerge import news

    live = draft.live
    base = adopt(Account(), live, {}).found
    adopted = adopt(draft.spec.account, live, draft.spec.lock.ids)
    return news(base, adopted.found, draft.spec.account, only)


def add_all(draft: Draft, fresh: "News", kept: Mapping[str, str]) -> Added:
    """All things at once; where the spec would not be what it should, one by one."""
    before, start = differences(draft.adopted()), draft.book.state
    added = _add(draft, fresh, kept, fresh.tops)
    if _wrong(draft, fresh, added, before) is None:
        return added
    draft.book.state = start
    done: list[Address] = []
    refused: dict[Address, str] = {}
    for address in fresh.tops:
        draft.book.state = start
        added = _add(draft, fresh, kept, [*done, address])
        why = added.refused.get(address) or _wrong(draft, fresh, added, before)
        if why is None:
            done.append(address)
        else:
            refused[address] = why
    draft.book.state = start
    added = _add(draft, fresh, kept, done)
    draft.secrets |= added.secrets
    added.refused |= refused
    return added


def _add(draft: Draft, fresh: "News", kept: Mapping[str, str], addresses: Any) -> Added:
    from amoconf.spec.editmerge import Adding
    from amoconf.spec.edittree import Unwritable

    added = Added()
    adding = Adding(draft.book, draft.spec.account, fresh, kept)
    for address in addresses:
        try:
            adding.add(address)
            added.done.append(address)
        except Unwritable as error:
            place = f"{error.where}: " if error.where else ""
            added.refused[address] = f"{place}{error.what}"
    held = adding.writing.hiding.secrets
    added.secrets = {name: value for name, value in held.items() if name not in kept}
    draft.secrets |= added.secrets
    return added


def _below(draft: Draft, added: Added) -> set[Address]:
    """What was put in, with all that lies under it."""
    from amoconf.spec.editmerge import line

    tops = set(added.done)
    return {item.address for item in draft.adopted().wanted.resources if tops & set(line(item.address))}


def _wrong(draft: Draft, fresh: "News", added: Added, before: set[Any]) -> str | None:
    """Why the changed spec is not what it should be: it is read, nothing new differs, no thing is missing."""
    try:
        adopted = draft.adopted()
    except SpecError as error:
        return said(error)
    more = sorted(f"{address} {name}" for address, name in differences(adopted) - before)
    return tr("a plan would change it: {rows}", rows=", ".join(more[:3])) if more else None


def report(draft: Draft, fresh: "News", added: Added, options: Options, reads: int) -> None:
    """What was put in on stdout, what was left out on stderr."""
    left = {**fresh.unsaid, **added.refused}
    if options.format == "json":
        click.echo(json_text(document(draft, added, left, options, reads)))
        return
    from amoconf.report.clean import clean

    tell(draft, quiet=options.quiet)
    rows = [f"{address}: {why}" for address, why in left.items()]
    rows += [
        tr("not read: {path}: {said}", path=path, said=text) for path, text in draft.found.unread.items()
    ]
    for row in rows:
        click.echo(tr("left out: {row}", row=clean(row)), err=True)
    if not added.done:
        click.echo(tr("Nothing new: the spec lists what import would."))
        return
    click.echo()
    count = len(added.done)
    click.echo(trn("{number} thing was put into the spec.", "{number} things were put into the spec.", count))
    click.echo(tr("Look at the lines above and commit the spec with its lock file."))


def document(
    draft: Draft, added: Added, left: Mapping[Address, str], options: Options, reads: int
) -> dict[str, Any]:
    """The JSON of `import --into`."""
    from amoconf.report.document import head

    return {
        **head("import", account_head(draft.found, target_of(options, draft.spec.account))),
        "files": list(draft.book.changed),
        "added": [str(address) for address in added.done],
        "left_out": [{"address": str(address), "reason": why} for address, why in left.items()],
        "unread": dict(draft.found.unread),
        "lines": list(changes(draft.book)),
        "secrets": sorted(added.secrets),
        "requests": {"read": reads},
    }
