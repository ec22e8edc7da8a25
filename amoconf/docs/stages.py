"""Pipelines and their stages: criteria, limits, hints, and what must be filled in where."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.codecs import dump_duration
from amoconf.docs.naming import called, name_of, stays
from amoconf.kinds import KINDS
from amoconf.kinds._hints import LEVELS
from amoconf.model import Account, Resource
from amoconf.values import Address

Document = dict[str, Any]
# The platform's own colours of the closing stages (official: config page C5).
CLOSING: Mapping[str, str] = {"won": "#ccff66", "lost": "#d5d8db"}


def pipelines(account: Account) -> list[Document]:
    """Pipelines in use, in the order of the menu."""
    needed = demands(account)
    return [_pipeline(item, account, needed) for item in account.within("pipeline", ()) if stays(item)]


def demands(account: Account) -> Mapping[Address, Sequence[Resource]]:
    """Stage → fields without which a deal cannot enter it."""
    found: dict[Address, list[Resource]] = {}
    for field in account.of("field"):
        for stage in field.attrs.get("required_at", ()) if stays(field) else ():
            found.setdefault(stage, []).append(field)
    return found


def _pipeline(item: Resource, account: Account, needed: Mapping[Address, Sequence[Resource]]) -> Document:
    own = account.within("stage", item.address.path)
    open_stages = [stage for stage in own if stays(stage) and stage.address.key not in (*CLOSING, "unsorted")]
    closing = [_closing(item.address, key, account) for key in CLOSING]
    return {
        "address": str(item.address),
        "name": name_of(item),
        "main": bool(item.attrs.get("main")),
        "unsorted": item.attrs.get("unsorted"),
        "stages": [_stage(stage, account, needed) for stage in (*open_stages, *closing)],
    }


def _closing(pipeline: Address, key: str, account: Account) -> Resource:
    """Every pipeline has it, written down or not."""
    address = Address("stage", (*pipeline.path, key))
    return account.get(address) or Resource(address, {"name": called(address, account)})


def _stage(item: Resource, account: Account, needed: Mapping[Address, Sequence[Resource]]) -> Document:
    limit = item.attrs.get("stall_limit")
    key = item.address.key
    return {
        "address": str(item.address),
        "name": name_of(item),
        "color": CLOSING.get(key, item.attrs.get("color")),
        "closing": key if key in CLOSING else None,
        "entry": item.attrs.get("entry"),
        "stall_limit": None if limit is None else dump_duration(limit),
        "seconds": limit,
        "hints": hints(item, account),
        "required": [_required(field) for field in needed.get(item.address, ())],
    }


def _required(field: Resource) -> Document:
    return {"address": str(field.address), "name": name_of(field), "scope": field.address.path[0]}


def hints(item: Resource, account: Account) -> list[Document]:
    """Hints by level, without one that `defaults.stage_hint` makes of what is told anyway."""
    bare = item.but(attrs={name: value for name, value in item.attrs.items() if name != "hints.newbie"})
    made = KINDS["stage"].prepare(bare, account.settings).attrs.get("hints.newbie")
    told = {level: item.attrs.get(f"hints.{level}") for level in LEVELS}
    return [
        {"level": level, "text": text}
        for level, text in told.items()
        if text and not (level == "newbie" and text == made)
    ]
