"""`amoconf values FIELD`: what people have typed into a field, and the list that it could be."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.mirrors import Cache, caching, refreshed
from amoconf.cli.options import Options, shared
from amoconf.cli.output import show, stamped
from amoconf.cli.session import load_spec, reading, run, target_of
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Reader
    from amoconf.cli.session import Spec

DAYS = ("date", "birthday", "date_time")  # told as Unix seconds
SCOPES = ("leads", "contacts", "companies", "customers")


@click.command("values")
@shared
@caching
@click.argument("field")
def command(options: Options, field: str, cache: Cache) -> int:
    """Count the distinct values of FIELD (leads/city, "leads/Город" or leads/680056) and propose a list for them."""
    from amoconf.report.text import values_text

    started = time.monotonic()
    scope, _, name = field.partition("/")
    if scope not in SCOPES or not name:
        raise UsageError(
            tr("{field!r} names no field", field=field),
            tr("write SCOPE/KEY, the scope one of {scopes}", scopes=", ".join(SCOPES)),
        )
    spec = load_spec(options) if options.file.exists() or not options.account else None
    document = run(_document(options, spec, scope, name, cache))
    show(stamped(document, options, started), options, values_text)
    return 0


async def _document(
    options: Options, spec: "Spec | None", scope: str, name: str, cache: Cache
) -> dict[str, Any]:
    from amoconf.records.keep import Fields, Keep
    from amoconf.report.valuesdoc import values_document
    from amoconf.spellings import clusters, suggest

    target = target_of(options, spec.account if spec else None)
    async with reading(options, target, spec.secrets if spec else ()) as reader:
        account = await reader.get("/api/v4/account", (("with", "datetime_settings"),)) or {}
        fields = await _fields(reader, scope)
        key = chosen(fields, _names(spec, scope, name), f"{scope}/{name}")
        async with refreshed(
            options, reader, target, Keep({scope: Fields(frozenset({key}))}), cache
        ) as mirror:
            kind = next(str(row["type"]) for row in fields if row["id"] == key)
            counts = _counts(mirror.distinct(scope, key), kind, _zone(account))
            filled, at = mirror.filled(scope, key), mirror.as_of(scope) or 0
    found = clusters(counts)
    head = {"id": account.get("id"), "subdomain": target.subdomain, "domain": target.domain}
    moment = datetime.fromtimestamp(at, UTC).astimezone().isoformat(timespec="minutes")
    return values_document(
        f"{scope}/{name}", counts, found, suggest(found), head, as_of=moment, filled=filled
    )


def _counts(rows: Any, kind: str, zone: str) -> Mapping[str, int]:
    """Texts with their counts, as people see them: days in the account's time zone, flags by their words."""
    counts: dict[str, int] = {}
    for value, count in rows:
        text = _shown(value, kind, zone)
        counts[text] = counts.get(text, 0) + count
    return counts


def _shown(value: Any, kind: str, zone: str) -> str:
    from zoneinfo import ZoneInfo

    from amoconf.readings import local

    if kind == "checkbox":
        return tr("yes") if str(value).casefold() in ("1", "true") else tr("no")
    if kind in DAYS and str(value).lstrip("-").isdigit():
        moment = local(int(value), ZoneInfo(zone))
        return moment.date().isoformat() if kind != "date_time" else moment.isoformat(" ", "minutes")[:16]
    return str(value)


def _zone(account: Mapping[str, Any]) -> str:
    """The account's time zone, which decides what day a moment is."""
    said = (account.get("_embedded") or {}).get("datetime_settings") or {}
    return str(said.get("timezone") or "UTC")


async def _fields(reader: "Reader", scope: str) -> list[dict[str, Any]]:
    pages = reader.pages(f"/api/v4/{scope}/custom_fields", "custom_fields")
    return [item async for page in pages for item in page]


def _names(spec: "Spec | None", scope: str, name: str) -> tuple[set[int], list[str]]:
    """(ids, names) that the field may have in the account, the surest first."""
    from amoconf.values import Address, normal

    if name.isdigit():
        return {int(name)}, []
    if spec is None:
        return set(), [normal(name)]
    address = Address("field", (scope, name))
    want, known = spec.account.get(address), spec.lock.ids.get(address)
    names = [str(want.attrs.get("name", name)), *want.marks.was] if want is not None else [name]
    return ({int(str(known))} if known is not None else set()), [normal(item) for item in names]


def chosen(rows: Sequence[Mapping[str, Any]], wish: tuple[set[int], list[str]], asked: str) -> int:
    """The id of the field that is meant. UsageError where there is none, or more than one."""
    from amoconf.codecs import suggest
    from amoconf.values import normal

    ids, names = wish
    fit = [row for row in rows if row["id"] in ids]
    fit = fit or next((some for name in names if (some := _called(rows, name))), [])
    if not fit:
        told = suggest(names[0], [normal(str(row["name"])) for row in rows]) if names else ""
        text = tr("the account has no field {field}", field=asked)
        raise UsageError(text + told, tr("write its name, its key in the spec, or its id"))
    if len(fit) > 1:
        said = ", ".join(f"{row['id']} ({row['type']})" for row in fit)
        scope = asked.partition("/")[0]
        raise UsageError(
            tr("several fields are called so: {fields}", fields=said),
            tr("say which by its id: {command}", command=f"amoconf values {scope}/{fit[0]['id']}"),
        )
    return int(fit[0]["id"])


def _called(rows: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    from amoconf.values import normal

    return [row for row in rows if normal(str(row["name"])) == name]
