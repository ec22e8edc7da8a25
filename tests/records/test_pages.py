"""A page of records: its own columns at once, field values when somebody asks, and nothing lost by that."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from amoconf.api import Access, Target, open_reader
from amoconf.contents import look
from amoconf.errors import ApiError, BadAnswer
from amoconf.recipe import Recipe
from amoconf.records.entities import ENTITIES
from amoconf.records.keep import Fields
from amoconf.records.mirror import Mirror
from amoconf.records.pages import Page, page_of
from amoconf.records.rows import rows_of
from amoconf.records.shapes import FILLED, filled
from amoconf.study import Seen
from amoconf.values import Address
from tests.api.service import Service, answer, reader, run
from tests.living import Living
from tests.records.mirrored import KEY

LEADS = ENTITIES["leads"]
VALUE = {"field_id": 7, "field_type": "text", "values": [{"value": "Тула"}]}
DEAL = {"id": 5, "price": 100, "name": "Окна", FILLED: [VALUE], "_embedded": {"tags": [{"id": 3}]}}
MORE = {"next": {"href": "x"}}
FIELDS = Fields(frozenset({7}))


def first(service: Service) -> Page:
    """The first page of deals."""

    async def go() -> Page:
        async with reader(service) as api:
            return await page_of(api, LEADS, 1, ())

    return run(go())


def body(items: Any, **more: Any) -> httpx.Response:
    """A page as the service gives it."""
    return answer({"_links": MORE, "_embedded": {"leads": items}, **more})


def raw(text: bytes) -> httpx.Response:
    """A page of one deal of which the field values are this text."""
    deal = b'{"id":5,"custom_fields_values":' + text + b"}"
    return httpx.Response(200, content=b'{"_links":{},"_embedded":{"leads":[' + deal + b"]}}")


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([DEAL], id="a list"),
        pytest.param([{**DEAL, "is_computed": False, "score": None}], id="with keys that nobody asked for"),
        pytest.param({"0": DEAL}, id="an object, as PHP writes a list with gaps"),
    ],
)
def test_a_page_tells_the_same_however_it_is_written(items: Any) -> None:
    page = first(Service(body(items)))
    [deal] = page.items
    assert (page.more, deal["id"], deal["price"], filled(deal)) == (True, 5, 100, [VALUE])
    rows = rows_of(LEADS, page.items, FIELDS, KEY)
    assert [row[-1] for row in rows.cells] == ["Тула"]
    assert [row[-1] for row in rows.tags] == [3]


@pytest.mark.parametrize("text", [b"null", b"[]", b"false", b"{}"])
def test_a_record_without_values_has_none(text: bytes) -> None:
    [deal] = first(Service(raw(text))).items
    assert filled(deal) == []


@pytest.mark.parametrize("text", [b'"x"', b"[1]", b"7", b'[{"field_id":7,"values":"\xff"}]'])
def test_values_that_cannot_be_read_are_an_error_where_they_are_asked_for(text: bytes) -> None:
    page = first(Service(raw(text)))
    with pytest.raises(ValueError, match=r"custom_fields_values|not JSON"):
        filled(page.items[0])
    with pytest.raises(BadAnswer):
        rows_of(LEADS, page.items, FIELDS, KEY)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(b'"\xed\xa0\xbd"', "?", id="half a character as bytes"),
        pytest.param(b"1e400", float("inf"), id="more than any number"),
        pytest.param(
            b"12345678901234567890123", 12345678901234567890123, id="more digits than a column takes"
        ),
    ],
)
def test_odd_values_are_read_and_kept(text: bytes, shown: Any) -> None:
    page = first(Service(raw(b'[{"field_id":7,"values":[{"value":' + text + b"}]}]")))
    assert filled(page.items[0]) == [{"field_id": 7, "values": [{"value": shown}]}]
    with Mirror(None, KEY) as mirror:
        mirror.begin("leads", FIELDS)
        mirror.put("leads", page.items, FIELDS)
        assert next(mirror.db.execute("SELECT value FROM cell"))[0] == (
            float(shown) if isinstance(shown, int) else shown
        )


@pytest.mark.parametrize("item", [{"id": 2**63}, {"id": True}, {"id": 1, "price": 2**64}])
def test_what_no_column_takes_is_an_error(item: Any) -> None:
    def mirrored() -> None:
        page = first(Service(body([item])))
        with Mirror(None, KEY) as mirror:
            mirror.begin("leads", FIELDS)
            mirror.put("leads", page.items, FIELDS)

    with pytest.raises(BadAnswer):
        mirrored()


def test_a_walk_names_the_list_of_which_a_value_cannot_be_read() -> None:
    page = body([])
    bad = httpx.Response(
        200, content=page.content.replace(b'"leads":[]', b'"leads":[{"id":5,"custom_fields_values":"x"}]')
    )
    taker = Seen(Recipe("leads", 7, Address("field", ("leads", "city")), "text", "select", {}, ()))

    async def go() -> None:
        async with reader(Service(bad)) as api:
            await look(api, "leads", [taker])

    with pytest.raises(BadAnswer, match="api/v4/leads"):
        run(go())


def test_half_a_character_in_a_value_is_read_as_everywhere() -> None:
    text = json.dumps([{**VALUE, "values": [{"value": "Ту\ud83dла"}]}]).encode()
    [deal] = first(Service(raw(text))).items
    assert filled(deal)[0]["values"] == [{"value": "Ту?ла"}]


def test_a_refusal_inside_a_good_answer_is_one() -> None:
    errors = [{"errors": [{"code": "NotSupportedChoice", "path": "x", "detail": "y"}]}]
    with pytest.raises(ApiError):
        first(Service(body([DEAL], **{"validation-errors": errors})))


@pytest.mark.parametrize("items", [None, "x", 7, [1], [None]])
def test_what_is_no_list_of_records_is_an_error(items: Any) -> None:
    with pytest.raises(BadAnswer):
        first(Service(body(items)))


def test_a_page_holds_what_the_whole_answer_holds(tmp_path: Path) -> None:
    here = Living(tmp_path, scenario="audited", scale=0.002)
    try:
        asyncio.run(_compare(here))
    finally:
        here.end()


async def _compare(here: Living) -> None:
    access, target = Access(here.token), Target.of("stroymarket.amocrm.ru", here.url)
    async with open_reader(target, access, pace=None, state_dir=here.folder) as api:
        for name in ("leads", "contacts", "companies", "tasks"):
            entity = ENTITIES[name]
            query = (*entity.query, ("limit", "250"), ("page", "1"))
            whole = (await api.get(entity.path, query))["_embedded"][entity.name]
            page = await page_of(api, entity, 1, ())
            wanted = {*entity.columns, "name", "_embedded", FILLED}
            assert whole
            assert [{**item, FILLED: filled(item)} for item in page.items] == [
                {
                    FILLED: [],
                    **{key: given[key] or [] if key == FILLED else given[key] for key in wanted & set(given)},
                }
                for given in whole
            ]
