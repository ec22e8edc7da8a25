"""Family B: widgets, webhooks, sources, bots, and what they bring."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from amoconf.audit.case import Case
from amoconf.audit.rule import INFO, LIVE, RECORDS, SPEC, Family, Figure, Said, Skip
from amoconf.records.keep import Keep
from amoconf.tongue import later, tr, trn
from amoconf.values import plain

FAMILY = Family()
rule = FAMILY.rule
BROAD = 8  # events of one webhook
TOLD = {
    "disabled": later("{count} webhooks are switched off by the service: {hosts}"),
    "without_https": later("{count} webhooks are sent without https: {hosts}"),
    "doubled": later("{count} webhooks are two to one address: {hosts}"),
    "broad": later("{count} webhooks are of very many kinds of events: {hosts}"),
}


@rule(
    "B01",
    later("Too many widgets"),
    how=later("installed widgets; those outside `allow`, where it is given"),
    todo=later("uninstall what nobody uses: Settings → Integrations"),
    limits={"warn": 15, "allow": ()},
    needs=("widgets",),
    figures={"widgets_installed": later("installed widgets")},
)
def widgets(case: Case) -> Iterator[Said]:
    """Integrations without a widget are not in the API."""
    installed = [item for item in case.things("widget") if item.attrs.get("state") == "installed"]
    yield Figure("widgets_installed", len(installed))
    left, allow = case.left(installed), case.limits["allow"]
    yield from case.over(
        trn("{number} widget is installed", "{number} widgets are installed", len(left)),
        len(left),
        ids=[_code(item) for item in left],
        entity="widgets",
    )
    strange = [item for item in left if allow and _code(item) not in allow]
    if strange:
        yield from case.listed(
            tr("not in the list of allowed widgets"), strange, entity="widgets", severity="warn"
        )


def _code(item: Any) -> str:
    return str(item.attrs.get("code", item.address.key))


@rule(
    "B02",
    later("Webhooks that are off, unsafe, doubled or too broad"),
    how=later(
        "webhooks disabled by the service; to addresses without https; several of one address; of more than `events` kinds"
    ),
    todo=later("subscribe the receiver anew over https, one webhook a receiver, and only to what it reads"),
    limits={"warn": 0, "events": BROAD},
    needs=("webhooks",),
    figures={
        "webhooks": later("webhooks"),
        "webhooks_disabled": later("of them switched off by the service"),
        "webhooks_without_https": later("to an address without https"),
        "webhooks_doubled": later("to an address that has another"),
        "webhooks_broad": later("of more than 8 kinds of events"),
    },
)
def webhooks(case: Case) -> Iterator[Said]:
    """An address may hold a secret: only its host is told."""
    hooks = case.things("webhook")
    urls = {item.address: str(plain(item.attrs.get("url")) or item.attrs.get("url")) for item in hooks}
    seen = Counter(url.split("?")[0].casefold() for url in urls.values())
    disabled = {hook.get("id") for hook in case.facts.raw.get("webhooks", ()) if hook.get("disabled")}
    groups = {
        "disabled": [item for item in hooks if item.id in disabled],
        "without_https": [item for item in hooks if not urls[item.address].startswith("https://")],
        "doubled": [item for item in hooks if seen[urls[item.address].split("?")[0].casefold()] > 1],
        "broad": [item for item in hooks if len(item.attrs.get("events") or ()) > case.limits["events"]],
    }
    yield Figure("webhooks", len(hooks))
    for name, items in groups.items():
        yield Figure(f"webhooks_{name}", len(items))
        left = case.left(items)
        hosts = ", ".join(sorted({urlsplit(urls[item.address]).hostname or "?" for item in left})[:4])
        yield from case.over(
            tr(TOLD[name], count=len(left), hosts=hosts),
            len(left),
            len(hooks),
            address=f"webhook/{name}" if left else "",
            ids=[item.id if item.id is not None else str(item.address) for item in left],
            entity="webhooks",
        )


def titles(rows: Any) -> dict[int, str]:
    """Ids → names, with the id where a name is not the only one."""
    seen = Counter(row.get("name") for row in rows)
    return {
        row["id"]: f"{row.get('name')}" + (f" #{row['id']}" if seen[row.get("name")] > 1 else "")
        for row in rows
    }


@rule(
    "B03",
    later("Sources that bring nothing"),
    how=later(
        "sources without a deal created in the last `days` days; without a pipeline; with another's name. Only the sources of this token's integration are in the API"
    ),
    todo=later("find out whether the channel still works; delete the source"),
    limits={"warn": 0, "days": 90},
    needs=(LIVE, "sources", RECORDS),
    keep=lambda facts: Keep.of(leads=()),
    figures={
        "sources": later("sources"),
        "sources_silent": later("of them without a new deal for 90 days"),
        "source_deals": later("deals created in the last 90 days, by source"),
        "integrations": later("installed widgets, webhooks and sources together, where all can be read"),
    },
)
def sources(case: Case) -> Iterator[Said]:
    """A source is known by its id in deals."""
    rows = case.facts.raw["sources"]
    sql = "SELECT source_id, count(*) FROM leads WHERE created_at >= ? AND source_id IS NOT NULL GROUP BY 1"
    fresh = dict(case.records.ask(sql, case.days_ago(case.limits["days"])))
    yield Figure("sources", len(rows))
    yield Figure("sources_silent", sum(row["id"] not in fresh for row in rows))
    for key, name in titles(rows).items():
        yield Figure("source_deals", fresh.get(key, 0), name)
    if {"widgets", "webhooks"} <= set(case.facts.raw):
        installed = sum(item.attrs.get("state") == "installed" for item in case.facts.account.of("widget"))
        yield Figure("integrations", installed + len(case.facts.raw["webhooks"]) + len(rows))
    left = [row for row in rows if row["id"] not in case.ids]
    silent = [row for row in left if row["id"] not in fresh]
    brought = later("{count} sources brought no deal for {days} days: {names}")
    yield from _sources(case, silent, brought, len(rows), "source/silent")
    yield from _sources(
        case,
        [row for row in left if not row.get("pipeline_id")],
        later("{count} sources have no pipeline: {names}"),
        len(rows),
        "source/no_pipeline",
    )
    seen = Counter(row.get("name") for row in rows)
    twins = [row for row in left if seen[row.get("name")] > 1]
    yield from _sources(
        case, twins, later("{count} sources share a name: {names}"), len(rows), "source/twins"
    )


def _sources(case: Case, rows: Any, message: str, total: int, address: str) -> Iterator[Said]:
    shown = ", ".join(str(row.get("name")) for row in rows[:4])
    yield from case.over(
        tr(message, count=len(rows), names=shown, days=case.limits["days"]),
        len(rows),
        total,
        address=address,
        ids=[row["id"] for row in rows],
        entity="sources",
    )


@rule(
    "B04",
    later("Forms that bring nothing"),
    how=later(
        "sources whose name or external id speaks of a form, without a deal created in the last `days` days"
    ),
    todo=later("fill in the form once and see; take the dead ones out of the digital pipeline"),
    limits={"warn": 0, "days": 90},
    needs=(LIVE, "sources", RECORDS),
    keep=lambda facts: Keep.of(leads=()),
    figures={"forms_silent": later("forms without a new deal for 90 days")},
)
def forms(case: Case) -> Iterator[Said]:
    """The API does not tell a source's kind (guess: config page C16): its name does."""
    rows = [row for row in case.facts.raw["sources"] if _is_form(row)]
    sql = "SELECT DISTINCT source_id FROM leads WHERE created_at >= ?"
    fresh = {key for (key,) in case.records.ask(sql, case.days_ago(case.limits["days"]))}
    silent = [row for row in rows if row["id"] not in fresh]
    yield Figure("forms_silent", len(silent))
    left = [row for row in silent if row["id"] not in case.ids]
    yield from _sources(
        case,
        left,
        later("{count} sources are forms that brought nothing: {names}"),
        len(rows),
        "source/forms",
    )


