"""Roles: the matrix of rights, what the server adds to it, and how users follow."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from amoconf.emulator.config import rights
from amoconf.emulator.config.catalogs import delete_catalog, make_catalog
from amoconf.emulator.config.pipelines import make_pipeline
from amoconf.emulator.config.roles import make_role
from amoconf.emulator.config.users import make_user
from tests.emulator.conftest import BASE, Crm

DENIED = {"view": "D", "edit": "D", "delete": "D"}
ROLE_KEYS = [*rights.BLOCKS, "mail_access", "catalog_access", "catalog_rights", "status_rights"]


def card(letters: str) -> dict[str, str]:
    """A block of view, edit, add, delete, export from five letters."""
    return dict(zip(rights.CARD, letters, strict=True))


def matrix(**more: Any) -> dict[str, Any]:
    """A body's `rights` that breaks no rule."""
    blocks = {name: card("GMADD") for name in ("leads", "contacts", "companies")}
    return {**blocks, "tasks": {"edit": "M", "delete": "D"}, **more}


def stages(crm: Crm) -> tuple[int, int, int]:
    """(pipeline, unsorted stage, first ordinary stage) of the new account."""
    pipeline = crm.world.store.all("pipeline")[0]["id"]
    rows = crm.world.store.all("stage", str(pipeline))
    return pipeline, rows[0]["id"], rows[1]["id"]


def row(pipeline: int, status: int, **letters: str) -> dict[str, Any]:
    """One item of `status_rights`."""
    return {"entity_type": "leads", "pipeline_id": pipeline, "status_id": status, "rights": letters}


def errors(response: Any) -> list[tuple[str, str]]:
    """(code, path) of every fault of a refused body."""
    assert response.status_code == 400, response.text
    found = response.json()["validation-errors"]
    return [(one["code"], one["path"]) for entry in found for one in entry["errors"]]


def test_list_envelope_and_links(crm: Crm) -> None:
    make_role(crm.world.store, "Менеджер", matrix())
    body = crm.get("roles", page=1, limit=250).json()
    assert list(body) == ["_total_items", "_page", "_page_count", "_links", "_embedded"]
    assert [body[name] for name in ("_total_items", "_page", "_page_count")] == [1, 1, 1]
    role = body["_embedded"]["roles"][0]
    assert list(role) == ["id", "name", "rights", "_links"]
    assert list(role["rights"]) == ROLE_KEYS
    assert role["_links"]["self"]["href"] == f"{BASE}/api/v4/roles/{role['id']}/?page=1&limit=250"
    assert (
        crm.get(f"roles/{role['id']}").json()["_links"]["self"]["href"]
        == f"{BASE}/api/v4/roles/{role['id']}/"
    )


def test_empty_list_and_page_past_the_end(crm: Crm) -> None:
    assert crm.get("roles").status_code == 204
    make_role(crm.world.store, "Менеджер")
    assert crm.get("roles", page=2).status_code == 204


