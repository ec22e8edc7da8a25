"""Webhooks: one for each address, written by subscribing again."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config.users import make_user
from amoconf.emulator.config.webhooks import EVENTS, events, make_webhook
from tests.emulator.conftest import Crm
from tests.emulator.test_roles import errors

URL = "https://hooks.stroymarket.example/amo?key=a,b"
KEYS = [
    "id",
    "destination",
    "created_at",
    "updated_at",
    "account_id",
    "created_by",
    "sort",
    "disabled",
    "settings",
]


def test_list(crm: Crm) -> None:
    assert crm.get("webhooks").status_code == 204
    make_webhook(crm.world.store, URL, ["add_lead", "event_of_the_interface"])
    make_webhook(crm.world.store, "https://b.example", ["add_lead"])
    body = crm.get("webhooks").json()
    assert list(body) == ["_total_items", "_embedded"]
    assert body["_total_items"] == 2
    hooks = body["_embedded"]["webhooks"]
    assert [list(hook) for hook in hooks] == [KEYS, KEYS]
    assert [hook["sort"] for hook in hooks] == [1, 2]
    assert hooks[0]["settings"] == ["add_lead", "event_of_the_interface"]


def test_filter_by_address(crm: Crm) -> None:
    make_webhook(crm.world.store, URL, ["add_lead"])
    make_webhook(crm.world.store, "https://b.example", ["add_lead"])
    found = crm.get("webhooks", **{"filter[destination]": URL}).json()
    assert [hook["destination"] for hook in found["_embedded"]["webhooks"]] == [URL]
    assert crm.get("webhooks", **{"filter[destination]": "https://b.example/"}).status_code == 204


def test_subscribe(crm: Crm) -> None:
    answer = crm.post("webhooks", {"destination": URL, "settings": ["add_lead", "status_lead"], "sort": 10})
    assert answer.status_code == 201
    hook = answer.json()
    assert list(hook) == KEYS
    assert (hook["sort"], hook["disabled"], hook["settings"]) == (1, False, ["add_lead", "status_lead"])
    assert hook["created_by"] == crm.world.store.all("user")[0]["id"]


def test_subscribing_again_replaces_the_events(crm: Crm) -> None:
    first = crm.post("webhooks", {"destination": URL, "settings": ["add_lead"]}).json()
    crm.world.clock.advance(60)
    again = crm.post("webhooks", {"destination": URL, "settings": ["update_task"]}).json()
    assert (again["id"], again["settings"]) == (first["id"], ["update_task"])
    assert again["created_at"] == first["created_at"]
    assert again["updated_at"] >= first["updated_at"] + 60
    assert crm.get("webhooks").json()["_total_items"] == 1


@pytest.mark.parametrize("enables", [True, False])
def test_subscribing_a_disabled_one(make_crm: Callable[..., Crm], enables: bool) -> None:
    crm = make_crm(webhook_post_enables=enables)
    make_webhook(crm.world.store, URL, ["add_lead"], disabled=True)
    assert crm.get("webhooks").json()["_embedded"]["webhooks"][0]["disabled"] is True
    again = crm.post("webhooks", {"destination": URL, "settings": ["add_lead"]}).json()
    assert again["disabled"] is not enables


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"destination": "hooks.example"}, [("InvalidUrl", "destination")]),
        ({"destination": "ftp://hooks.example"}, [("InvalidUrl", "destination")]),
        ({"destination": "http://"}, [("InvalidUrl", "destination")]),
        ({"destination": "http://[x"}, [("InvalidUrl", "destination")]),
        ({"destination": ""}, [("NotBlank", "destination")]),
        ({"settings": []}, [("TooFew", "settings")]),
        ({"settings": "add_lead"}, [("InvalidType", "settings")]),
        ({"settings": ["add_lead", "add_role"]}, [("NotSupportedChoice", "settings.1")]),
        ({"disabled": False}, [("FieldNotExpected", "disabled")]),
        ({"sort": "1"}, [("InvalidType", "sort")]),
    ],
)
def test_refused_bodies(crm: Crm, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    body = {"destination": URL, "settings": ["add_lead"], **change}
    assert errors(crm.post("webhooks", body)) == expected
    assert crm.world.store.all("webhook") == []


def test_an_array_is_refused_by_its_index(crm: Crm) -> None:
    refused = crm.post("webhooks", [{"destination": URL, "settings": ["add_lead"]}])
    assert errors(refused) == [("FieldNotExpected", "0")]
    assert crm.post("webhooks", {}).json()["detail"] == "Request data can not be empty"
    assert errors(crm.post("webhooks", {"sort": 1})) == [
        ("FieldMissing", "destination"),
        ("FieldMissing", "settings"),
    ]


# Config page C14: the table of 31, and what others have seen.
DOCUMENTED = """
responsible_lead responsible_contact responsible_company responsible_customer responsible_task
restore_lead restore_contact restore_company
add_lead add_contact add_company add_customer add_talk add_task
update_lead update_contact update_company update_customer update_talk update_task
delete_lead delete_contact delete_company delete_customer delete_task
status_lead note_lead note_contact note_company note_customer add_chat_template_review
add_message add_outgoing_message
""".split()


def test_events_of_the_platforms(make_crm: Callable[..., Crm]) -> None:
    assert list(EVENTS) == DOCUMENTED
    assert make_crm().post("webhooks", {"destination": URL, "settings": list(EVENTS)}).status_code == 201
    kommo = make_crm(platform="kommo", post_webhook_status=200)
    refused = kommo.post(
        "webhooks", {"destination": URL, "settings": ["add_customer", "update_task", "update_talk"]}
    )
    assert [path for _, path in errors(refused)] == ["settings.0", "settings.1", "settings.2"]
    assert kommo.post("webhooks", {"destination": URL, "settings": list(events("kommo"))}).status_code == 200


def test_unsubscribe(crm: Crm) -> None:
    make_webhook(crm.world.store, URL, ["add_lead"])
    answer = crm.delete("webhooks", {"destination": URL})
    assert (answer.status_code, answer.content) == (204, b"")
    again = crm.delete("webhooks", {"destination": URL})
    assert (again.status_code, again.json()["detail"]) == (404, "Webhook not found")
    assert errors(crm.delete("webhooks", {"id": 1})) == [
        ("FieldNotExpected", "id"),
        ("FieldMissing", "destination"),
    ]


def test_at_most_a_hundred(crm: Crm) -> None:
    for number in range(100):
        make_webhook(crm.world.store, f"https://b.example/{number}", ["add_lead"])
    assert crm.post("webhooks", {"destination": URL, "settings": ["add_lead"]}).status_code == 422
    known = {"destination": "https://b.example/5", "settings": ["add_task"]}
    assert crm.post("webhooks", known).status_code == 201


def test_only_administrators_and_no_other_methods(crm: Crm) -> None:
    hook = make_webhook(crm.world.store, URL, ["add_lead"])
    other = crm.acting_as(make_user(crm.world.store, "Анна", "anna@stroymarket.example")["id"])
    asked = [
        other.get("webhooks"),
        other.post("webhooks", {}),
        other.delete("webhooks", {"destination": URL}),
    ]
    assert [answer.status_code for answer in asked] == [403, 403, 403]
    assert crm.patch("webhooks", {}).status_code == 405
    assert crm.get(f"webhooks/{hook['id']}").status_code == 404
