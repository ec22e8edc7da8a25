"""What import writes: minimal, readable, without secrets, and a plan of it changes nothing."""

import dataclasses
from typing import Any

import pytest

from amoconf.spec.dump import dump
from tests.spec.accounts import HEAD, Wire, loaded, tree


def section(wire: Wire, *path: str) -> Any:
    """A part of what is written, after the law was checked."""
    written = wire.dumped()
    assert wire.changes(written) == ()
    value = tree(written)
    for key in path:
        value = value[key]
    return value


def test_an_account_without_anything_of_its_own() -> None:
    written = Wire().dumped()
    assert tree(written) == {"amoconf": 1, "account": {"subdomain": "acme", "id": 1, "domain": "amocrm.ru"}}
    assert written.text.startswith("# yaml-language-server: $schema=account.schema.json\n")
    assert "acme.amocrm.ru на 2026-01-02" in written.text


def test_a_small_account_as_text() -> None:
    wire = Wire()
    pipeline = wire.pipeline(
        "Продажи", ["Новая", {"name": "Счёт", "color": "#fffeb2", "hints": {"newbie": "Звони"}}]
    )
    pipeline |= {"is_main": True, "is_unsorted_on": False}
    group = wire.group("leads", "leads_1", "Доставка")
    stage = pipeline["_embedded"]["statuses"][2]["id"]
    pairs = [
        {"pipeline_id": pipeline["id"], "status_id": stage},
        {"pipeline_id": pipeline["id"], "status_id": 143},
    ]
    wire.field("leads", "Город", "select", ["Пенза", "010"], group_id=group["id"], required_statuses=pairs)
    wire.add("leads/tags", name="VIP", color="832161")
    wire.add("leads/tags", name="Опт", color=None)
    wire.add("contacts/tags", name="Опт")
    lines = wire.dumped().text.split("\n\n", 1)[1]
    assert lines == (
        "amoconf: 1\n"
        "\n"
        "account:\n"
        "  subdomain: acme\n"
        "  id: 1\n"
        "  domain: amocrm.ru\n"
        "\n"
        "# Вкладки карточек.\n"
        "field_groups:\n"
        "  leads: [Доставка]\n"
        "\n"
        "# Воронки, по порядку меню.\n"
        "pipelines:\n"
        "  Продажи:\n"
        "    main: true\n"
        "    unsorted: false\n"
        "    stages:\n"
        "      Новая: {}\n"
        "      Счёт:\n"
        '        color: "#fffeb2"\n'
        "        hints: {newbie: Звони}\n"
        "\n"
        "# Поля карточек, по порядку внутри вкладки.\n"
        "fields:\n"
        "  leads:\n"
        "    Город:\n"
        "      type: select\n"
        "      group: Доставка\n"
        "      required_at: [Продажи/lost, Продажи/Счёт]\n"
        '      options: [Пенза, "010"]\n'
        "\n"
        "# Теги; у каждой сущности свои.\n"
        "tags:\n"
        "  leads:\n"
        '    VIP: {color: "832161"}\n'
        "    Опт: {}\n"
        "  contacts: [Опт]\n"
    )


def test_closing_stages_are_written_where_they_have_a_name_or_hint_of_their_own() -> None:
    wire = Wire()
    wire.pipeline("а", [], won="Оплачено")
    wire.pipeline("б", ["Новая"], lost="Closed - lost")
    assert section(wire, "pipelines") == {"а": {"won": "Оплачено"}, "б": {"stages": ["Новая"]}}


def test_what_the_platform_made_is_left_out() -> None:
    wire = Wire()
    wire.task_type("Связаться")
    wire.document["_embedded"]["task_types"][0]["id"] = 1
    wire.group("leads", "default", "Основное", is_predefined=True)
    wire.group("leads", "statistic", "Статистика", is_predefined=True)
    wire.field("leads", "utm_source", "tracking_data", group_id="statistic")
    wire.field("contacts", "Телефон", "multitext", is_predefined=True, code="PHONE")
    wire.field("contacts", "Должность", is_deletable=False)
    wire.add("widgets", code="offered", is_active_in_account=False)
    assert set(section(wire)) == {"amoconf", "account"}


def test_a_predefined_field_that_is_obligatory_is_written() -> None:
    wire = Wire()
    pipeline = wire.pipeline("а", [])
    pairs = [{"pipeline_id": pipeline["id"], "status_id": 142}]
    wire.field("contacts", "Телефон", "multitext", is_predefined=True, code="PHONE", required_statuses=pairs)
    wire.field("contacts", "Почта", "multitext", is_predefined=True, code="EMAIL")
    assert section(wire, "fields", "contacts") == {
        "Телефон": {"type": "multitext", "code": "PHONE", "required_at": ["а/won"]}
    }


