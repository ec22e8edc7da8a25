"""Family B: widgets, webhooks, bots, and ids that code holds."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from amoconf.audit.case import Case
from amoconf.audit.rule import INFO, Family, Figure, Said, Skip
from amoconf.facts import LIVE, SPEC
from amoconf.lock import successor
from amoconf.tongue import later, tr, trn
from amoconf.values import plain

FAMILY = Family()
rule = FAMILY.rule
BROAD = 8  # events of one webhook
Told = Callable[[int, str], str]
TOLD: Mapping[str, Told] = {
    "disabled": lambda count, hosts: trn(
        "{number} webhook is switched off by the service: {hosts}",
        "{number} webhooks are switched off by the service: {hosts}",
        count,
        hosts=hosts,
    ),
    "without_https": lambda count, hosts: trn(
        "{number} webhook is sent without https: {hosts}",
        "{number} webhooks are sent without https: {hosts}",
        count,
        hosts=hosts,
    ),
    "doubled": lambda count, hosts: trn(
        "{number} webhook goes to an address that has another: {hosts}",
        "{number} webhooks go to an address that has another: {hosts}",
        count,
        hosts=hosts,
    ),
    "broad": lambda count, hosts: trn(
        "{number} webhook is of very many kinds of events: {hosts}",
        "{number} webhooks are of very many kinds of events: {hosts}",
        count,
        hosts=hosts,
    ),
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
            tr("not in the list of allowed widgets"),
            strange,
            address="widget/strange",
            entity="widgets",
            severity="warn",
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
            TOLD[name](len(left), hosts),
            len(left),
            len(hooks),
            address=f"webhook/{name}" if left else "",
            ids=[item.id if item.id is not None else str(item.address) for item in left],
            entity="webhooks",
        )


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
    # No constant is made of a field that was replaced, and whoever deletes it does well.
    named = (row for row in case.facts.locked.items() if successor(row[0]) not in case.facts.locked)
    known = {address: key for address, key in named if address.kind in read}
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
