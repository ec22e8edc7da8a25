"""Faults that change what lists show: moving rows, filters without effect, a search that lags."""

import json

from amoconf.emulator.answer import NOTHING, ok
from amoconf.emulator.call import Call
from amoconf.emulator.routes import Route
from amoconf.emulator.shift import disturbed

ROWS = [{"id": n, "updated_at": 1000 + n} for n in range(1, 10)]


def page_of_rows(call):
    """A list of nine rows in pages of three, like any list handler."""
    start = 3 * (int(call.query.get("page", 1)) - 1)
    rows = ROWS[start : start + 3] if "filter" not in call.query else ROWS[:1]
    return ok({"_page": 1, "_links": {}, "_embedded": {"leads": rows}}) if rows else NOTHING


def listed(crm, path="/api/v4/leads", **query):
    route = Route("GET", path, page_of_rows, False, "", "imitated", "")
    words = {name: str(value) if name != "filter" else value for name, value in query.items()}
    answer = disturbed(route, Call(crm.world, "GET", path, words, "", None, {}, ""))
    return [row["id"] for row in json.loads(answer.text)["_embedded"]["leads"]] if answer.text else []


def test_rows_move_between_pages(crm):
    crm.faults(shifting_pages=1)
    assert listed(crm, page=1) == [1, 2, 3]
    seen = [listed(crm, page=2) for _ in range(2)]
    assert sorted(seen) == [[3, 4, 5], [5, 6, 7]]
    assert sorted(listed(crm, page=3) for _ in range(2)) == [[6, 7, 8], [8, 9]]
    assert listed(crm, page=4) == []
    assert listed(crm, "/api/v4/leads/pipelines", page=2) == [4, 5, 6]
    assert crm.control("GET", "faults").json()["shifting_pages"]["count"] == 4


def test_filters_have_no_effect(crm):
    assert listed(crm, filter={"id": "1"}) == [1]
    crm.faults(filters_ignored=1)
    assert listed(crm, filter={"id": "1"}) == [1, 2, 3]
    assert listed(crm, "/api/v4/tasks", filter={"id": "1"}) == [1]


def test_search_finds_late(make_crm):
    crm = make_crm(search_lag_ms=0)
    crm.post("leads", [{"name": "Забор"}])
    assert crm.get("leads", query="Забор").status_code == 200
    report = crm.faults(search_lag_ms=60_000)
    assert report["search_lag_ms"]["count"] == 0
    assert crm.get("leads", query="Забор").status_code == 204
    assert crm.get("leads").status_code == 200
    assert crm.faults(search_lag_ms=0)["search_lag_ms"]["count"] == 1
    assert crm.get("leads", query="Забор").status_code == 200


def test_deals_move_and_filters_fail_over_the_wire(make_crm):
    crm = make_crm(api_filter_enabled=True)
    crm.post("leads", [{"name": str(n)} for n in range(9)])

    def ids(**query):
        found = crm.get("leads", limit=3, **{"order[id]": "asc", **query}).json()["_embedded"]["leads"]
        return [lead["id"] for lead in found]

    pages = [ids(page=page) for page in (1, 2, 3)]
    crm.faults(shifting_pages=1)
    moved = {tuple(ids(page=2)) for _ in range(2)}
    first, second, third = pages
    assert moved == {(*second[1:], third[0]), (first[-1], *second[:2])}
    chosen = {"filter[id][]": second[0]}
    assert ids(**chosen) == [second[0]]
    crm.faults(filters_ignored=1)
    assert ids(**chosen) == first
