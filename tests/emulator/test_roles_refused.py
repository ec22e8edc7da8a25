"""Roles: bodies that the service refuses, with code and path."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config import rights
from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.roles import make_role
from tests.emulator.conftest import Crm
from tests.emulator.test_roles import card, errors, matrix, row, stages


@pytest.mark.parametrize(
    ("block", "letters", "path"),
    [
        ("leads", "GAADD", ["rights.leads.edit"]),
        ("contacts", "GMAGD", ["rights.contacts.delete"]),
        ("companies", "GMADA", ["rights.companies.export"]),
        ("leads", "MMAAD", ["rights.leads.delete"]),
        ("leads", "DDADM", ["rights.leads.export"]),
    ],
)
def test_rights_keep_their_order(crm: Crm, block: str, letters: str, path: list[str]) -> None:
    answer = crm.post("roles", [{"name": "A", "rights": matrix(**{block: card(letters)})}])
    assert errors(answer) == [("NotSupportedChoice", one) for one in path]


def test_order_of_tasks_stages_and_lists(crm: Crm) -> None:
    pipeline, _, first = stages(crm)
    catalog = make_catalog(crm.world.store, "Список")
    sent = matrix(
        tasks={"edit": "M", "delete": "G"},
        status_rights=[row(pipeline, first, view="D", edit="A", delete="D", export="D")],
        catalog_rights=[
            {"catalog_id": catalog["id"], "rights": {**card("LAADD"), "export": "L"}},
        ],
    )
    assert errors(crm.post("roles", [{"name": "A", "rights": sent}])) == [
        ("NotSupportedChoice", "rights.tasks.delete"),
        ("NotSupportedChoice", "rights.catalog_rights.0.rights.edit"),
        ("NotSupportedChoice", "rights.status_rights.0.rights.edit"),
    ]


def test_add_is_independent_and_the_switch_lets_anything_pass(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm()
    assert crm.post("roles", [{"name": "A", "rights": matrix(leads=card("DDADD"))}]).status_code == 201
    loose = make_crm(rights_dependencies=False)
    assert loose.post("roles", [{"name": "A", "rights": matrix(leads=card("DADDD"))}]).status_code == 201


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": None}, [("NotNullable", "name")]),
        ({"name": " "}, [("NotBlank", "name")]),
        ({"name": "я" * 256}, [("TooLong", "name")]),
        ({"name": 5}, [("InvalidType", "name")]),
        ({"colour": "red"}, [("FieldNotExpected", "colour")]),
        ({"rights": {"is_admin": True}}, [("FieldNotExpected", "rights.is_admin")]),
        ({"rights": {"files_access": True}}, [("FieldNotExpected", "rights.files_access")]),
        ({"rights": {"custom_fields_rights": []}}, [("FieldNotExpected", "rights.custom_fields_rights")]),
        (
            {"rights": {"leads": {"view": "A"}}},
            [("FieldMissing", f"rights.leads.{n}") for n in rights.CARD[1:]],
        ),
        ({"rights": {"leads": card("LDADD")}}, [("NotSupportedChoice", "rights.leads.view")]),
        ({"rights": {"leads": card("GMGDD")}}, [("NotSupportedChoice", "rights.leads.add")]),
        ({"rights": {"mail_access": 1}}, [("InvalidType", "rights.mail_access")]),
        ({"rights": []}, [("InvalidType", "rights")]),
    ],
)
def test_refused_bodies(crm: Crm, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    role = make_role(crm.world.store, "A", matrix())
    assert errors(crm.patch(f"roles/{role['id']}", change)) == expected
    assert crm.world.store.get("role", role["id"]) == role


def test_blocks_are_required_on_create(crm: Crm) -> None:
    answer = crm.post("roles", [{"rights": {"leads": card("AAAAA")}}])
    missing = ["name", "rights.contacts", "rights.companies", "rights.tasks"]
    assert errors(answer) == [("FieldMissing", path) for path in missing]


def test_references_of_stage_and_list_rows(crm: Crm) -> None:
    pipeline, unsorted, first = stages(crm)
    four = {"view": "A", "edit": "A", "delete": "A", "export": "A"}
    rows = [
        row(1, first, **four),
        row(pipeline, 1, **four),
        row(pipeline, unsorted, **four),
        row(pipeline, first, view="A", edit="A", delete="A"),
        row(pipeline, first, view="G", edit="D", delete="D", export="D"),
    ]
    answer = crm.post("roles", [{"name": "A", "rights": matrix(status_rights=rows[:4])}])
    assert errors(answer) == [
        ("NotSupportedChoice", "rights.status_rights.0.pipeline_id"),
        ("NotSupportedChoice", "rights.status_rights.1.status_id"),
        ("FieldNotExpected", "rights.status_rights.2.rights.export"),
        ("FieldMissing", "rights.status_rights.3.rights.export"),
    ]
    letters = crm.post("roles", [{"name": "A", "rights": matrix(status_rights=rows[4:])}])
    assert errors(letters) == [("NotSupportedChoice", "rights.status_rights.0.rights.view")]
    lists = [{"catalog_id": 1, "rights": card("ADDDD")}]
    unknown = crm.post("roles", [{"name": "A", "rights": matrix(catalog_rights=lists)}])
    assert errors(unknown) == [("NotSupportedChoice", "rights.catalog_rights.0.catalog_id")]


def test_one_bad_item_refuses_the_whole_batch(crm: Crm) -> None:
    sent = [{"name": "A", "rights": matrix()}, {"name": "", "request_id": "second"}]
    answer = crm.post("roles", sent)
    assert [entry["request_id"] for entry in answer.json()["validation-errors"]] == ["second"]
    assert crm.world.store.all("role") == []