def test_with_users_gives_plain_ids(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер")
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", role_id=role["id"])
    body = crm.get(f"roles/{role['id']}", with_="users").json()
    assert list(body)[-2:] == ["_links", "_embedded"]
    assert body["_embedded"] == {"users": [user["id"]]}
    assert "_embedded" not in crm.get(f"roles/{role['id']}").json()


def test_create_answers_a_collection_even_for_one_object(crm: Crm) -> None:
    for sent in (
        [{"name": "A", "rights": matrix(), "request_id": "mine"}],
        {"name": "A", "rights": matrix()},
    ):
        response = crm.post("roles", sent)
        assert response.status_code == 201
        assert list(response.json()) == ["_total_items", "_embedded"]
        role = response.json()["_embedded"]["roles"][0]
        assert list(role) == ["id", "name", "rights", "request_id", "_links"]
        assert role["request_id"] == ("mine" if isinstance(sent, list) else "0")


def test_without_rights_everything_is_denied(crm: Crm) -> None:
    role = crm.post("roles", [{"name": "A"}]).json()["_embedded"]["roles"][0]
    assert role["rights"]["leads"] == card("DDDDD")
    assert role["rights"]["mail_access"] is False
    assert role["rights"]["catalog_access"] is False


def test_unsorted_stages_come_back_denied_and_without_export(crm: Crm) -> None:
    pipeline, unsorted, first = stages(crm)
    sent = row(pipeline, first, view="A", edit="A", delete="D", export="D")
    body = crm.post("roles", [{"name": "A", "rights": matrix(status_rights=[sent])}]).json()
    read = body["_embedded"]["roles"][0]["rights"]["status_rights"]
    assert read == [sent, row(pipeline, unsorted, **DENIED)]
    assert list(read[0]) == ["entity_type", "pipeline_id", "status_id", "rights"]


def test_a_named_unsorted_stage_is_kept(crm: Crm) -> None:
    pipeline, unsorted, _ = stages(crm)
    sent = row(pipeline, unsorted, view="A", edit="A", delete="D")
    body = crm.post("roles", [{"name": "A", "rights": matrix(status_rights=[sent])}]).json()
    assert body["_embedded"]["roles"][0]["rights"]["status_rights"] == [sent]


@pytest.mark.parametrize("hidden", [True, False])
def test_unsorted_stage_of_a_pipeline_that_shows_none(make_crm: Callable[..., Crm], hidden: bool) -> None:
    crm = make_crm(hidden_unsorted_rights=hidden)
    pipeline, unsorted, _ = stages(crm)
    crm.patch(f"leads/pipelines/{pipeline}", {"is_unsorted_on": False})
    role = make_role(crm.world.store, "A")
    read = crm.get(f"roles/{role['id']}").json()["rights"]["status_rights"]
    assert read == ([row(pipeline, unsorted, **DENIED)] if hidden else [])


@pytest.mark.parametrize("cleared", [None, []])
def test_patch_of_null_leaves_only_the_denied_unsorted_rows(crm: Crm, cleared: list[Any] | None) -> None:
    pipeline, unsorted, first = stages(crm)
    sent = row(pipeline, first, view="A", edit="A", delete="A", export="A")
    role = make_role(crm.world.store, "A", matrix(status_rights=[sent]))
    answer = crm.patch(f"roles/{role['id']}", {"rights": {"status_rights": cleared}})
    assert answer.status_code == 202
    assert answer.json()["rights"]["status_rights"] == [row(pipeline, unsorted, **DENIED)]


def test_patch_merges_by_block(crm: Crm) -> None:
    role = make_role(crm.world.store, "A", matrix(mail_access=True))
    answer = crm.patch(f"roles/{role['id']}", {"rights": {"contacts": card("AAAAA")}})
    assert answer.status_code == 202
    body = answer.json()
    assert list(body) == ["id", "name", "rights", "_links"]
    assert body["rights"] == {**crm.get(f"roles/{role['id']}").json()["rights"], "contacts": card("AAAAA")}
    assert body["rights"]["leads"] == card("GMADD")
    assert body["rights"]["mail_access"] is True
    assert body["name"] == "A"


def test_patch_of_a_name_alone_and_of_nothing(crm: Crm) -> None:
    role = make_role(crm.world.store, "A", matrix())
    assert crm.patch(f"roles/{role['id']}", {"name": "B"}).json()["name"] == "B"
    empty = crm.patch(f"roles/{role['id']}", {})
    assert empty.status_code == 400
    assert empty.json()["detail"] == "Request data can not be empty"


def test_catalog_rights_in_the_order_of_the_service_and_denied_for_new_lists(crm: Crm) -> None:
    store = crm.world.store
    first = make_catalog(store, "Первый")
    given = {"view": "L", "edit": "L", "add": "A", "delete": "D", "export": "D"}
    sent = [{"catalog_id": first["id"], "rights": given}]
    role = crm.post("roles", [{"name": "A", "rights": matrix(catalog_rights=sent)}]).json()["_embedded"][
        "roles"
    ][0]
    assert role["rights"]["catalog_rights"] == sent
    assert list(role["rights"]["catalog_rights"][0]["rights"]) == ["view", "add", "edit", "delete", "export"]
    second = make_catalog(store, "Второй")
    rows = crm.get(f"roles/{role['id']}").json()["rights"]["catalog_rights"]
    assert rows[1] == {"catalog_id": second["id"], "rights": card("DDDDD")}
    delete_catalog(store, first["id"])
    rows = crm.get(f"roles/{role['id']}").json()["rights"]["catalog_rights"]
    assert [one["catalog_id"] for one in rows] == [second["id"]]


def test_a_new_pipeline_denies_its_unsorted_stage_to_roles_and_users(crm: Crm) -> None:
    role = make_role(crm.world.store, "A")
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example")
    pipeline = make_pipeline(crm.world.store, "Новая")["id"]
    unsorted = next(s["id"] for s in crm.world.store.all("stage", str(pipeline)) if s["type"] == 1)
    for path in (f"roles/{role['id']}", f"users/{user['id']}"):
        assert row(pipeline, unsorted, **DENIED) in crm.get(path).json()["rights"]["status_rights"]


def test_rows_of_a_deleted_stage_vanish(crm: Crm) -> None:
    pipeline, unsorted, first = stages(crm)
    sent = row(pipeline, first, view="A", edit="A", delete="D", export="D")
    role = make_role(crm.world.store, "A", matrix(status_rights=[sent]))
    assert crm.delete(f"leads/pipelines/{pipeline}/statuses/{first}").status_code == 204
    read = crm.get(f"roles/{role['id']}").json()["rights"]["status_rights"]
    assert read == [row(pipeline, unsorted, **DENIED)]


def test_users_follow_their_role(crm: Crm) -> None:
    store = crm.world.store
    role = make_role(store, "A", matrix())
    anna = make_user(store, "Анна", "anna@stroymarket.example", role_id=role["id"])
    oleg = make_user(store, "Олег", "oleg@stroymarket.example", given=matrix())
    crm.patch(f"roles/{role['id']}", {"rights": {"leads": card("AAAAA"), "mail_access": True}})
    followed = crm.get(f"users/{anna['id']}").json()["rights"]
    assert followed["leads"] == card("AAAAA")
    assert followed["mail_access"] is True
    assert list(followed) == list(anna["rights"])
    assert crm.get(f"users/{oleg['id']}").json()["rights"]["leads"] == card("GMADD")


@pytest.mark.parametrize("keep", [True, False])
def test_delete_leaves_users_without_a_role(make_crm: Callable[..., Crm], keep: bool) -> None:
    crm = make_crm(role_delete_keeps_rights=keep)
    role = make_role(crm.world.store, "A", matrix())
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", role_id=role["id"])
    answer = crm.delete(f"roles/{role['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    left = crm.get(f"users/{user['id']}").json()["rights"]
    assert left["role_id"] is None
    assert left["leads"] == card("GMADD" if keep else "DDDDD")
    assert list(left) == list(user["rights"])


def test_unknown_role(crm: Crm) -> None:
    for answer in (crm.get("roles/1"), crm.patch("roles/1", {"name": "A"}), crm.delete("roles/1")):
        assert answer.status_code == 404
        assert answer.json()["detail"] == "Role not found"


def test_other_methods_and_bulk_patch(crm: Crm) -> None:
    assert crm.patch("roles", [{"id": 1, "name": "A"}]).status_code == 405
    assert crm.delete("roles", [{"id": 1}]).status_code == 405


def test_only_administrators(crm: Crm) -> None:
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", given=rights.full_rights())
    other = crm.acting_as(user["id"])
    answers = [other.get("roles"), other.get("roles/1"), other.post("roles", [{"name": "A"}])]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_sent_objects_are_not_kept(crm: Crm) -> None:
    given = matrix()
    before = deepcopy(given)
    role = make_role(crm.world.store, "A", given)
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", role_id=role["id"])
    assert user["rights"]["leads"] is not role["rights"]["leads"]
    assert given == before
