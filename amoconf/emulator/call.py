"""One request as a handler sees it: the account, who asks, path values, query, body; and the checks all share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from amoconf.emulator.answer import invalid, problem
from amoconf.emulator.check import BIGGEST, Fault, Shape, as_object, check, wrong_type
from amoconf.emulator.query import Query, integer
from amoconf.emulator.store import ORIGIN, Store, Thing
from amoconf.emulator.world import World

Item = dict[str, Any]
Refine = Callable[[Item], Sequence[Fault]]
MOST_ITEMS = 250


@dataclass
class Call:
    """A request that passed the gate. `user` is the acting user's stored object (see config/users)."""

    world: World
    method: str
    path: str
    query: Query
    query_text: str
    body: Any
    user: Thing
    client_id: str
    values: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The account's data."""
        return self.world.store

    @property
    def now(self) -> int:
        """The emulated time, Unix seconds."""
        return self.world.clock.now()

    @property
    def is_admin(self) -> bool:
        """Whether the acting user is an administrator."""
        return bool(self.user["rights"]["is_admin"])

    def id(self, name: str = "id") -> int:
        """A path value as a number, no bigger than PHP reads it."""
        return min(int(self.values[name]), BIGGEST)

    def link(self, path: str) -> str:
        """A link to a path of this host, under the caller's own origin."""
        return f"{ORIGIN}{path}"

    @property
    def own_link(self) -> dict[str, dict[str, str]]:
        """`_links` with a `self` to this request, query included."""
        query = f"?{self.query_text}" if self.query_text else ""
        return {"self": {"href": self.link(self.path + query)}}

    def with_words(self) -> frozenset[str]:
        """The words of `with=`; unknown ones are simply never asked for (protocol page, 5.3: guess)."""
        given = self.query.get("with", "")
        text = ",".join(given.values()) if isinstance(given, dict) else str(given)
        return frozenset(word.strip() for word in text.split(",") if word.strip())

    def batch(
        self, shape: Shape, refine: Refine | None = None, most: int = MOST_ITEMS
    ) -> list[tuple[Item, str]]:
        """The items of an array body with their request ids, or the refusal of the whole batch."""
        if self.body in (None, [], {}):
            raise problem(400, "Request data can not be empty")
        if not isinstance(self.body, list):
            raise self._no_list()
        if len(self.body) > most:
            raise problem(422, f"Limit {most} per page")
        return self.checked(self.body, shape, refine)

    def _no_list(self) -> Exception:
        """A bare object where an array belongs: its keys are the path (third party: config page, B5)."""
        if isinstance(self.body, dict):
            return invalid([("0", [wrong_type(str(name), "array") for name in self.body])])
        return problem(400, "Request validation failed")

    def checked(self, items: list[Any], shape: Shape, refine: Refine | None) -> list[tuple[Item, str]]:
        """Items with request ids; raises shape A naming every bad one."""
        bad, items = [], [as_object(item) for item in items]
        for index, item in enumerate(items):
            faults = [*check(item, shape)]
            if not faults and refine is not None:
                faults = [*refine(item)]
            if faults:
                bad.append((request_id(item, index), faults))
        if bad:
            raise invalid(bad)
        return [(item, request_id(item, index)) for index, item in enumerate(items)]

    def one(self, shape: Shape, refine: Refine | None = None) -> Item:
        """The single object of a body, or the refusal; its faults are reported under request_id "0"."""
        if self.body in (None, [], {}):
            raise problem(400, "Request data can not be empty")
        return self.checked([self.body], shape, refine)[0][0]

    def page(self, *, default: int = 50, most: int = 250) -> tuple[int, int]:
        """(page number from 1, page size); above the maximum the switch over_limit_page decides."""
        page = integer(self.query.get("page")) or 1
        limit = integer(self.query.get("limit")) or default
        if limit > most:
            limit = self.world.switches.page_above(limit, default=default, most=most)
            if limit < 0:
                raise problem(422, f"Limit {most} per page")
        return max(page, 1), max(limit, 1)


def request_id(item: Any, index: int) -> str:
    """What the caller sent, or the zero-based index, as text (config page, B4)."""
    given = item.get("request_id") if isinstance(item, dict) else None
    return str(index) if given is None else str(given)
