"""`amoconf attest`: a person says that what no API tells is as it should be; kept beside the spec."""

import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amoconf.attest import Attestation, Attests, check_account, dump, load, standings, today_of
from amoconf.cli.options import Options, shared
from amoconf.cli.output import show
from amoconf.cli.session import Spec, load_spec
from amoconf.codecs import suggest
from amoconf.errors import LockError, UsageError
from amoconf.tongue import later, tr

if TYPE_CHECKING:
    from amoconf.attest import Standing
    from amoconf.report.document import Document
    from amoconf.survey import Survey


@click.command(
    "attest",
    help=later(
        "Record that a person saw to ITEM of the spec's `manual:`. Needs no network; writes account.attest.yaml."
    ),
)
@shared
@click.argument("item", required=False)
@click.option("--by", metavar="NAME", help=later("Who looked; asked for on a terminal."))
@click.option("--date", "on", metavar="YYYY-MM-DD", help=later("When; today where it is left out."))
@click.option("--note", default="", metavar="TEXT", help=later("What there was to see."))
@click.option(
    "--list", "listed", is_flag=True, help=later("Show all items and how they stand; write nothing.")
)
def command(
    options: Options, item: str | None, by: str | None, on: str | None, note: str, listed: bool
) -> int:
    """Record that a person saw to ITEM of the spec's `manual:`. Needs no network; writes account.attest.yaml."""
    spec = load_spec(options)
    known = attests_of(spec)
    today = datetime.now().astimezone().date()
    if listed:
        if item or by or on or note:
            raise UsageError(tr("--list shows the items and takes nothing else"))
        _show(spec, known, today, options)
        return 0
    key = _item(item, spec)
    made = Attestation(_name(by), _day(on, today), " ".join(note.split()))
    known = replace(known, items={**known.items, key: made})
    _write(spec, known)
    if options.format == "json":
        _show(spec, known, today, options)
    elif not options.quiet:
        _tell(spec, key, today)
    return 0


def attests_of(spec: Spec, account: int = 0) -> Attests:
    """What is attested beside a spec. account: its number, where the account itself was asked. LockError where the file is another's."""
    path = attest_path(spec.path)
    settings = spec.account.settings
    number = account or settings.id or spec.lock.account
    if not path.exists():
        return Attests(number, settings.subdomain)
    try:
        found = load(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        text = tr("{file}: the attestations cannot be read: {error}", file=path, error=error)
        raise LockError(text, tr("restore the file from git")) from error
    check_account(found, number, settings.subdomain, str(path))
    return replace(found, account=number or found.account, subdomain=settings.subdomain)


def attest_path(spec: Path) -> Path:
    """account.yaml → account.attest.yaml."""
    return spec.with_suffix(".attest.yaml")


def due_rows(spec: Spec, found: "Survey") -> "list[Document]":
    """Items that a person has to see to, as differences; by the account's own day. None of them is in a plan."""
    from amoconf.report.attestrow import attest_row

    today = today_of(found.facts["now"], found.facts.get("timezone"))
    items = standings(spec.account.settings, attests_of(spec, found.facts["id"]))
    return [attest_row(item, today) for item in items if item.is_due(today)]


def _item(item: str | None, spec: Spec) -> str:
    known = list(spec.account.settings.manual)
    if item is None:
        raise UsageError(tr("which item?"), tr("amoconf attest ITEM, or --list to see them"))
    key = item.removeprefix("manual/")
    if key not in known:
        near = suggest(key, known).removeprefix("; ") or tr("amoconf attest --list shows them")
        raise UsageError(tr("{file} has no manual item {key!r}", file=spec.path, key=key), near)
    return key


def _name(by: str | None) -> str:
    """Who attests: said, or typed; nobody is guessed, for the name is what an attestation is worth."""
    if by is None and sys.stdin.isatty():
        by = str(click.prompt(tr("Who looked"), err=True))
    name = " ".join((by or "").split())
    if not name:
        raise UsageError(tr("an attestation needs the name of the person who looked"), "--by NAME")
    return name


def _day(on: str | None, today: date) -> date:
    if on is None:
        return today
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise UsageError(tr("{day!r} is no day", day=on), tr("write it as 2026-09-01")) from None
    if day > today:
        raise UsageError(tr("{day} is in the future", day=day.isoformat()), tr("nobody has looked yet"))
    return day


def _write(spec: Spec, attests: Attests) -> None:
    from amoconf.cli.files import File, put

    put([File(attest_path(spec.path), dump(attests))], keep=False)


def _standing(spec: Spec, key: str) -> "Standing":
    return next(row for row in standings(spec.account.settings, attests_of(spec)) if row.key == key)


def _tell(spec: Spec, key: str, today: date) -> None:
    item = _standing(spec, key)
    click.echo(f"{item.title}: {item.said(today)}. {attest_path(spec.path)}", err=True)


def _show(spec: Spec, attests: Attests, today: date, options: Options) -> None:
    from amoconf.report.attestrow import attest_document
    from amoconf.report.text import attest_text

    settings = spec.account.settings
    account = {"id": attests.account or None, "subdomain": settings.subdomain, "domain": settings.domain}
    show(attest_document(standings(settings, attests), today, account), options, attest_text)
