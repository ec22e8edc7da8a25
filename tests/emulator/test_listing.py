"""Envelopes and pages, shown on fields and currencies: links, counts, order, filters."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.conftest import BASE, Crm
from tests.emulator.expect import nothing, problem

LEADS = "leads/custom_fields"
HREF = f"{BASE}/api/v4/catalogs/5200/custom_fields"
PATH = "catalogs/5200/custom_fields"


@pytest.fixture
def five(crm: Crm) -> list[int]:
    """Five fields of a list; answers their ids in the order of sort, which is not that of ids."""
    crm.world.store.put("catalog", {"id": 5200, "name": "a", "sort": 1})
    assert nothing(crm.get(PATH))
    kinds = ["text", "numeric", "text", "date", "text"]
    items = [
        {"name": "a", "type": kind, "sort": sort} for kind, sort in zip(kinds, (3, 1, 2, 5, 4), strict=True)
    ]
    made = crm.post(PATH, items).json()["_embedded"]["custom_fields"]
    return [field["id"] for field in sorted(made, key=lambda field: int(field["sort"]))]


def ids(crm: Crm, **query: Any) -> list[int]:
    """Ids of one page."""
    return [field["id"] for field in crm.get(PATH, **query).json()["_embedded"]["custom_fields"]]


def test_first_page(crm: Crm, five: list[int]) -> None:
    document = crm.get(PATH, limit=2).json()
    assert list(document) == ["_total_items", "_page", "_page_count", "_links", "_embedded"]
    assert (document["_total_items"], document["_page"], document["_page_count"]) == (2, 1, 3)
    assert document["_links"] == {
        "self": {"href": f"{HREF}?limit=2&page=1"},
        "next": {"href": f"{HREF}?limit=2&page=2"},
        "last": {"href": f"{HREF}?limit=2&page=3"},
    }
    assert [field["id"] for field in document["_embedded"]["custom_fields"]] == five[:2]


def test_last_page(crm: Crm, five: list[int]) -> None:
    document = crm.get(PATH, limit=2, page=3).json()
    assert (document["_total_items"], document["_page"], document["_page_count"]) == (1, 3, 3)
    assert list(document["_links"]) == ["self", "first", "prev", "last"]
    assert nothing(crm.get(PATH, limit=2, page=4))


def test_a_full_last_page_has_a_next_that_is_empty(crm: Crm, five: list[int]) -> None:
    answer = crm.get(PATH, limit=5)
    assert list(answer.json()["_links"]) == ["self", "next", "last"]
    assert nothing(crm.ask("GET", answer.json()["_links"]["next"]["href"]))


def test_following_next_reads_all(crm: Crm, five: list[int]) -> None:
    found, href = [], f"{HREF}?limit=2&filter%5Btype%5D%5B%5D=text&filter%5Btype%5D%5B%5D=numeric"
    for _ in range(3):
        answer = crm.ask("GET", href)
        if nothing(answer):
            break
        found += [field["id"] for field in answer.json()["_embedded"]["custom_fields"]]
        href = answer.json()["_links"]["next"]["href"]
        assert href.count("filter%5Btype%5D") == 2
    assert found == five[:4]


def test_default_size(crm: Crm, five: list[int]) -> None:
    crm.post(PATH, [{"name": "a", "type": "text"}] * 50)
    assert len(ids(crm)) == 50
    assert crm.get(PATH).json()["_links"]["self"]["href"] == f"{HREF}?page=1&limit=50"
    assert len(ids(crm, limit=250)) == 55


def test_above_the_maximum(make_crm: Callable[..., Crm], crm: Crm) -> None:
    assert problem(crm.get(LEADS, limit=251)) == (422, "Unprocessable Entity", "Limit 250 per page")
    for choice, limit in (("default50", 50), ("clamp250", 250)):
        href = make_crm(over_limit_page=choice).get(LEADS, limit=500).json()["_links"]["self"]["href"]
        assert href.endswith(f"limit={limit}&page=1")


def test_odd_pages(crm: Crm, five: list[int]) -> None:
    assert ids(crm, page=0, limit=2) == ids(crm, page=-3, limit=2) == ids(crm, page="x", limit=2) == five[:2]


def test_order_and_filters(crm: Crm, five: list[int]) -> None:
    assert ids(crm) == five
    assert ids(crm, **{"order[sort]": "desc"}) == five[::-1]
    assert ids(crm, **{"order[id]": "asc"}) == sorted(five)
    assert ids(crm, **{"order[id]": "desc", "limit": 2}) == sorted(five)[:2:-1]
    assert ids(crm, **{"order[name]": "asc"}) == five
    assert ids(crm, **{"filter[type]": "date"}) == [five[4]]
    assert ids(crm, **{"filter[type][]": ["date", "numeric"]}) == [five[0], five[4]]
    assert ids(crm, **{"filter[id][]": [five[1], 5]}) == [five[1]]
    assert nothing(crm.get(PATH, **{"filter[type]": "select"}))
    assert ids(crm, **{"filter[nonsense]": "x"}) == five


def test_currencies(crm: Crm) -> None:
    document = crm.get("currencies", limit=3).json()
    assert list(document) == ["_page", "_links", "_embedded"]
    assert document["_embedded"]["currencies"] == [{"code": "RUB"}, {"code": "USD"}, {"code": "EUR"}]
    assert problem(crm.post("currencies", [{"code": "XXX"}]))[0] == 405