def test_a_group_of_the_platform_is_named_where_a_field_lies_in_it() -> None:
    wire = Wire()
    wire.group("leads", "statistic", "Статистика", is_predefined=True)
    wire.field("leads", "Метка", group_id="statistic")
    wire.field("leads", "Город", group_id=None)
    assert section(wire, "fields", "leads") == {
        "Метка": {"type": "text", "group": "statistic"},
        "Город": {"type": "text"},
    }


def test_archived_things_are_counted_and_not_written() -> None:
    wire = Wire()
    wire.pipeline("[архив] Старая")
    wire.pipeline("В архиве", is_archive=True)
    wire.pipeline("Живая", ["Новая", "[архив] Думает"])
    wire.field("leads", "[архив] Город")
    wire.user("gone@acme.example", is_active=False)
    written = wire.dumped()
    assert wire.changes(written) == ()
    assert tree(written)["pipelines"] == {"Живая": {"stages": ["Новая"]}}
    assert (
        "# Не выписано архивное и отключённое: 3 («[архив] Старая», «В архиве», «[архив] Думает»)."
        in written.text
    )
    assert "# fields: Не выписано архивное и отключённое: 1 («[архив] Город»)." in written.text
    assert "# users: Не выписано архивное и отключённое: 1 («gone@acme.example»)." in written.text


def allowed(roles: dict[str, Any]) -> dict[str, Any]:
    """Roles without the rights that are written although nobody has them."""
    result = {}
    for name, role in roles.items():
        rights = {
            block: {right: word for right, word in row.items() if word != "none"}
            if isinstance(row, dict)
            else row
            for block, row in role.get("rights", {}).items()
        }
        rest = {key: value for key, value in role.items() if key != "rights"}
        kept = {block: row for block, row in rights.items() if row}
        result[name] = {**rest, **({"rights": kept} if kept else {})}
    return result


def test_every_right_is_written_so_that_granting_one_is_a_difference() -> None:
    wire = Wire()
    wire.role("Роль", leads={"view": "A", "edit": "M", "add": "A", "delete": "D", "export": "D"})
    rights = section(wire, "roles")["Роль"]["rights"]
    assert rights["leads"] == {"view": "all", "edit": "own", "add": "all", "delete": "none", "export": "none"}
    assert rights["tasks"] == {"edit": "none", "delete": "none"}


def test_what_is_referred_to_is_written_though_archived() -> None:
    wire = Wire()
    role = wire.role("[архив] Менеджер", mail_access=True)
    wire.user("a@acme.example", role_id=role["id"])
    wire.field("leads", "Город", group_id=wire.group("leads", "leads_1", "Архив")["id"])
    spec = section(wire)
    assert allowed(spec["roles"]) == {"[архив] Менеджер": {"rights": {"mail": True}}}
    assert spec["users"]["a@acme.example"]["role"] == "[архив] Менеджер"
    assert spec["field_groups"] == {"leads": ["Архив"]}


def test_what_rests_and_is_referred_to_stays_at_rest() -> None:
    wire = Wire()
    pipeline = wire.pipeline("а", [])
    unsorted = pipeline["_embedded"]["statuses"][0]["id"]
    role = wire.role("[архив] Стажёр", {(pipeline["id"], unsorted): "DDD", (pipeline["id"], 142): "DDDD"})
    wire.role("Стажёр", leads={"view": "A"})
    wire.user("a@acme.example", role_id=role["id"])
    spec = section(wire)
    assert list(spec["roles"]) == ["[архив] Стажёр", "Стажёр"]
    assert list(spec["roles"]["[архив] Стажёр"]) == ["archived"]


@pytest.mark.parametrize(
    ("letters", "written"),
    [
        # incoming, а, б, won, lost; view, edit, delete, export
        (["DDD", "AAAA", "AAAA", "AAAA", "AAAA"], {"в/*": "all", "в/unsorted": "none"}),
        (["AAA", "AAAA", "AAAA", "AAAA", "AAAA"], {"в/*": "all"}),
        (["DDD", "DDDD", "DDDD", "DDDD", "DDDD"], {"в/*": "none"}),
        (
            ["DDD", "ADDD", "ADDD", "DDDD", "ADDD"],
            {"в/*": {"view": "all"}, "в/won": "none", "в/unsorted": "none"},
        ),
        (["DDD", None, "AADD", None, None], {"в/б": {"view": "all", "edit": "all"}}),
        (["DDD", None, None, None, None], None),
        (["ADD", None, None, None, None], {"в/unsorted": {"view": "all"}}),
    ],
)
def test_rights_on_stages_are_written_in_their_shortest_form(letters: list[str | None], written: Any) -> None:
    wire = Wire()
    pipeline = wire.pipeline("в", ["а", "б"])
    stages = [(pipeline["id"], stage["id"]) for stage in pipeline["_embedded"]["statuses"]]
    wire.role("Роль", {stage: row for stage, row in zip(stages, letters, strict=True) if row})
    assert allowed(section(wire, "roles")) == {"Роль": {} if written is None else {"stages": written}}


