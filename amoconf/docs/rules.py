"""Dictionaries, integrations, policy, norms, what a person looks after, and what has been taken out of use."""

from typing import Any
from urllib.parse import urlsplit

from amoconf.codecs import dump_duration
from amoconf.docs.naming import called, name_of, stays
from amoconf.model import Account, Resource, Settings
from amoconf.values import Address, Hidden, Value

Document = dict[str, Any]
PERSONAL = ("admins.allow", "admins.technical")
# Of a policy these say how amoconf judges and writes, nothing of how people work.
TECHNICAL = ("audit", "brakes")


def dictionaries(account: Account) -> Document:
    """Loss reasons, tags by card, task types: names only."""
    tags: dict[str, list[str]] = {}
    for item in account.of("tag"):
        if stays(item):
            tags.setdefault(item.address.path[0], []).append(name_of(item))
    return {
        "loss_reasons": _names(account, "loss_reason"),
        "tags": tags,
        "task_types": _names(account, "task_type"),
    }


def _names(account: Account, kind: str) -> list[str]:
    return [name_of(item) for item in account.within(kind, ()) if stays(item)]


def integrations(account: Account) -> Document:
    """Widgets by code; webhooks by the machine that they go to, for the rest of a URL may be secret."""
    hooks = [item for item in account.of("webhook") if stays(item)]
    return {
        "widgets": [
            str(item.attrs.get("code", item.address.key)) for item in account.of("widget") if stays(item)
        ],
        "webhooks": [
            {
                "address": str(item.address),
                "key": item.address.key,
                "host": host(item.attrs.get("url")),
                "events": list(item.attrs.get("events", ())),
            }
            for item in hooks
        ],
    }


def host(url: Value) -> str | None:
    """Where a webhook goes; None where that itself is a secret."""
    shown = url.shown if isinstance(url, Hidden) else str(url or "")
    try:
        name = urlsplit(shown).hostname
    except ValueError:
        return None
    return None if not name or "$" in name or "{" in name else name


def policy(settings: Settings, *, with_people: bool) -> Document:
    """What the policy says of people and rights, by its keys."""
    hidden = TECHNICAL if with_people else (*TECHNICAL, *PERSONAL)
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in settings.policy.items()
        if key not in hidden
    }


def norms(settings: Settings) -> Document:
    """Norms by their keys, canonical: seconds, shares from 0 to 1, counts."""
    return dict(settings.kpi)


def manual(settings: Settings) -> list[Document]:
    """What a person attests. every: as YAML has it; seconds: the same as a number."""
    return [
        {
            "key": key,
            "title": item["title"],
            "where": item.get("where"),
            "every": dump_duration(item["every"]),
            "seconds": item["every"],
        }
        for key, item in settings.manual.items()
    ]


def gone(account: Account, *, with_people: bool) -> list[Document]:
    """What was taken out of use, and why; where a stage's deals went."""
    left = [item for item in account.resources if not stays(item)]
    return [_gone(item, account) for item in left if with_people or item.address.kind != "user"]


def _gone(item: Resource, account: Account) -> Document:
    target = item.marks.extras.get("move_deals_to")
    above = Address("pipeline", item.address.home) if item.address.kind == "stage" else None
    return {
        "address": str(item.address),
        "kind": item.address.kind,
        "name": name_of(item),
        "within": called(above, account) if above else None,
        "way": "archived" if item.marks.absent is None else "absent",
        "reason": item.marks.absent if item.marks.absent is not None else item.marks.archived,
        "to": called(target, account) if isinstance(target, Address) else None,
    }
