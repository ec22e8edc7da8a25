"""Answers of configuration endpoints: envelopes of lists, pages, bulk writes, links, the two common refusals.

For endpoints whose things are in the store: `paged(call, ENVELOPES["tags"], things, render)` for lists
that take `page` and `limit`, `whole(...)` for those that do not, `written(...)` for answers to bulk
writes.
For rows that SQL cuts by itself: `Page.of(call)`, then `envelope(call, shape, items, page, total)`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from amoconf.emulator.answer import NOTHING, Answer, Refusal, invalid, ok, problem
from amoconf.emulator.call import Call
from amoconf.emulator.check import fault
from amoconf.emulator.store import Thing

Links = dict[str, dict[str, str]]
Render = Callable[
    [Thing, str], Thing
]  # (thing, query that its own link carries, "" or "?...") -> wire object


@dataclass(frozen=True)
class Envelope:
    """Members of a list answer besides `_embedded`, which holds the items under `key`.

    `links` is for lists without pages: those with pages always have `_links`, and `_page`.
    """

    key: str
    total: bool = False
    page_count: bool = False
    links: bool = False
    last: bool = False


# Table B3 of the configuration page, word for word. Those that it shows with `_links.self` alone are one-page
# samples: a full page still gets `next`, which is what tells a last page from the others (same section).
ENVELOPES = {
    "pipelines": Envelope("pipelines", total=True, links=True),
    "statuses": Envelope("statuses", total=True),
    "loss_reasons": Envelope("loss_reasons"),
    "custom_fields": Envelope("custom_fields", total=True, page_count=True, last=True),
    "custom_field_groups": Envelope("custom_field_groups", total=True),
    "tags": Envelope("tags"),
    "users": Envelope("users", total=True, page_count=True),
    "roles": Envelope("roles", total=True, page_count=True),
    "catalogs": Envelope("catalogs"),
    "customers/statuses": Envelope("statuses", total=True, links=True),
    "customers/segments": Envelope("segments", total=True, page_count=True),
    "webhooks": Envelope("webhooks", total=True),
    "widgets": Envelope("widgets"),
    "sources": Envelope("sources", total=True, links=True),
    "website_buttons": Envelope("website_buttons"),
    "chat_templates": Envelope("chat_templates"),
    "bots": Envelope("items"),
    # guess: configuration page, C18 (only the SDK knows this list)
    "currencies": Envelope("currencies"),
}


@dataclass(frozen=True)
class Page:
    """Which page was asked for: its number from 1 and its size."""

    number: int
    limit: int

    @classmethod
    def of(cls, call: Call, *, default: int = 50, most: int = 250) -> "Page":
        """From `page` and `limit`; refuses a limit above the maximum as the switch says."""
        return cls(*call.page(default=default, most=most))

    @property
    def offset(self) -> int:
        """How many items come before this page."""
        return (self.number - 1) * self.limit

    def query(self, call: Call, number: int | None = None) -> str:
        """The list's query as links repeat it: what the caller sent, with `page` and `limit` always there."""
        own = {"page": str(number or self.number), "limit": str(self.limit)}
        given = parse_qsl(call.query_text, keep_blank_values=True)
        repeated = [(name, own.pop(name, value)) for name, value in given]
        return "?" + urlencode([*repeated, *own.items()])

    def links(self, call: Call, count: int, pages: int | None) -> Links:
        """`self`, `next` when this page is full, from page 2 on `first` and `prev`; `last` if `pages` is set.

        A full last page has a `next` that answers 204 (protocol page, 4).
        """
        wanted = {"self": self.number}
        if count == self.limit:
            wanted["next"] = self.number + 1
        if self.number > 1:
            wanted |= {"first": 1, "prev": self.number - 1}
        if pages is not None:
            wanted["last"] = pages
        return {
            name: {"href": call.link(call.path + self.query(call, number))} for name, number in wanted.items()
        }


def whole(call: Call, shape: Envelope, items: Sequence[Thing]) -> Answer:
    """A list that is not paged; 204 when it is empty."""
    if not items:
        return NOTHING
    head: Thing = {"_total_items": len(items)} if shape.total else {}
    if shape.links:
        head["_links"] = call.own_link
    return ok({**head, "_embedded": {shape.key: list(items)}})


def paged(
    call: Call,
    shape: Envelope,
    things: Sequence[Thing],
    render: Render,
    *,
    default: int = 50,
    most: int = 250,
) -> Answer:
    """One page of things, rendered with the list's query for their own links; 204 when it is empty."""
    page = Page.of(call, default=default, most=most)
    query = page.query(call)
    shown = [render(thing, query) for thing in things[page.offset : page.offset + page.limit]]
    return envelope(call, shape, shown, page, total=len(things))


def envelope(call: Call, shape: Envelope, items: Sequence[Thing], page: Page, total: int) -> Answer:
    """The answer to a paged list whose items are cut and rendered already; `total` counts all pages' items.

    `_total_items` counts the page, as the only sample of several pages shows (protocol page, 4).
    """
    if not items:
        return NOTHING
    pages = -(-total // page.limit)
    head: Thing = {"_total_items": len(items)} if shape.total else {}
    head["_page"] = page.number
    if shape.page_count:
        head["_page_count"] = pages
    head["_links"] = page.links(call, len(items), pages if shape.last else None)
    return ok({**head, "_embedded": {shape.key: list(items)}})


def written(
    call: Call,
    key: str,
    items: Sequence[Thing],
    *,
    status: int = 200,
    total: bool = True,
    links: bool = False,
) -> Answer:
    """The answer to a bulk write. Pipelines, customer stages and sources have `links`; catalogs have
    `links` and no `total` (configuration page, B3)."""
    head: dict[str, Any] = {"_total_items": len(items)} if total else {}
    if links:
        head["_links"] = call.own_link
    return ok({**head, "_embedded": {key: list(items)}}, status)


def linked(call: Call, body: Thing, path: str, request_id: str | None = None) -> Thing:
    """A stored body with `request_id`, when given, and `_links.self` behind it. `path` may hold a query."""
    echo = {} if request_id is None else {"request_id": request_id}
    return {**body, **echo, "_links": {"self": {"href": call.link(path)}}}


def not_found(thing: str) -> Refusal:
    """404 for one unknown id; the sentence is recorded for pipelines and loss reasons, a guess for the rest
    (config page, E2.1)."""
    return problem(404, f"{thing} not found")


def unsuitable(path: str) -> Refusal:
    """Refuses what a single-object write or a DELETE asks for, naming the key (config page, C5)."""
    return invalid([("0", [fault("NotSupportedChoice", path)])])


def something_to_change(item: Thing) -> None:
    """Refuses a PATCH by id that carries nothing but a request id."""
    if not set(item) - {"request_id"}:
        raise problem(400, "Request data can not be empty")
