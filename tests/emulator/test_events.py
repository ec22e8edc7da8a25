"""Events: what every change writes, and how they are read (protocol page, 9)."""

import re

import pytest

from tests.emulator.expect import nothing, problem
from tests.emulator.some import add, events, field, pipeline, value

KEYS = (
    "id type entity_id entity_type created_by created_at value_after value_before account_id _links _embedded"
).split()


def ids(crm, **query):
    answer = crm.get("events", **query)
    return [row["id"] for row in answer.json()["_embedded"]["events"]] if answer.status_code == 200 else []


def kinds(crm, **query):
    return [kind for kind, _, _ in events(crm, **query)]


def test_an_event(crm):
    home, _, ordinary = pipeline(crm)
    key = add(crm)
    crm.patch(f"leads/{key}", {"status_id": ordinary[1]})
    event = crm.get("events").json()["_embedded"]["events"][0]
    assert list(event) == KEYS
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", event["id"])
    assert (event["type"], event["entity_type"], event["entity_id"]) == ("lead_status_changed", "lead", key)
    assert event["value_after"] == [{"lead_status": {"id": ordinary[1], "pipeline_id": home}}]
    assert event["value_before"] == [{"lead_status": {"id": ordinary[0], "pipeline_id": home}}]
    assert event["created_by"] == crm.world.store.all("user")[0]["id"]
    assert event["_embedded"]["entity"]["_links"]["self"]["href"].endswith(f"/api/v4/leads/{key}")
    assert crm.get(f"events/{event['id']}").json() == event
    assert problem(crm.get("events/01aaaaaaaaaaaaaaaaaaaaaaaa"))[0] == 404


def test_what_a_patch_writes(crm):
    user = crm.world.store.all("user")[0]
    other = {**user, "id": 77}
    crm.world.store.put("user", other)
    key = add(crm, name="А", price=100)
    crm.patch(f"leads/{key}", {"name": "Б", "price": 155, "responsible_user_id": 77})
    assert events(crm)[1:] == [
        ("name_field_changed", [{"name_field_value": {"name": "Б"}}], [{"name_field_value": {"name": "А"}}]),
        ("sale_field_changed", [{"sale_field_value": {"sale": 155}}], [{"sale_field_value": {"sale": 100}}]),
        (
            "entity_responsible_changed",
            [{"responsible_user": {"id": 77}}],
            [{"responsible_user": {"id": user["id"]}}],
        ),
    ]


def test_values_of_fields(crm):
    text, many = field(crm, "text"), field(crm, "multiselect")
    kazan, ufa, _ = (option["id"] for option in many["enums"])
    key = add(crm, custom_fields_values=value(text["id"], {"value": "a"}))
    crm.patch(
        f"leads/{key}", {"custom_fields_values": value(many["id"], {"enum_id": kazan}, {"enum_id": ufa})}
    )
    crm.patch(f"leads/{key}", {"custom_fields_values": [{"field_id": text["id"], "values": None}]})
    filled, cleared = events(crm)[1:]

    def element(one, kind, enum, text):
        shown = {"field_id": one["id"], "field_type": kind, "enum_id": enum, "text": text}
        return {"custom_field_value": shown}

    after = [element(many, 5, kazan, "Казань"), element(many, 5, ufa, "Уфа")]
    assert filled == ("custom_field_value_changed", after, [])
    assert cleared == ("custom_field_value_changed", [], [element(text, 1, None, "a")])


def test_types_with_the_field_in_their_name(make_crm):
    crm = make_crm(field_event_type="by_id")
    one = field(crm, "text")
    key = add(crm)
    crm.patch(f"leads/{key}", {"custom_fields_values": value(one["id"], {"value": "a"})})
    assert kinds(crm)[-1] == f"custom_field_{one['id']}_value_changed"


def test_times_and_links_between(crm):
    contact, lead = add(crm, "contacts", name="Анна"), add(crm)
    crm.post(f"leads/{lead}/link", [{"to_entity_id": contact, "to_entity_type": "contacts"}])
    crm.post(f"leads/{lead}/unlink", [{"to_entity_id": contact, "to_entity_type": "contacts"}])
    element = [{"link": {"entity": {"type": "contact", "id": contact}}}]
    assert events(crm)[2:] == [("entity_linked", element, []), ("entity_unlinked", [], element)]


def test_newest_first_and_ids_in_order(crm):
    for _ in range(3):
        add(crm)
        crm.world.clock.advance(5)
    found = ids(crm)
    assert found == sorted(found, reverse=True)
    times = [row["created_at"] for row in crm.get("events").json()["_embedded"]["events"]]
    assert times == sorted(times, reverse=True)