def test_rights_on_lists() -> None:
    wire = Wire()
    first, second = (wire.add("catalogs", name=name, type="regular")["id"] for name in ("а", "б"))
    rows = {
        first: {"view": "A", "edit": "L"},
        second: dict.fromkeys(("view", "add", "edit", "delete", "export"), "D"),
    }
    wire.role("Роль", catalog_rights=[{"catalog_id": key, "rights": row} for key, row in rows.items()])
    assert allowed(section(wire, "roles")) == {"Роль": {"catalogs": {"а": {"view": "all", "edit": "linked"}}}}


def test_links_to_archived_pipelines_stay_as_they_are() -> None:
    wire = Wire()
    old, new = wire.pipeline("Старая", is_archive=True), wire.pipeline("Новая", [])
    pairs = [{"pipeline_id": pipeline["id"], "status_id": 142} for pipeline in (old, new)]
    wire.field("leads", "Город", required_statuses=pairs)
    wire.field("leads", "Бренд", required_statuses=pairs[:1])
    wire.role("Роль", {(old["id"], 142): "AAAA"})
    spec = section(wire)
    assert spec["fields"]["leads"] == {
        "Город": {"type": "text", "required_at": ["Новая/won"]},
        "Бренд": {"type": "text"},
    }
    assert allowed(spec["roles"]) == {"Роль": {}}


def test_colours_that_cannot_be_sent_are_left_out() -> None:
    wire = Wire()
    wire.pipeline(
        "а",
        [
            {"name": "б", "color": "#99ccff"},
            {"name": "в", "color": "#FFFEB2"},
            {"name": "г", "color": "#c1e0ff"},
        ],
    )
    wire.add("leads/tags", name="д", color="123456")
    assert section(wire, "pipelines", "а", "stages") == {"б": {}, "в": {}, "г": {"color": "#c1e0ff"}}


def test_equal_names_are_told_apart_by_number() -> None:
    wire = Wire()
    wire.field("leads", "Вид", "select", ["Да", "Нет", "Да"])
    wire.add("leads/loss_reasons", name="Дорого", sort=900)
    wire.add("leads/loss_reasons", name="Дорого", sort=5)
    assert section(wire, "fields", "leads", "Вид", "options") == {
        "Да": {"twin": 1},
        "Нет": {},
        "Да-2": {"name": "Да", "twin": 2},
    }
    assert section(wire, "loss_reasons") == {"Дорого": {"twin": 2}, "Дорого-2": {"name": "Дорого", "twin": 1}}


def test_a_living_thing_has_its_name_to_itself_though_an_archived_one_has_it_too() -> None:
    wire = Wire()
    wire.pipeline("Опт", is_archive=True)
    wire.pipeline("Опт")
    assert section(wire, "pipelines") == {"Опт": {"twin": 2, "stages": ["Новая"]}}


def test_equal_names_of_two_types_are_no_unfinished_replace() -> None:
    wire = Wire()
    wire.field("leads", "Город", "text")
    wire.field("leads", "Город", "select", ["Пенза"])
    wire.field("leads", "Город", "tracking_data")
    assert section(wire, "fields", "leads") == {
        "Город": {"twin": 1, "type": "text"},
        "Город-2": {"name": "Город", "twin": 2, "type": "select", "options": ["Пенза"]},
    }


def test_of_equal_names_all_are_written_or_none() -> None:
    wire = Wire()
    wire.field("leads", "Город", "text")
    wire.field("leads", "Город", "of_tomorrow")
    written = wire.dumped()
    assert wire.changes(written) == ()
    assert "fields" not in tree(written)
    assert "для этого в языке нет слов: 2 («Город», «Город»)" in written.text


def test_options_with_codes_and_categories() -> None:
    wire = Wire()
    wire.field("leads", "Канал", "select", [{"value": "Сайт"}, {"value": "Звонок", "code": "call"}])
    catalog = wire.add("catalogs", name="Товары", type="products", can_be_deleted=False)
    field = wire.field(f"catalogs/{catalog['id']}", "Группа", "category")
    root = {"id": 5, "parent_id": None, "value": "Станки", "sort": 0}
    field["nested"] = [root, {"id": 6, "parent_id": 5, "value": "Токарные", "sort": 0}]
    spec = section(wire)
    assert spec["fields"]["leads"]["Канал"]["options"] == {"Сайт": {}, "Звонок": {"code": "call"}}
    nodes = spec["catalogs"]["Товары"]["fields"]["Группа"]["options"]
    assert nodes == {"Станки": {}, "Токарные": {"under": "Станки"}}


