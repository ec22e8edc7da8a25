"""Which types of fields each entity has."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config.fields_shape import TYPES
from tests.emulator.conftest import Crm
from tests.emulator.expect import faults
from tests.emulator.test_fields import KEYS, PATHS, create

NEEDS: dict[str, dict[str, Any]] = {
    "select": {"enums": [{"value": "a"}]},
    "multiselect": {"enums": [{"value": "a"}]},
    "radiobutton": {"enums": [{"value": "a"}]},
    "monetary": {"currency": "RUB"},
    "chained_list": {"chained_lists": [{"title": "a", "catalog_id": 5200, "parent_catalog_id": None}]},
    "linked_entity": {"search_in": "contacts"},
}
OWN = {"monetary": "currency", "linked_entity": "search_in", "tracking_data": "tracking_callback"}


@pytest.fixture(autouse=True)
def catalog(crm: Crm) -> None:
    """A list with id 5200."""
    crm.world.store.put("catalog", {"id": 5200, "name": "Оборудование", "sort": 10, "type": "regular"})


@pytest.mark.parametrize(
    ("entity", "kind"), [(entity, kind) for entity in TYPES for kind in sorted(TYPES[entity])]
)
def test_every_type(crm: Crm, entity: str, kind: str) -> None:
    made = create(crm, f"{PATHS[entity]}/custom_fields", type=kind, **NEEDS.get(kind, {}))
    own = OWN.get(kind)
    extra = [own] if own and own not in KEYS[entity] else []
    assert [key for key in made if key not in ("request_id", "_links")] == [*KEYS[entity], *extra]
    assert made["type"] == kind
    assert (made["enums"] is None) is (kind not in ("select", "multiselect", "radiobutton"))
    assert made.get("remind") == ("never" if kind == "birthday" else None)


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        ("contacts", "multitext"),
        ("contacts", "tracking_data"),
        ("contacts", "chained_list"),
        ("customers", "birthday"),
        ("customers", "legal_entity"),
        ("segments", "file"),
        ("leads", "category"),
        ("catalogs", "monetary"),
        ("catalogs", "payer"),
        ("leads", "formula"),
    ],
)
def test_types_that_are_not_there(crm: Crm, entity: str, kind: str) -> None:
    answer = crm.post(f"{PATHS[entity]}/custom_fields", [{"name": "a", "type": kind}])
    assert faults(answer) == [("0", "NotSupportedChoice", "type")]


def test_switches_of_types(make_crm: Callable[..., Crm]) -> None:
    def takes(path: str, kind: str, **words: Any) -> bool:
        crm = make_crm(**words)
        crm.world.store.put("catalog", {"id": 5200, "name": "a", "sort": 10})
        body = {"name": "a", "type": kind, **NEEDS.get(kind, {})}
        return crm.post(f"{path}/custom_fields", [body, body]).status_code == 201

    assert takes("contacts", "multitext", new_multitext=True)
    assert not takes("leads", "monetary", super_fields=False)
    assert not takes("leads", "chained_list", super_fields=False)
    assert takes("contacts", "tracking_data", platform="kommo")
    assert takes("catalogs/5200", "monetary", platform="kommo")
    assert not takes("customers", "chained_list", platform="kommo")
    assert takes("leads", "smart_address")
    assert not takes("leads", "smart_address", one_address_field=True)
