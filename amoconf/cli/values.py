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
    from amoconf.spellings import Cluster

LISTS = ("radiobutton", "multiselect")  # lists of another type than the one that is proposed for texts
# What a record holds in several parts, or as an object: no option leads from a part.
NO_TEXTS = ("smart_address", "legal_entity", "file", "items", "linked_entity", "chained_list")
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
    from amoconf.spellings import suggest

    target = target_of(options, spec.account if spec else None)
    async with reading(options, target, spec.secrets if spec else ()) as reader:
        account = await reader.get("/api/v4/account", (("with", "datetime_settings"),)) or {}
        fields = await _fields(reader, scope)
        key = chosen(fields, _names(spec, scope, name), f"{scope}/{name}")
        async with refreshed(
            options, reader, target, Keep({scope: Fields(frozenset({key}))}), cache
        ) as mirror:
            kind = next(str(row["type"]) for row in fields if row["id"] == key)
            counts = _counts(mirror.distinct(scope, key), kind, _zone(account), spec)
            filled, at = mirror.filled(scope, key), mirror.as_of(scope) or 0
    found = _clusters(counts)
    made = suggest(found, never={item.name for item in found if kind in NO_TEXTS or _is_masked(item.name)})
    head = {"id": account.get("id"), "subdomain": target.subdomain, "domain": target.domain}
    moment = datetime.fromtimestamp(at, UTC).astimezone().isoformat(timespec="minutes")
    type_ = kind if kind in LISTS else "select"
    return values_document(
        f"{scope}/{name}", counts, found, made, head, as_of=moment, filled=filled, type_=type_
    )


def _counts(rows: Any, kind: str, zone: str, spec: "Spec | None") -> Mapping[str, int]:
    """Texts with their counts, as a conversion reads them: days in the account's time zone, flags by their words."""
    from zoneinfo import ZoneInfo

    from amoconf.model import Settings
    from amoconf.wiretext import Side, shown

    side, where = Side(kind), ZoneInfo(zone)
    language = (spec.account.settings if spec else Settings()).language
    counts: dict[str, int] = {}
    for value, count in rows:
        text = "".join(shown(side, [{"value": value}], where, language)) or str(value)
        counts[text] = counts.get(text, 0) + count
    return counts


def _clusters(counts: Mapping[str, int]) -> "tuple[Cluster, ...]":
    """As of any texts; those with a mark stand alone, for several values lie behind it."""
    from amoconf.spellings import Cluster, clusters

    alone = [Cluster(text, count, ((text, count),)) for text, count in counts.items() if _is_masked(text)]
    plain = {text: count for text, count in counts.items() if not _is_masked(text)}
    return tuple(sorted((*clusters(plain), *alone), key=lambda item: (-item.count, item.name)))


def _is_masked(text: str) -> bool:
    """Whether a mark stands in it for a phone or an e-mail, so that no map leads from it."""
    from amoconf.records.private import EMAIL_MARK, PHONE_MARK

    return EMAIL_MARK in text or PHONE_MARK in text


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
