"""Chat templates of the calling integration, and Salesbots."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator import tokens
from amoconf.emulator.config.bots import make_bot
from amoconf.emulator.config.chat_templates import make_template
from amoconf.emulator.config.sources import make_source
from amoconf.emulator.config.users import make_user
from tests.emulator.conftest import BASE, Crm
from tests.emulator.test_roles import errors

OTHER = "0a1b2c3d-0000-4000-8000-00000000000c"
KEYS = """
id account_id name content created_at updated_at buttons attachment is_editable external_id type waba_footer
waba_category waba_language waba_examples waba_header waba_header_type
""".split()
LIST = "chats/templates"


def template(crm: Crm, client: str = tokens.OWN_CLIENT_ID, **more: Any) -> dict[str, Any]:
    """A template put into the store."""
    return make_template(crm.world.store, "Привет", "Здравствуйте, {{contact.name}}", client, **more)


def test_list(crm: Crm) -> None:
    assert crm.get(LIST).status_code == 204
    for number in range(51):
        template(crm, external_id=str(number))
    body = crm.get(LIST).json()
    assert list(body) == ["_page", "_links", "_embedded"]
    assert len(body["_embedded"]["chat_templates"]) == 50
    assert list(body["_embedded"]["chat_templates"][0]) == [*KEYS, "_links"]
    assert body["_embedded"]["chat_templates"][0]["waba_examples"] == []
    assert crm.get(LIST, limit=51).status_code == 422
    assert crm.get(LIST, limit=51).json()["detail"] == "Limit 50 per page"
    found = crm.get(LIST, **{"filter[external_id][]": ["3", "7"]}).json()["_embedded"]["chat_templates"]
    assert [one["external_id"] for one in found] == ["3", "7"]


def test_only_the_own_ones(crm: Crm) -> None:
    foreign = template(crm, OTHER)
    assert crm.get(LIST).status_code == 204
    assert crm.get(f"{LIST}/{foreign['id']}").status_code == 404
    assert crm.patch(f"{LIST}/{foreign['id']}", {"name": "A"}).status_code == 404
    assert errors(crm.delete(LIST, [{"id": foreign["id"]}])) == [("NotSupportedChoice", "id")]


def test_deleted_is_204_and_unknown_404(crm: Crm) -> None:
    made = template(crm)
    assert crm.delete(f"{LIST}/{made['id']}").status_code == 204
    assert crm.get(f"{LIST}/{made['id']}").status_code == 204
    unknown = crm.get(f"{LIST}/{made['id'] + 1}")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "Template not found")
    assert crm.delete(f"{LIST}/{made['id']}").status_code == 404


def test_create(crm: Crm) -> None:
    sent = {
        "name": "A",
        "content": "{{contact.name}}",
        "buttons": [{"type": "url", "text": "b", "url": "https://a.example"}],
        "attachment": {"id": "c2b77f70", "name": "f", "type": "picture"},
        "type": "waba",
        "waba_category": "UTILITY",
        "waba_examples": {"{{contact.name}}": "x"},
        "waba_header": None,
        "request_id": "x",
    }
    answer = crm.post(LIST, [sent, {"name": "B", "content": "c"}])
    assert answer.status_code == 200
    assert list(answer.json()) == ["_total_items", "_embedded"]
    first, second = answer.json()["_embedded"]["chat_templates"]
    assert list(first) == [*KEYS, "request_id", "_links"]
    assert {name: first[name] for name in sent} == sent
    assert (second["request_id"], second["type"], second["is_editable"]) == ("1", "amocrm", False)
    assert first["_links"]["self"]["href"] == f"{BASE}/api/v4/chats/templates/{first['id']}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"content": ""}, [("NotBlank", "content")]),
        ({"type": "viber"}, [("NotSupportedChoice", "type")]),
        ({"buttons": [{"type": "call", "text": "x"}]}, [("NotSupportedChoice", "buttons.0.type")]),
        (
            {"attachment": {"id": "1", "name": "f", "type": "zip"}},
            [("NotSupportedChoice", "attachment.type")],
        ),
        ({"waba_category": "AUTHENTICATION", "name": ""}, [("NotBlank", "name")]),
        ({"waba_category": "OTHER"}, [("NotSupportedChoice", "waba_category")]),
        ({"waba_header": "x" * 61}, [("TooLong", "waba_header")]),
        ({"review_status": "approved"}, [("FieldNotExpected", "review_status")]),
    ],
)
def test_refused_bodies(crm: Crm, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors(crm.post(LIST, [{"name": "A", "content": "c", **change}])) == expected
    assert crm.get(LIST).status_code == 204


def test_required_keys_and_limit(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(chat_template_limit=1)
    assert errors(crm.post(LIST, [{"is_editable": True}])) == [
        ("FieldMissing", "name"),
        ("FieldMissing", "content"),
    ]
    body = {"name": "A", "content": "c"}
    assert [crm.post(LIST, [body]).status_code for _ in range(2)] == [200, 422]


def test_change(crm: Crm) -> None:
    made = template(crm)
    one = crm.patch(f"{LIST}/{made['id']}", {"name": "B"})
    assert (one.status_code, one.json()["name"], list(one.json())) == (200, "B", [*KEYS, "_links"])
    many = crm.patch(LIST, [{"id": made["id"], "content": "new"}])
    assert many.json()["_embedded"]["chat_templates"][0]["content"] == "new"
    assert crm.delete(LIST, [{"id": made["id"]}]).status_code == 204


def test_review(crm: Crm) -> None:
    made, plain = template(crm, type="waba"), template(crm)
    waba = make_source(
        crm.world.store,
        "WA",
        "wa",
        tokens.OWN_CLIENT_ID,
        services=[{"type": "whatsapp", "params": {"waba": True}}],
    )
    make_source(crm.world.store, "Сайт", "site", tokens.OWN_CLIENT_ID)
    path = f"{LIST}/{made['id']}"
    assert crm.patch(path, {"content": "draft"}).status_code == 200
    draft = crm.get(path, with_="reviews").json()
    assert (draft["review_status"], draft["is_on_review"], draft["_embedded"]) == (
        None,
        False,
        {"reviews": []},
    )
    sent = crm.post(f"{path}/review", {})
    assert sent.status_code == 200
    review = sent.json()["_embedded"]["reviews"][0]
    assert sent.json() == {"_embedded": {"reviews": [review]}}
    assert {**review, "id": 0} == {"id": 0, "source_id": waba["id"], "status": "review", "reject_reason": ""}
    assert errors(crm.patch(path, {"content": "late"})) == [("NotSupportedChoice", "id")]
    assert errors(crm.patch(LIST, [{"id": made["id"], "content": "late"}])) == [("NotSupportedChoice", "id")]
    verdict = {"status": "rejected", "reject_reason": "нет"}
    judged = crm.post(f"{path}/review/{review['id']}", verdict)
    assert judged.json() == {**review, **verdict}
    read = crm.get(path, with_="reviews").json()
    assert list(read)[-4:] == ["review_status", "is_on_review", "_embedded", "_links"]
    assert (read["review_status"], read["is_on_review"]) == ("rejected", False)
    assert "review_status" not in crm.get(path).json()
    assert crm.post(f"{LIST}/{plain['id']}/review", {}).status_code == 400
    assert errors(crm.post(f"{path}/review/{review['id']}", {"status": "review"})) == [
        ("NotSupportedChoice", "status")
    ]
    assert crm.post(f"{path}/review/1000", verdict).status_code == 404


def test_only_administrators(crm: Crm) -> None:
    other = crm.acting_as(make_user(crm.world.store, "Анна", "anna@stroymarket.example")["id"])
    assert [other.get(LIST).status_code, other.post(LIST, []).status_code] == [403, 403]


def test_bots_are_read_and_started(crm: Crm) -> None:
    assert crm.get("bots").status_code == 204
    first, second = make_bot(crm.world.store, "A"), make_bot(crm.world.store, "B", type_functionality=3)
    body = crm.get("bots").json()
    assert list(body) == ["_embedded"]
    assert [one["name"] for one in body["_embedded"]["items"]] == ["A", "B"]
    assert list(body["_embedded"]["items"][0]) == [
        "id",
        "name",
        "type_functionality",
        "can_interrupt",
        "type",
        "settings",
    ]
    assert crm.get("bots", **{"filter[id][]": first["id"]}).json()["_embedded"]["items"] == [first]
    assert crm.get("bots", **{"filter[type_functionality][]": 3}).json()["_embedded"]["items"] == [second]
    assert crm.get(f"bots/{first['id']}").json() == first
    assert crm.get("bots/1").status_code == 404
    target = {"entity_id": 1, "entity_type": "leads"}
    for path, sent in (
        ("bots/run", [{"bot_id": first["id"], **target}]),
        ("/api/v2/salesbot/run", [{"bot_id": first["id"], "entity_id": 1, "entity_type": 2}]),
        (f"bots/{first['id']}/run", target),
        (f"bots/{first['id']}/stop", target),
    ):
        answer = crm.post(path, sent)
        assert (answer.status_code, answer.content) == (202, b"")
    assert errors(crm.post("bots/run", [{"bot_id": 1, **target}])) == [("NotSupportedChoice", "bot_id")]
    for word in ("run", "stop"):
        assert errors(crm.post(f"bots/{first['id']}/{word}", {"entity_id": 1})) == [
            ("FieldMissing", "entity_type")
        ]
    assert crm.post("bots/run", [{"bot_id": first["id"], **target}] * 101).status_code == 422
    assert crm.post("bots", [{"name": "A"}]).status_code == 405
