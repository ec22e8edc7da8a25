"""An account with records, readers of it that can be stopped or watched, and mirrors laid side by side."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from amoconf.api import Access, Reader, Target, open_reader
from amoconf.records.entities import ENTITIES
from amoconf.records.filling import Tell, refresh, silent
from amoconf.records.keep import Keep
from amoconf.records.mirror import Mirror
from amoconf.records.tables import CHILDREN
from tests.faulty import running
from tests.living import Living

KEY = b"a key for tests"
LISTS = ("leads", "contacts", "companies", "tasks")


class Stopped(Exception):
    """The reading ends here."""


class Watched:
    """A reader; `before` hears the number of each request, from 0, and may raise."""

    def __init__(self, reader: Reader, before: Callable[[int], Any] = lambda number: None) -> None:
        self.reader = reader
        self.before = before
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def now(self) -> int:
        """The account's time."""
        return self.reader.now

    async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
        """One answer."""
        self.asked.append((path.removeprefix("/api/v4/"), dict(query)))
        self.before(len(self.asked) - 1)
        return await self.reader.get(path, query, into)

    async def pages(
        self, path: str, key: str, query: Any = (), *, limit: int | None = 250
    ) -> AsyncIterator[Any]:
        """Pages of a list."""
        async for items in self.reader.pages(path, key, query, limit=limit):
            self.asked.append((path.removeprefix("/api/v4/"), dict(query)))
            self.before(len(self.asked) - 1)
            yield items


def keep_all(here: Living, *lists: str) -> Keep:
    """Every field of these lists."""
    fields = here.world.store.all
    return Keep.of(**{name: [field["id"] for field in fields("field", name)] for name in lists or LISTS})


def update(
    here: Living,
    mirror: Mirror,
    keep: Keep,
    *,
    before: Callable[[int], Any] = lambda number: None,
    tell: Tell = silent,
    fresh: bool = False,
) -> int:
    """Refreshes a mirror; answers how many requests that took."""

    async def work() -> int:
        access = Access(here.token)
        target = Target.of("mirror.amocrm.ru", here.url)
        state = here.folder / "state"
        async with open_reader(target, access, pace=None, state_dir=state, clock=running(200)) as reader:
            await refresh(Watched(reader, before), mirror, keep, fresh=fresh, tell=tell)
            return reader.requests

    return asyncio.run(work())


def content(mirror: Mirror) -> dict[str, list[Any]]:
    """Every row of every table but what tells how far it is."""
    return {
        table: sorted(mirror.db.execute(f"SELECT * FROM {table}"), key=repr)
        for table in (*ENTITIES, *CHILDREN)
    }


def differing(one: Mirror, other: Mirror) -> dict[str, set[Any]]:
    """Rows that only one of two mirrors has, by table."""
    mine, theirs = content(one), content(other)
    return {table: found for table in mine if (found := set(mine[table]) ^ set(theirs[table]))}


def fresh(here: Living, keep: Keep) -> Mirror:
    """A mirror that was filled just now and lies nowhere."""
    mirror = Mirror(None, KEY)
    update(here, mirror, keep)
    return mirror


def at(folder: Path) -> Path:
    """Where a mirror lies."""
    return folder / "cache" / "records" / "mirror.sqlite"