def _is_form(row: Mapping[str, Any]) -> bool:
    text = f"{row.get('name')} {row.get('external_id')}".casefold()
    return any(word in text for word in ("form", "форм"))


@rule(
    "B07",
    later("Bots"),
    how=later("bots that are not active; where a bot is called from is not in the API"),
    todo=later("look through the bots: Settings → Communications → Salesbot"),
    limits={"info": 0},
    needs=(LIVE, "bots"),
    figures={"bots": later("bots"), "bots_inactive": later("of them not active")},
)
def bots(case: Case) -> Iterator[Said]:
    """For information only (third party: config page C19)."""
    rows = case.facts.raw["bots"]
    idle = [
        row
        for row in rows
        if (row.get("settings") or {}).get("active") is False and row.get("id") not in case.ids
    ]
    yield Figure("bots", len(rows))
    yield Figure("bots_inactive", len(idle))
    yield from case.over(
        tr("{count} of {total} bots are not active", count=len(idle), total=len(rows)),
        len(idle),
        len(rows),
        ids=[row["id"] for row in idle],
        entity="bots",
        severity=INFO if idle else None,
    )


@rule(
    "B08",
    later("Ids in code that no longer exist"),
    how=later(
        "ids that the lock file remembers, from which `outputs` are made, and that the account no longer has"
    ),
    todo=later("run `amoconf plan`: it makes the things anew or forgets them; then generate the ids anew"),
    limits={"error": 0},
    needs=(LIVE, SPEC),
    figures={"ids_gone": later("remembered ids that the account no longer has")},
)
def stale_ids(case: Case) -> Iterator[Said]:
    """Kinds that could not be read are not judged."""
    if not case.facts.locked:
        raise Skip(tr("no lock file remembers ids"))
    there = {(item.address.kind, item.id) for item in case.facts.account.resources}
    read = {kind for kind, _ in there}
    known = {address: key for address, key in case.facts.locked.items() if address.kind in read}
    gone = [
        address for address, key in known.items() if (address.kind, key) not in there and key not in case.ids
    ]
    yield Figure("ids_gone", len(gone))
    yield from case.over(
        trn(
            "{number} remembered id is gone, such as {example}",
            "{number} remembered ids are gone, such as {example}",
            len(gone),
            example=gone[0] if gone else "",
        ),
        len(gone),
        len(known),
        ids=[str(address) for address in gone],
    )
