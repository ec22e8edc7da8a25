"""Records in memory that answer as the service does, under any list's name, and can be made to answer otherwise."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any

from amoconf.records.filling import refresh
from amoconf.records.keep import Keep
from amoconf.records.mirror import Mirror

KEEP = Keep.of(contacts=())
Row = dict[str, Any]


class Cut(Exception):
    """The reading ends here."""


class Listed:
    """One account with the same records in each list. `before` hears the number of each request, from 0; `answer` may change the rows of each."""

    def __init__(self, size: int, first: int = 1000) -> None:
        self.now = 1_700_000_000
        self.rows = {key: self._row(key) for key in range(first, first + size)}
        self.now += 1000
        self.events: list[Row] = []
        self.asked = 0
        self.before: Callable[[int], Any] = lambda number: None
        self.answer: Callable[[int, list[Row]], list[Row]] = lambda number, rows: rows

    def _row(self, key: int) -> Row:
        self.now += 1
        return {"id": key, "created_at": self.now, "updated_at": self.now, "responsible_user_id": 1}

    def add(self, *keys: int) -> None:
        """New records."""
        self.rows |= {key: self._row(key) for key in keys}

    def change(self, *keys: int, **words: Any) -> None:
        """Changes records now."""
        for key in keys:
            self.rows[key] = {**self.rows[key], "responsible_user_id": 2, "updated_at": self.now, **words}

    def merge(self, gone: int, into: int) -> None:
        """Two contacts become one: the event names the one that stays."""
        del self.rows[gone]
        self.change(into)
        event = {"type": "entity_merged", "entity_type": "contact", "entity_id": into}
        self.events.insert(0, {**event, "created_at": self.now})

    async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
        """One page."""
        words, number = dict(query), self.asked
        self.asked += 1
        self.before(number)
        key = path.rpartition("/")[2]
        rows = self.events if key == "events" else self._ordered(words)
        page, limit = int(words["page"]), int(words["limit"])
        shown = self.answer(number, rows[(page - 1) * limit : page * limit])
        links = {"next": {"href": "x"}} if len(shown) == limit else {}
        return {"_embedded": {key: [dict(row) for row in shown]}, "_links": links} if shown else None

    def _ordered(self, words: dict[str, str]) -> list[Row]:
        name = next((name for name in ("id", "updated_at") if f"order[{name}]" in words), "")
        if not name:
            return list(self.rows.values())
        down, since = words[f"order[{name}]"] == "desc", int(words.get("filter[updated_at][from]", 0))
        rows = [row for row in self.rows.values() if row["updated_at"] >= since]
        return sorted(rows, key=lambda row: (row[name], row["id"]), reverse=down)

    async def pages(
        self, path: str, key: str, query: Any = (), *, limit: int | None = 250
    ) -> AsyncIterator[Any]:
        """Pages of a list."""
        for page in count(1):
            body = await self.get(path, (*query, ("limit", str(limit)), ("page", str(page))))
            if body is None:
                return
            yield body["_embedded"][key]
            if not body["_links"]:
                return

    def told(self, mirror: Mirror, keep: Keep = KEEP) -> int:
        """Refreshes a mirror; answers how many requests that took."""
        before = self.asked
        asyncio.run(refresh(self, mirror, keep))
        return self.asked - before

    def differing(self, mirror: Mirror, entity: str = "contacts") -> set[Any]:
        """Records that only one of the two has like this."""
        names = ("id", "created_at", "updated_at", "responsible_user_id")
        own = {tuple(row[name] for name in names) for row in self.rows.values()}
        return own ^ set(mirror.db.execute(f"SELECT {', '.join(names)} FROM {entity}"))
