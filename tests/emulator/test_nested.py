"""Trees of category fields."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.conftest import Crm
from tests.emulator.expect import faults


def tree(crm: Crm) -> tuple[str, list[dict[str, Any]]]:
    """The address and the nodes of a category field: Станки, Запчасти > Ремни."""
    crm.world.store.put("catalog", {"id": 5200, "name": "a", "sort": 1})
    nodes = [
        {"parent_request_id": "n1", "value": "Ремни", "sort": 5},
        {"value": "Станки", "parent_id": None, "sort": 3},
        {"request_id": "n1", "value": "Запчасти", "sort": 8},
    ]
    made = crm.post("catalogs/5200/custom_fields", {"name": "a", "type": "category", "nested": nodes}).json()
    return f"catalogs/5200/custom_fields/{made['id']}", made["nested"]


def test_tree(crm: Crm) -> None:
    _, nodes = tree(crm)
    machines, parts, belts = nodes
    assert [list(node) for node in nodes] == [["id", "parent_id", "value", "sort"]] * 3
    assert [(node["value"], node["sort"]) for node in nodes] == [("Станки", 0), ("Запчасти", 1), ("Ремни", 0)]
    assert (machines["parent_id"], parts["parent_id"], belts["parent_id"]) == (None, None, parts["id"])


def test_a_write_replaces_the_tree(crm: Crm) -> None:
    path, (machines, parts, belts) = tree(crm)
    wanted = [{**belts, "parent_id": machines["id"]}, machines, {"value": "Масла", "parent_id": belts["id"]}]
    nodes = crm.patch(path, {"nested": wanted}).json()["nested"]
    assert [node["id"] for node in nodes[:2]] == [machines["id"], belts["id"]]
    assert (nodes[2]["value"], nodes[2]["parent_id"], nodes[2]["id"] > parts["id"]) == (
        "Масла",
        belts["id"],
        True,
    )
    assert crm.patch(path, {"nested": []}).json()["nested"] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda a, b, c: [{"id": 5, "value": "x"}], "nested.0.id"),
        (lambda a, b, c: [a, a], "nested.1.id"),
        (lambda a, b, c: [{"value": "x", "parent_id": 5}], "nested.0.parent_id"),
        (lambda a, b, c: [c], "nested.0.parent_id"),
        (lambda a, b, c: [{"value": "x", "parent_request_id": "n"}], "nested.0.parent_request_id"),
        (lambda a, b, c: [{**a, "parent_id": a["id"]}], "nested.0.parent_id"),
    ],
)
def test_refused_trees(crm: Crm, change: Callable[..., list[dict[str, Any]]], path: str) -> None:
    address, nodes = tree(crm)
    assert faults(crm.patch(address, {"nested": change(*nodes)})) == [("0", "NotSupportedChoice", path)]


def test_circles(crm: Crm) -> None:
    address, (machines, parts, belts) = tree(crm)
    answer = crm.patch(address, {"nested": [machines, {**parts, "parent_id": belts["id"]}, belts]})
    assert [fault[2] for fault in faults(answer)] == ["nested.1.parent_id", "nested.2.parent_id"]
