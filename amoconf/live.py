"""API → Account: reads collections side by side, each page once, and decodes them by their kinds."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from amoconf.errors import AmoconfError, BadAnswer
from amoconf.kind import Source
from amoconf.kinds import KINDS
from amoconf.kinds import _read as say
from amoconf.model import Account, Resource, Settings
from amoconf.tongue import tr
from amoconf.values import Address

ROOT = "/api/v4/"
Items = Sequence[Mapping[str, Any]]
# (kind that asked, what it asked for)
Asked = tuple[str, Source]


class Reads(Protocol):
    """What this module needs of a client: it can read, and nothing else is asked of it."""

    async def get(self, path: str, query: tuple[tuple[str, str], ...] = (), into: Any = Any) -> Any:
        """The JSON of one answer, None for 204. into: a type for msgspec; an answer of another shape comes whole."""

    def pages(
        self, path: str, key: str, query: tuple[tuple[str, str], ...] = (), *, limit: int | None = 250
    ) -> Any:
        """Lists of items, page after page."""


async def read(reader: Reads, sources: Iterable[Source]) -> dict[Source, Items]:
    """The items of each source, read side by side; equal requests are sent once."""
    unique = {(source.path, source.query): source for source in sources}
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {key: group.create_task(_items(reader, source)) for key, source in unique.items()}
    except BaseExceptionGroup as errors:
        raise first_of(errors) from None
    return {source: tasks[source.path, source.query].result() for source in sources}


def first_of(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error to tell of several that came at once."""
    flat = list(_flat(errors))
    return next((error for error in flat if isinstance(error, AmoconfError)), flat[0])


def _flat(errors: BaseExceptionGroup[BaseException]) -> Iterable[BaseException]:
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _flat(error)
        else:
            yield error


async def _items(reader: Reads, source: Source) -> Items:
    path = ROOT + source.path
    if not source.key:
        body = await reader.get(path, source.query)
        return [body] if body is not None else []
    limit = 250 if source.paged else None
    pages = reader.pages(path, source.key, source.query, limit=limit)
    items = [item async for page in pages for item in page]
    return list({_key(item, source): item for item in items}.values())


def _key(item: Any, source: Source) -> Any:
    """Rows that moved between two pages come twice: the later one counts (protocol page 4.2)."""
    if not isinstance(item, Mapping):
        raise _bad(source.path, tr("an item of {list} is no object", list=source.key))
    names = [item.get(name) for name in ("id", "code")]
    return next((str(name) for name in names if isinstance(name, int | str)), id(item))


def _bad(path: str, what: str) -> BadAnswer:
    return BadAnswer(
        f"GET {ROOT}{path}: {what}", tr("nothing was concluded from it; run with -vv to see the answer")
    )


def facts_of(document: Any) -> dict[str, Any]:
    """What the account says of itself. BadAnswer where it does not say which account it is."""
    try:
        return _facts(say.block(document, tr("the answer")))
    except ValueError as error:
        raise _bad("account", str(error)) from error


def has_customers(facts: Mapping[str, Any]) -> bool:
    """Whether customers are on, as far as the account says."""
    return facts.get("customers_mode") not in ("unavailable", "disabled")


def _facts(document: Mapping[str, Any]) -> dict[str, Any]:
    embedded = say.block(document.get("_embedded"), "_embedded")
    settings = say.block(embedded.get("datetime_settings"), "datetime_settings")
    groups = say.rows(embedded.get("users_groups"), "users_groups")
    return {
        "id": say.number(document.get("id")),
        "subdomain": say.named(document, "subdomain"),
        "name": say.line(document.get("name"), "name"),
        "user_id": say.numbered(document.get("current_user_id"), "current_user_id"),
        "customers_mode": say.line(document.get("customers_mode"), "customers_mode"),
        "timezone": say.line(settings.get("timezone"), "timezone"),
        "groups": {say.number(row.get("id")): say.named(row, "name") for row in groups},
        "filters": bool(say.flag(document, "is_api_filter_enabled")),
        "unsorted": bool(say.flag(document, "is_unsorted_on")),
    }


def assemble(asked: Iterable[Asked], items: Mapping[Source, Items], facts: Mapping[str, Any]) -> Account:
    """The found account, under "#id" addresses. BadAnswer where an item lacks what every answer has.

    What only another collection speaks of (a field that its group names) is not there.
    """
    resources: dict[Address, Resource] = {}
    for name, source in asked:
        for item in items[source]:
            for resource in _decoded(name, item, source, facts):
                known = resources.get(resource.address)
                resources[resource.address] = _joined(known, resource) if known else resource
    told = (item for item in resources.values() if KINDS[item.address.kind].identity in item.attrs)
    return Account(tuple(_placed(told)), Settings(), facts)


def _decoded(name: str, item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> list[Resource]:
    try:
        return [_sorted(resource) for resource in KINDS[name].decode(item, source, facts)]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = tr("{name} is missing", name=error.args[0]) if isinstance(error, KeyError) else str(error)
        key = item.get("id", item.get("code"))
        which = f" (id {key})" if isinstance(key, int | str) else ""
        item_of = tr("an item of {list}", list=source.key or tr("the answer"))
        raise _bad(source.path, f"{item_of}{which}: {what}") from error


def _sorted(resource: Resource) -> Resource:
    """The resource with its `sort` as a number, where it has one."""
    if "sort" not in resource.raw:
        return resource
    sort = say.numbered(resource.raw["sort"], "sort")
    return resource if sort is resource.raw["sort"] else resource.but(raw={**resource.raw, "sort": sort})


def _joined(one: Resource, other: Resource) -> Resource:
    """The same thing told by two collections."""
    return replace(
        one,
        attrs={**one.attrs, **other.attrs},
        raw={**one.raw, **other.raw},
        reserved=one.reserved or other.reserved,
        fixed=one.fixed or other.fixed,
        aside=one.aside or other.aside,
    )


def _placed(resources: Iterable[Resource]) -> Iterable[Resource]:
    """Ranks among siblings."""
    homes: dict[tuple[str, tuple[str, ...]], list[Resource]] = {}
    for item in resources:
        homes.setdefault((item.address.kind, item.address.home), []).append(item)
    for items in homes.values():
        yield from (item.but(place=place) for place, item in enumerate(_in_order(items)))


def _in_order(items: Iterable[Resource]) -> list[Resource]:
    """By `sort`, ties by id (spec language, "Order"); what tells no `sort` stands where the answer has it."""
    told = [item for item in items if item.raw.get("sort") is not None]
    result = sorted(told or items, key=lambda item: (item.raw.get("sort") or 0, str(item.id).zfill(20)))
    last: Resource | None = None
    for item in items if told else ():
        if item.raw.get("sort") is None:
            at = next((place for place, other in enumerate(result, 1) if other is last), 0)
            sort = (last or result[0]).raw["sort"]
            item = replace(item, raw={**item.raw, "sort": sort})
            result.insert(at, item)
        last = item
    return result
