"""Answers in the shapes in which the service has been seen to give them: all of them are read, none is lost."""

from typing import Any

from amoconf.kind import Source
from amoconf.live import assemble, facts_of
from amoconf.model import Account

LEADS = ("leads",)


def read(kind: str, items: list[dict[str, Any]], source: Source, *more: str) -> Account:
    """What the kinds make of one collection."""
    return assemble(
        [(name, source) for name in (kind, *more)], {source: items}, {"groups": {0: "Отдел продаж"}}
    )


def attrs(account: Account, kind: str) -> list[dict[str, Any]]:
    return [dict(item.attrs) for item in account.of(kind)]


def test_options_as_a_list_as_an_object_and_without_codes() -> None:
    """Enums come as a list, or keyed by position (config page C7.2); code is absent, null or text."""
    rows = [{"id": 3, "value": "Б", "sort": 2}, {"id": 1, "value": "А", "sort": 1, "code": None}]
    shapes: list[Any] = [rows, {"0": rows[1], "4": rows[0]}]
    source = Source("leads/custom_fields", "custom_fields", scope=LEADS)
    for enums in shapes:
        item = {"id": 7, "name": "Канал", "type": "select", "enums": enums, "required_statuses": None}
        account = read("field", [item], source, "option")
        found = sorted(account.of("option"), key=lambda option: option.place)
        assert [(option.id, option.attrs["name"], option.attrs["code"]) for option in found] == [
            (1, "А", None),
            (3, "Б", None),
        ]


def test_a_field_as_old_and_new_dumps_hold_it() -> None:
    """Null and empty lists mean the same; keys that a scope lacks are simply not there (config page C7.2)."""
    source = Source("contacts/custom_fields", "custom_fields", scope=("contacts",))
    old = {"id": 1, "name": "Должность", "type": "text", "code": "POSITION", "sort": 510, "group_id": None}
    new = {
        **old,
        "id": 2,
        "is_api_only": False,
        "enums": None,
        "required_statuses": [],
        "hidden_statuses": [],
    }
    newest = {
        **new,
        "id": 3,
        "triggers": [],
        "settings": None,
        "is_computed": False,
        "entity_type": "contacts",
    }
    first, *others = attrs(read("field", [old, new, newest], source, "option"), "field")
    assert first["required_at"] == ()
    assert first["api_only"] is False
    assert others == [first, first]


def test_a_field_of_a_list() -> None:
    source = Source("catalogs/5200/custom_fields", "custom_fields", scope=("catalogs", "#5200"))
    item = {"id": 9, "name": "Гарантия", "type": "numeric", "code": "WARRANTY", "sort": 540, "nested": None}
    [field] = attrs(
        read("field", [{**item, "is_visible": True, "is_required": False}], source, "option"), "field"
    )
    assert (field["name"], field["type"], field["visible"], field["required"]) == (
        "Гарантия",
        "numeric",
        True,
        False,
    )


def test_tags_with_and_without_colour() -> None:
    """Where an entity has no colours, the key may be missing (config page C9)."""
    items = [
        {"id": 1, "name": "VIP", "color": "FFCE5A"},
        {"id": 2, "name": "Опт", "color": None},
        {"id": 3, "name": "x"},
    ]
    lead = read("tag", items, Source("leads/tags", "tags", scope=LEADS))
    assert [tag["color"] for tag in attrs(lead, "tag")] == ["FFCE5A", None, None]
    contact = read("tag", items, Source("contacts/tags", "tags", scope=("contacts",)))
    assert all("color" not in tag for tag in attrs(contact, "tag"))


