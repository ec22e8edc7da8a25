"""Sources and website buttons: each integration's own, and the refusal that only bulk deletes have."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator import tokens
from amoconf.emulator.config.pipelines import make_pipeline
from amoconf.emulator.config.sources import make_source
from amoconf.emulator.config.users import make_user
from tests.emulator.conftest import BASE, Crm
from tests.emulator.test_roles import errors

OTHER = "0a1b2c3d-0000-4000-8000-00000000000b"
KEYS = ["id", "name", "pipeline_id", "external_id", "default", "origin_code", "services", "_links"]
BUTTON_KEYS = """
account_id source_id button_id is_duplication_control_enabled name creation_status pipeline_id
""".split()


def source(
    crm: Crm, external_id: str = "one", client: str = tokens.OWN_CLIENT_ID, **more: Any
) -> dict[str, Any]:
    """A source put into the store."""
    return make_source(crm.world.store, "Лендинг", external_id, client, **more)


def main(crm: Crm) -> int:
    """The main pipeline."""
    return int(crm.world.store.all("pipeline")[0]["id"])


def test_list(crm: Crm) -> None:
    assert crm.get("sources").status_code == 204
    made = source(crm)
    body = crm.get("sources").json()
    assert list(body) == ["_total_items", "_links", "_embedded"]
    assert list(body["_embedded"]["sources"][0]) == KEYS
    one = crm.get(f"sources/{made['id']}").json()
    assert one["_links"]["self"]["href"] == f"{BASE}/api/v4/sources/{made['id']}"
    assert (one["pipeline_id"], one["default"], one["origin_code"], one["services"]) == (
        main(crm),
        False,
        None,
        [],
    )


def test_filter(crm: Crm) -> None:
    for name in ("a", "b", "c"):
        source(crm, name)
    found = crm.get("sources", **{"filter[external_id][]": ["a", "c"]}).json()["_embedded"]["sources"]
    assert [one["external_id"] for one in found] == ["a", "c"]
    assert crm.get("sources", **{"filter[external_id]": "d"}).status_code == 204


def test_only_the_own_ones(crm: Crm) -> None:
    foreign = source(crm, client=OTHER)
    assert crm.get("sources").status_code == 204
    assert crm.get(f"sources/{foreign['id']}").status_code == 204
    assert crm.patch(f"sources/{foreign['id']}", {"name": "A"}).status_code == 404
    assert errors(crm.patch("sources", [{"id": foreign["id"], "name": "A"}])) == [
        ("NotSupportedChoice", "id")
    ]
    assert crm.delete(f"sources/{foreign['id']}").status_code == 404
    owner = crm.acting_as(crm.world.store.all("user")[0]["id"], OTHER)
    assert owner.get(f"sources/{foreign['id']}").json()["external_id"] == "one"


def test_create(crm: Crm) -> None:
    page = {"id": "1", "name": "WhatsApp", "link": "+70000000000"}
    service = {
        "type": "whatsapp",
        "params": {"waba": True, "is_supports_list_message": True},
        "pages": [page],
    }
    sent = [
        {"name": "A", "external_id": "+7 000 !~", "default": True, "services": [service], "request_id": "x"},
        {"name": "B", "external_id": "b", "origin_code": "amo.ext.1"},
    ]
    answer = crm.post("sources", sent)
    assert answer.status_code == 200
    assert list(answer.json()) == ["_total_items", "_links", "_embedded"]
    first, second = answer.json()["_embedded"]["sources"]
    assert list(first) == [*KEYS[:-1], "request_id", "_links"]
    assert (first["request_id"], second["request_id"]) == ("x", "1")
    assert (first["default"], first["services"]) == (True, [service])
    assert (second["origin_code"], second["pipeline_id"]) == ("amo.ext.1", main(crm))
    assert "client_id" not in answer.text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": None}, [("NotNullable", "name")]),
        ({"external_id": "x" * 37}, [("TooLong", "external_id")]),
        ({"external_id": "ключ"}, [("NotSupportedChoice", "external_id")]),
        ({"external_id": "taken"}, [("NotSupportedChoice", "external_id")]),
        ({"pipeline_id": 1}, [("NotSupportedChoice", "pipeline_id")]),
        ({"services": [{"type": "viber"}]}, [("NotSupportedChoice", "services.0.type")]),
        ({"services": [{"type": "whatsapp", "x": 1}]}, [("FieldNotExpected", "services.0.x")]),
        ({"id": 1}, [("FieldNotExpected", "id")]),
    ],
)
def test_refused_bodies(crm: Crm, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    source(crm, "taken")
    body = {"name": "A", "external_id": "a", **change}
    assert errors(crm.post("sources", [body])) == expected
    assert len(crm.world.store.all("source")) == 1


def test_external_id_is_required_unique_in_the_batch_and_per_integration(crm: Crm) -> None:
    assert errors(crm.post("sources", [{"name": "A"}])) == [("FieldMissing", "external_id")]
    twins = crm.post("sources", [{"name": "A", "external_id": "a"}] * 2)
    assert [entry["request_id"] for entry in twins.json()["validation-errors"]] == ["1"]
    source(crm, "a", OTHER)
    assert crm.post("sources", [{"name": "A", "external_id": "a"}]).status_code == 200


def test_another_pipeline(crm: Crm) -> None:
    other = make_pipeline(crm.world.store, "Вторая")["id"]
    body = {"name": "A", "external_id": "a", "pipeline_id": other}
    made = crm.post("sources", [body]).json()["_embedded"]["sources"][0]
    assert made["pipeline_id"] == other
    assert crm.patch(f"sources/{made['id']}", {"pipeline_id": main(crm)}).json()["pipeline_id"] == main(crm)
    assert crm.patch(f"sources/{made['id']}", {"services": []}).json()["pipeline_id"] == main(crm)
    commas = crm.post("sources", [{"name": "B", "external_id": "b,c"}]).json()["_embedded"]["sources"][0]
    found = crm.get("sources", **{"filter[external_id]": "b,c"}).json()["_embedded"]["sources"]
    assert [one["id"] for one in found] == [commas["id"]]


def test_limits(crm: Crm) -> None:
    batch = [{"name": "A", "external_id": str(n)} for n in range(51)]
    assert crm.post("sources", batch).status_code == 422
    assert crm.post("sources", batch[:50]).status_code == 200
    assert crm.post("sources", [{"name": "A", "external_id": f"x{n}"} for n in range(50)]).status_code == 200
    assert crm.post("sources", [{"name": "A", "external_id": "last"}]).status_code == 422
    assert crm.get("sources").json()["_total_items"] == 100


def test_change(crm: Crm) -> None:
    first, second = source(crm, "a", default=True), source(crm, "b")
    answer = crm.patch(f"sources/{second['id']}", {"name": "B", "default": True})
    assert answer.status_code == 200
    assert list(answer.json()) == KEYS
    assert crm.get(f"sources/{first['id']}").json()["default"] is False
    many = crm.patch("sources", [{"id": first["id"], "name": "C", "request_id": "x"}])
    assert list(many.json()) == ["_total_items", "_links", "_embedded"]
    assert many.json()["_embedded"]["sources"][0]["request_id"] == "x"
    fixed = crm.patch(f"sources/{first['id']}", {"external_id": "z"})
    assert errors(fixed) == [("NotSupportedChoice", "external_id")]
    assert crm.patch(f"sources/{first['id']}", {}).status_code == 400


def test_delete(crm: Crm) -> None:
    first, second, third = (source(crm, name) for name in "abc")
    assert crm.delete(f"sources/{first['id']}").status_code == 204
    gone = crm.delete(f"sources/{first['id']}")
    assert (gone.status_code, gone.json()["detail"]) == (404, "Source not found")
    assert crm.get(f"sources/{first['id']}").status_code == 204
    both = crm.delete("sources", [{"id": second["id"]}, {"id": third["id"]}])
    assert (both.status_code, both.content) == (204, b"")
    assert crm.get("sources").status_code == 204


@pytest.mark.parametrize("partial", [False, True])
def test_bulk_delete_of_unknown_ones(make_crm: Callable[..., Crm], partial: bool) -> None:
    crm = make_crm(bulk_delete_partial=partial)
    made = source(crm)
    answer = crm.delete("sources", [{"id": made["id"]}, {"id": 7, "request_id": "x"}, {"id": 8}])
    assert answer.status_code == 400
    detail = {"code": "EntityNotFound", "path": "id"}
    assert answer.json() == {
        "errors": [
            {"request_id": "x", "errors": {**detail, "detail": "source with id = 7 not found"}},
            {"request_id": "2", "errors": {**detail, "detail": "source with id = 8 not found"}},
        ],
        "title": "Bad Request",
        "type": "https://httpstatus.es/400",
        "status": 400,
        "detail": "Invalid request items",
    }
    assert crm.get("sources").status_code == (204 if partial else 200)


def test_who_may(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm()
    other = crm.acting_as(make_user(crm.world.store, "Анна", "anna@stroymarket.example")["id"])
    assert [other.get("sources").status_code, other.get("website_buttons").status_code] == [403, 403]
    assert make_crm(external_integration=True).get("sources").status_code == 403


def button(crm: Crm, **more: Any) -> int:
    """The source id of a new button."""
    answer = crm.post(
        "website_buttons", {"pipeline_id": main(crm), "trusted_websites": ["a.example"], **more}
    )
    assert answer.status_code == 202, answer.text
    return int(answer.json()["source_id"])


def test_a_button_is_finished_later(crm: Crm) -> None:
    assert crm.get("website_buttons").status_code == 204
    answer = crm.post("website_buttons", {"pipeline_id": main(crm), "trusted_websites": ["a.example"]})
    assert answer.status_code == 202
    assert list(answer.json()) == ["source_id", "trusted_websites"]
    key = answer.json()["source_id"]
    pending = crm.get(f"website_buttons/{key}", with_="scripts").json()
    assert list(pending) == [*BUTTON_KEYS, "script"]
    assert (pending["creation_status"], pending["button_id"], pending["script"]) == (
        "creation_pending",
        None,
        None,
    )
    crm.world.clock.advance(10)
    ready = crm.get(f"website_buttons/{key}", with_="scripts").json()
    assert ready["creation_status"] == "created"
    assert ready["script"].startswith("<script>")
    listed = crm.get("website_buttons").json()
    assert list(listed) == ["_page", "_links", "_embedded"]
    assert listed["_links"]["self"]["href"].endswith("website_buttons?page=1&limit=250")
    assert list(listed["_embedded"]["website_buttons"][0]) == BUTTON_KEYS


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"pipeline_id": 1}, [("NotSupportedChoice", "pipeline_id")]),
        ({"trusted_websites": []}, [("TooFew", "trusted_websites")]),
        ({"trusted_websites": [str(n) for n in range(11)]}, [("TooMany", "trusted_websites")]),
        ({"trusted_websites": "a"}, [("InvalidType", "trusted_websites")]),
        ({"name": "A"}, [("FieldNotExpected", "name")]),
    ],
)
def test_refused_buttons(crm: Crm, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    body = {"pipeline_id": main(crm), "trusted_websites": ["a.example"], **change}
    assert errors(crm.post("website_buttons", body)) == expected


def test_domains_are_only_added_and_never_to_none(crm: Crm) -> None:
    key, bare = button(crm), button(crm, trusted_websites=[], is_used_in_app=True)
    add = {"trusted_websites": {"add": ["b.example"]}}
    answer = crm.patch(f"website_buttons/{key}", add)
    assert answer.status_code == 200
    assert list(answer.json()) == [*BUTTON_KEYS, "script"]
    stored = crm.world.store.get("website_button", key) or {}
    assert stored["trusted_websites"] == ["a.example", "b.example"]
    assert "b.example" not in crm.get(f"website_buttons/{key}").text
    crm.patch(f"website_buttons/{bare}", add)
    assert (crm.world.store.get("website_button", bare) or {})["trusted_websites"] == []
    many = {"trusted_websites": {"add": [str(n) for n in range(9)]}}
    assert errors(crm.patch(f"website_buttons/{key}", many)) == [("TooMany", "trusted_websites.add")]


def test_chat_and_end_of_a_button(crm: Crm) -> None:
    key = button(crm)
    chat = crm.post(f"website_buttons/{key}/online_chat")
    assert (chat.status_code, chat.json()) == (202, {})
    assert crm.delete(f"website_buttons/{key}").status_code == 405
    assert crm.delete(f"sources/{key}").status_code == 204
    assert crm.get(f"website_buttons/{key}").status_code == 404
    assert crm.post(f"website_buttons/{key}/online_chat").status_code == 404
