"""Faults that change what a list shows: filters without effect, rows that move between pages, a search that lags."""

import json
import re
from dataclasses import replace
from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, dumps
from amoconf.emulator.call import Call
from amoconf.emulator.query import integer
from amoconf.emulator.routes import Route
from amoconf.emulator.world import World

ENTITY = "leads|contacts|companies|customers"
# The lists whose filters are a paid add-on (protocol page, 5.1).
FILTERED = re.compile(rf"/api/v4/({ENTITY})/?")
# Lists of records, which people change while a client pages through them.
MOVING = re.compile(
    rf"/api/v4/(({ENTITY}|tasks|events|leads/unsorted)|({ENTITY})/notes|catalogs/\d+/elements)/?"
)
Row = dict[str, Any]


def disturbed(route: Route, call: Call) -> Answer:
    """The handler's answer, disturbed as the faults say."""
    faults = call.world.faults
    if "filter" in call.query and FILTERED.fullmatch(call.path) and faults.strikes("filters_ignored"):
        call = replace(call, query={name: value for name, value in call.query.items() if name != "filter"})
    if call.query.get("query") and faults.value("search_lag_ms"):
        faults.count("search_lag_ms")
        call = replace(call, world=_with_lag(call.world))
    answer = route.handler(call)
    later = (integer(call.query.get("page")) or 1) > 1 and answer.status == 200
    if later and MOVING.fullmatch(call.path) and faults.strikes("shifting_pages"):
        return _moved(route, call, answer)
    return answer


def _with_lag(world: World) -> World:
    """The search lags by a switch of the same name; the fault takes its place."""
    return replace(
        world, switches=replace(world.switches, search_lag_ms=int(world.faults.value("search_lag_ms")))
    )


def _moved(route: Route, call: Call, answer: Answer) -> Answer:
    page = integer(call.query["page"]) or 1
    name, here = _rows(answer)
    if (call.world.faults.counts["shifting_pages"] + call.world.seed) % 2:
        # A row of an earlier page is gone: everything moved up by one.
        rows = here[1:] + _rows(_other(route, call, page + 1))[1][:1]
    else:
        # A row was added before: everything moved down by one.
        before = _rows(_other(route, call, page - 1))[1]
        rows = [*before[-1:], *here][: len(before)]
    return _with_rows(answer, name, rows)


def _other(route: Route, call: Call, page: int) -> Answer:
    return route.handler(replace(call, query={**call.query, "page": str(page)}))


def _rows(answer: Answer) -> tuple[str, list[Row]]:
    if not answer.text:
        return "", []
    [(name, rows)] = json.loads(answer.text)["_embedded"].items()
    return name, rows


def _with_rows(answer: Answer, name: str, rows: list[Row]) -> Answer:
    if not rows:
        return NOTHING
    body = json.loads(answer.text)
    body["_embedded"][name] = rows
    return replace(answer, text=dumps(body))
