"""API → Account: reads collections side by side, each page once, and decodes them by their kinds."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from amoconf.errors import AmoconfError, BadAnswer
from amoconf.kind import Source
from amoconf.kinds import KINDS
from amoconf.model import Account, Resource, Settings
from amoconf.values import Address

ROOT = "/api/v4/"
Items = Sequence[Mapping[str, Any]]
# (kind that asked, what it asked for)
Asked = tuple[str, Source]


class Reads(Protocol):
    """What this module needs of a client: it can read, and nothing else is asked of it."""

    async def get(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Any:
        """The JSON of one answer, None for 204."""

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
        raise BadAnswer(
            f"GET {ROOT}{source.path}: an item of {source.key} is no object", "nothing was concluded"
        )
    return item.get("id", item.get("code", id(item)))


def facts_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the account says of itself."""
    embedded = document.get("_embedded") or {}
    settings = embedded.get("datetime_settings") or {}
    groups = {row.get("id"): row.get("name") for row in embedded.get("users_groups") or ()}
    return {
        "id": document.get("id"),
        "subdomain": document.get("subdomain"),
        "name": document.get("name"),
        "user_id": document.get("current_user_id"),
        "customers_mode": document.get("customers_mode"),
        "timezone": settings.get("timezone"),
        "groups": groups,
        "filters": bool(document.get("is_api_filter_enabled")),
    }


def assemble(asked: Iterable[Asked], items: Mapping[Source, Items], facts: Mapping[str, Any]) -> Account:
    """The found account, under "#id" addresses. BadAnswer where an item lacks what every answer has."""
    resources: dict[Address, Resource] = {}
    for name, source in asked:
        for item in items[source]:
            for resource in _decoded(name, item, source, facts):
                known = resources.get(resource.address)
                resources[resource.address] = _joined(known, resource) if known else resource
    return Account(tuple(_placed(resources.values())), Settings(), facts)


def _decoded(name: str, item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> list[Resource]:
    try:
        return list(KINDS[name].decode(item, source, facts))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"GET {ROOT}{source.path}: an item of {source.key or 'the answer'} is not as the API promises ({error!r})"
        raise BadAnswer(text, "nothing was concluded from it; run with -vv to see the item") from error


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
    """Ranks among siblings: by `sort`, ties by id (spec language, "Order")."""
    homes: dict[tuple[str, tuple[str, ...]], list[Resource]] = {}
    for item in resources:
        homes.setdefault((item.address.kind, item.address.home), []).append(item)
    for items in homes.values():
        items.sort(key=lambda item: (item.raw.get("sort") or 0, str(item.id).zfill(20)))
        yield from (replace(item, place=place) for place, item in enumerate(items))