def test_a_pipeline_without_an_archive_flag_and_with_old_colours() -> None:
    """One documented answer lacks is_archive; old and system colours are outside the palette (C4, C5)."""
    statuses = [
        {"id": 10, "name": "Неразобранное", "sort": 10, "is_editable": False, "color": "#c1c1c1", "type": 1},
        {"id": 11, "name": "Заявка", "sort": 20, "is_editable": True, "color": "#99ccff", "type": 0},
        {"id": 142, "name": "Оплачено", "sort": 10000, "is_editable": False, "color": "#CCFF66", "type": 0},
    ]
    item = {"id": 1, "name": "Сервис", "sort": 20, "is_main": True, "is_unsorted_on": True}
    source = Source("leads/pipelines", "pipelines", paged=False)
    account = read("pipeline", [{**item, "_embedded": {"statuses": statuses}}], source, "stage")
    [pipeline] = attrs(account, "pipeline")
    assert (pipeline["main"], pipeline["unsorted"], pipeline["in_archive"]) == (True, True, False)
    assert [(stage.reserved, stage.attrs["color"]) for stage in account.of("stage")] == [
        ("unsorted", "#c1c1c1"),
        ("", "#99ccff"),
        ("won", "#CCFF66"),
    ]


def test_rights_with_gaps_and_in_the_form_of_administrators() -> None:
    """status_rights may be null, a block or letter missing, catalog_rights of another form (config page C10)."""
    rights = {
        "leads": {"view": "G"},
        "status_rights": None,
        "catalog_rights": {"view": "A"},
        "mail_access": True,
    }
    item = {"id": 5, "name": "Менеджер", "rights": rights, "_embedded": {"users": [7, 8]}}
    [role] = attrs(
        read("role", [item, {"id": 6, "name": "Пустая", "rights": None}], Source("roles", "roles")), "role"
    )[:1]
    assert role["rights.leads.view"] == "group"
    assert role["rights.leads.export"] == role["rights.tasks.edit"] == "none"
    assert (role["rights.mail"], role["stages"], role["catalogs"]) == (True, {}, {})


def test_users_as_real_dumps_hold_them() -> None:
    """Group 0 or null is the default department; unknown keys of rights are passed over (config page C11)."""
    rights = {"is_admin": True, "is_active": True, "group_id": None, "role_id": None, "files_access": False}
    items = [
        {"id": 1, "name": "А", "email": "a@x.example", "rights": {**rights, "custom_fields_rights": None}},
        {"id": 2, "name": "Б", "email": "b@x.example", "rights": {**rights, "group_id": 0}, "uuid": None},
    ]
    users = attrs(read("user", items, Source("users", "users")), "user")
    assert [(user["email"], user["role"], user["group"]) for user in users] == [
        ("a@x.example", None, "Отдел продаж"),
        ("b@x.example", None, "Отдел продаж"),
    ]


def test_an_account_with_and_without_extras() -> None:
    """Task types come inside the account; older answers lack half of it (config page C1)."""
    source = Source("account", "", paged=False)
    embedded = {
        "task_types": [
            {"id": 1, "name": "Связаться", "color": None, "icon_id": None, "code": "FOLLOW_UP"},
            {"id": 9, "name": "КП"},
        ],
        "users_groups": [{"id": 0, "name": "Отдел продаж", "uuid": None}],
        "datetime_settings": {"timezone": "Europe/Moscow"},
    }
    account = read("task_type", [{"id": 31, "_embedded": embedded}], source)
    assert [(item.id, item.attrs["name"], item.fixed) for item in account.of("task_type")] == [
        (1, "Связаться", True),
        (9, "КП", False),
    ]
    assert facts_of({"id": 31, "subdomain": "demo", "_embedded": embedded})["timezone"] == "Europe/Moscow"
    assert facts_of({"id": 31, "subdomain": "demo"})["groups"] == {}


def test_webhooks_keep_events_that_no_table_lists() -> None:
    item = {
        "id": 1,
        "destination": "https://x.example/",
        "settings": ["add_lead", "unsorted_made_up"],
        "disabled": False,
    }
    [hook] = attrs(read("webhook", [item], Source("webhooks", "webhooks", paged=False)), "webhook")
    assert hook["events"] == ("add_lead", "unsorted_made_up")


def test_keys_that_nobody_knows_are_passed_over() -> None:
    """The service grows keys; none of them may matter."""
    source = Source("leads/loss_reasons", "loss_reasons")
    item = {
        "id": 1,
        "name": "Дорого",
        "sort": 100000,
        "created_at": 1,
        "updated_at": 1,
        "brand_new": {"a": [None]},
    }
    assert attrs(read("loss_reason", [item], source), "loss_reason") == [{"name": "Дорого"}]