def test_the_page_of_events_is_a_hundred(crm, make_crm):
    crm.post("leads", [{} for _ in range(120)])
    assert len(ids(crm, limit=100)) == 100
    assert len(ids(crm, limit=101)) == len(ids(crm, limit=250)) == len(ids(crm)) == 50
    assert len(ids(crm, limit=100, page=2)) == 20
    assert "next" in crm.get("events", limit=60, page=2).json()["_links"]
    assert nothing(crm.get("events", limit=60, page=3))
    wide = make_crm(events_limit=250)
    wide.post("leads", [{} for _ in range(120)])
    assert len(ids(wide, limit=250)) == 120


def test_filters(crm):
    home, _, ordinary = pipeline(crm)
    one, two = add(crm), add(crm, "contacts", name="Анна")
    crm.world.clock.advance(100)
    later = crm.world.clock.now()
    crm.patch(f"leads/{one}", {"status_id": ordinary[1]})
    crm.patch(f"leads/{one}", {"status_id": 142})
    crm.patch(f"leads/{one}", {"name": "Скоба", "price": 155})
    assert kinds(crm, **{"filter[type]": "lead_added,contact_added"}) == ["lead_added", "contact_added"]
    assert kinds(crm, **{"filter[type][]": ["contact_added"]}) == ["contact_added"]
    assert kinds(crm, **{"filter[entity]": "contact"}) == ["contact_added"]
    assert kinds(crm, **{"filter[entity]": "contact", "filter[entity_id][]": [two, one]}) == ["contact_added"]
    assert len(ids(crm, **{"filter[created_at]": later - 1})) == 4
    assert len(ids(crm, **{"filter[created_at][to]": later - 1})) == 2
    assert len(ids(crm, **{"filter[created_at]": f"{later},{later + 9}"})) == 4
    assert ids(crm, **{"filter[created_by]": 5}) == []
    assert ids(crm, **{"filter[id]": ids(crm)[0]}) == ids(crm)[:1]
    won = {"filter[value_after][leads_statuses][0][pipeline_id]": home}
    won["filter[value_after][leads_statuses][0][status_id]"] = 142
    assert kinds(crm, **won) == ["lead_status_changed"]
    assert kinds(crm, **{name.replace("after", "before"): text for name, text in won.items()}) == []
    assert kinds(crm, **{"filter[value_after][value]": "155"}) == ["sale_field_changed"]
    assert kinds(crm, **{"filter[value_after][value]": "Скоба"}) == ["name_field_changed"]
    assert kinds(crm, **{"filter[value_after][value]": "15"}) == []


def test_filters_by_field(crm):
    one, other = field(crm, "select"), field(crm, "text")
    key = add(crm)
    options = [option["id"] for option in one["enums"]]
    for option in options[:2]:
        crm.patch(f"leads/{key}", {"custom_fields_values": value(one["id"], {"enum_id": option})})
    crm.patch(f"leads/{key}", {"custom_fields_values": value(other["id"], {"value": "a"})})
    own = {"filter[type]": f"custom_field_{one['id']}_value_changed"}
    assert len(ids(crm, **own)) == 2
    assert len(ids(crm, **{"filter[type]": "custom_field_value_changed"})) == 3
    assert len(ids(crm, **own, **{"filter[value_after][custom_field_values]": options[1]})) == 1
    assert len(ids(crm, **own, **{"filter[value_before][custom_field_values]": options[0]})) == 1
    assert problem(crm.get("events", **{"filter[type]": own["filter[type]"] + ",lead_added"}))[0] == 400


@pytest.mark.parametrize(
    "query",
    [
        {"filter[entity_id]": "5"},
        {"filter[entity_id]": "5", "filter[entity][]": ["lead", "contact"]},
        {"filter[entity_id][]": [*range(11)], "filter[entity]": "lead"},
        {"filter[created_by][]": [*range(11)]},
    ],
)
def test_filters_that_are_refused(crm, query):
    assert problem(crm.get("events", **query))[:2] == (400, "Bad Request")


def test_names_of_entities(crm):
    key = add(crm, name="Поставка")
    entity = crm.get("events", with_="lead_name,contact_name").json()["_embedded"]["events"][0]["_embedded"][
        "entity"
    ]
    assert (entity["id"], entity["name"]) == (key, "Поставка")
    assert "name" not in crm.get("events").json()["_embedded"]["events"][0]["_embedded"]["entity"]


def test_types(crm):
    body = crm.get("events/types").json()
    rows = {row["key"]: row for row in body["_embedded"]["events_types"]}
    assert body["_total_items"] == len(rows)
    assert rows["lead_added"] == {"key": "lead_added", "type": 1, "lang": "Новая сделка"}
    english = crm.get("events/types", language_code="en").json()["_embedded"]["events_types"]
    assert english[0]["lang"] == "Lead added"


def test_no_events_of_configuration(crm):
    crm.post("leads/pipelines", [{"name": "a", "sort": 1, "is_main": False, "is_unsorted_on": True}])
    field(crm, "text")
    assert nothing(crm.get("events"))