def test_equal_codes_are_left_to_the_account() -> None:
    wire = Wire()
    wire.field("leads", "Город", code="CITY")
    wire.field("leads", "Бренд", code="CITY")
    assert section(wire, "fields", "leads") == {"Город": {"type": "text"}, "Бренд": {"type": "text"}}


def test_rights_that_no_spec_may_hold_together_are_told() -> None:
    wire = Wire()
    leads = {"view": "M", "edit": "A", "add": "D", "delete": "D", "export": "D"}
    wire.role("Странная", leads=leads, tasks={"edit": "A", "delete": "D"})
    written = wire.dumped()
    assert wire.changes(written) == ()
    assert allowed(tree(written)["roles"]) == {
        "Странная": {"rights": {"leads": {"view": "own"}, "tasks": {"edit": "all"}}}
    }
    assert "# «Странная»: не выписано rights.leads.edit" in written.text


def test_a_list_field_without_options_is_told() -> None:
    wire = Wire()
    wire.field("leads", "Пусто", "select", [])
    assert "для этого в языке нет слов: 1 («Пусто»)" in wire.dumped().text


def test_webhooks_keep_their_secrets_elsewhere() -> None:
    wire = Wire()
    wire.webhook("https://u:pass@erp.example:8443/amo/0123456789abcdef0123/in?key=s3cret#frag", "add_lead")
    wire.webhook("https://erp.example/amo/3f2b8c1e-7a42-4c19-9a57-2d6b8e0f4a11", "add_lead")
    wire.webhook("https://erp.example/amo/0123456789abcdef0123", "add_lead")
    wire.webhook("https://erp.example/order-status-handler/${x}", "status_lead")
    wire.webhook("https://erp.example/?", "sing_a_song")
    written = wire.dumped()
    assert wire.changes(written) == ()
    spec = tree(written)["integrations"]["webhooks"]
    name = "${secret:WEBHOOK_ERP_EXAMPLE"
    assert (
        spec["erp.example"]["url"]
        == f"https://{name}}}@erp.example:8443/amo/{name}_2}}/in?{name}_3}}#{name}_4}}"
    )
    assert spec["erp.example-2"]["url"] == f"https://erp.example/amo/{name}_2_2}}"
    assert spec["erp.example-3"]["url"] == f"https://erp.example/amo/{name}_2}}"
    assert spec["erp.example-4"]["url"] == "https://erp.example/order-status-handler/$${x}"
    assert "erp.example-5" not in spec
    for value in ("pass", "0123456789", "3f2b8c1e", "s3cret", "frag"):
        assert value not in written.text
    assert set(written.secrets.values()) == {"u:pass", "0123456789abcdef0123", "key=s3cret", "frag", *UUID}


UUID = {"3f2b8c1e-7a42-4c19-9a57-2d6b8e0f4a11"}


@pytest.mark.parametrize("only", ["stage", "option", "field", "user", "role", "tag", "catalog"])
def test_only_some_kinds(only: str) -> None:
    wire = Wire()
    pipeline = wire.pipeline("а", ["б"])
    pairs = [{"pipeline_id": pipeline["id"], "status_id": 142}]
    group = wire.group("leads", "leads_1", "Доставка")
    wire.field("leads", "Город", "select", ["Да"], group_id=group["id"], required_statuses=pairs)
    role = wire.role("Роль", {(pipeline["id"], 142): "AAAA"})
    wire.user("a@acme.example", role_id=role["id"])
    wire.add("leads/tags", name="в", color=None)
    wire.field(f"catalogs/{wire.add('catalogs', name='г', type='regular')['id']}", "д")
    written = wire.dumped(only)
    assert wire.changes(written) == ()
    assert only in {item.address.kind for item in loaded(written).resources}
    sections = set(tree(written)) - {"amoconf", "account"}
    expected = {
        "stage": {"pipelines"},
        "option": {"fields"},
        "field": {"fields", "catalogs"},
        "user": {"users"},
        "role": {"roles"},
        "tag": {"tags"},
        "catalog": {"catalogs"},
    }
    assert sections == expected[only]


def test_what_could_not_be_read_is_told() -> None:
    head = dataclasses.replace(HEAD, unread={"users": "нужен администратор"})
    assert "#   users: нужен администратор\n" in dump(Wire().found(), head).text


def test_fields_of_a_tab_stand_together() -> None:
    wire = Wire()
    group = wire.group("leads", "leads_1", "Вторая")["id"]
    for name, tab in (("а", None), ("б", group), ("в", None), ("г", group)):
        wire.field("leads", name, group_id=tab)
    assert list(section(wire, "fields", "leads")) == ["а", "в", "б", "г"]
