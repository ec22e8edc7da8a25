"""Rules as tables: configuration rules on small specs, records rules on a handful of records."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amoconf.audit import audit, chosen, keep_for, load, rules
from amoconf.audit.rule import Finding
from amoconf.facts import Facts
from amoconf.model import Account, Resource
from amoconf.records.keep import Keep
from amoconf.records.mirror import Mirror
from amoconf.values import Address
from tests.living import call

HEAD = "amoconf: 1\naccount: {subdomain: stroymarket}\n"
NOW, DAY = 1_600_000_000, 86_400


def names(*texts: str) -> str:
    """A YAML list in one line."""
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


def stages(*texts: str) -> str:
    """A pipeline with these stages."""
    return f"pipelines: {{retail: {{name: Розница, stages: {names(*texts)}}}}}"


def fields(*texts: str) -> str:
    """Fields of deals: `name: type`."""
    rows = ", ".join(f'f{place}: {{name: "{text}", type: text}}' for place, text in enumerate(texts))
    return f"fields: {{leads: {{{rows}}}}}"


RIGHTS = "{view: all, edit: own, add: all, delete: %s, export: %s}"


def role(delete: str = "none", export: str = "none") -> str:
    """A role."""
    return f"roles: {{seller: {{name: Продавец, rights: {{leads: {RIGHTS % (delete, export)}}}}}}}"


# rule, spec, severity of what it finds (None: nothing), count
SPECS: list[tuple[str, str, str | None, float]] = [
    ("A03", role(delete="own"), "error", 1),
    ("A03", role(), None, 0),
    ("A04", role(export="all"), "warn", 1),
    ("A04", role(), None, 0),
    ("A05", "users: {a@firm.example: {group: Опт}}", "warn", 1),
    ("A06", "roles: {one: {name: Один, rights: {mail: true}}, two: {name: Два, rights: {mail: true}}}", "warn", 1),
    ("A11", "users: {a@firm.example: {group: X}, b@mail.example: {group: X}}\npolicy: {email_domains: [firm.example]}", "warn", 1),
    ("A11", "users: {a@firm.example: {group: X}}\npolicy: {email_domains: [firm.example]}", None, 0),
    ("B01", f"integrations: {{widgets: {{{', '.join(f'w{n}: installed' for n in range(16))}}}}}", "warn", 16),
    ("B01", f"integrations: {{widgets: {{{', '.join(f'w{n}: installed' for n in range(15))}}}}}", None, 0),
    ("B02", 'integrations: {webhooks: {a: {url: "http://a.example/x", events: [add_lead]}}}', "warn", 1),
    ("B02", 'integrations: {webhooks: {a: {url: "https://a.example/x", events: [add_lead]}}}', None, 0),
    ("C01", stages(*(f"Шаг {n}" for n in range(12))), None, 0),
    ("C01", stages(*(f"Шаг {n}" for n in range(13))), "warn", 13),
    ("C01", stages(*(f"Шаг {n}" for n in range(21))), "error", 21),
    ("C02", stages("Думает", "Ждём ответа", "Waiting for reply", "Esperando", "Договор подписан"), "warn", 4),
    ("C02", stages("Договор подписан", "Предложение отправлено"), None, 0),
    ("C03", stages("Отправить КП", "Send offer", "КП отправлено"), "warn", 2),
    ("C03", stages("Замер") + "\ntask_types: {measure: Замер}", "warn", 1),
    ("C04", stages("Первичный контакт", "Переговоры", "Принимают решение"), "warn", 1),
    ("C04", stages("Переговоры", "Принимают решение", "Договор подписан"), None, 0),
    ("C11", "pipelines: {retail: {name: Розница, stages: [Раз], won: Отказ}}", "warn", 1),
    ("C11", "pipelines: {retail: {name: Розница, stages: [Раз], won: Оплачено}}", None, 0),
    ("C12", "pipelines: {a: {name: Розничный отдел, stages: [Раз]}, b: {name: Розничный  oтдел, stages: [Раз]}}", "warn", 2),
    ("C12", "pipelines: {a: {name: Воронка 2017, stages: [Раз]}, b: {name: Воронка 2018, stages: [Раз]}}", None, 0),
    ("C13", stages("Раз"), "warn", 1),
    ("C13", "pipelines: {a: {name: А, stages: {one: {name: Раз, entry: Пришёл}}}}", None, 0),
    ("C17", stages("Раз"), "warn", 1),
    ("D02", fields(*(f"Поле {n}" for n in range(61))), "warn", 61),
    ("D05", "fields: {leads: {city: {name: Город, type: select, options: [Пенза]}}}", "warn", 1),
    ("D05", 'fields: {leads: {city: {name: Город, type: select, options: [Пенза, "пенза."]}}}', "warn", 1),
    ("D05", "fields: {leads: {city: {name: Город, type: select, options: [Пенза, Москва]}}}", None, 0),
    ("D06", "fields: {leads: {s: {name: Источник, type: select, options: [А, Б]}}}", "warn", 1),
    ("D08", fields("Комментарий менеджера", "Комментарии менеджера"), "warn", 2),
    ("D08", fields("Cкидка"), "warn", 1),
    ("D08", fields("Этаж", "Площадь"), None, 0),
    ("D09", "fields: {leads: {a: {name: ИНН, type: text}}, companies: {a: {name: ИНН, type: numeric}}}", "warn", 2),
    ("D09", "fields: {leads: {a: {name: ИНН, type: text}}, companies: {a: {name: ИНН, type: textarea}}}", None, 0),
    ("D11", fields(*(f"Поле {n}" for n in range(16))), "warn", 16),
    ("D13", "fields: {leads: {a: {name: А, type: text}}, contacts: {b: {name: Б, type: text}}}\npolicy: {rights: {forbid: [contacts.delete]}}", "warn", 1),
    ("D13", "fields: {leads: {a: {name: А, type: text}}, contacts: {b: {name: Удалить, type: checkbox}}}\npolicy: {rights: {forbid: [contacts.delete]}}", None, 0),
    ("D14", fields("Тест", "Новое поле", "Этаж"), "warn", 2),
    ("E02", 'tags: {leads: {a: VIP, b: vip, c: ВИП, d: "опт "}}', "warn", 3),
    ("E02", "tags: {leads: {a: Опт, b: Розница}}", None, 0),
    ("E03", "tags: {leads: {a: Опт}}\npolicy: {audit: {E03: {pattern: '[a-z]+'}}}", "warn", 1),
    ("E05", f"loss_reasons: [{', '.join(f'Причина {n}' for n in range(11))}]", "warn", 11),
    ("E08", "loss_reasons: [А]\nfields: {leads: {a: {name: Причина отказа, type: select, options: [А, Б]}}}", "info", 1),
    ("F15", "kpi: {win_rate: 20%}", "info", 1),
]  # fmt: skip


@pytest.mark.parametrize(("code", "spec", "severity", "count"), SPECS)
def test_configuration_rules(
    tmp_path: Path, code: str, spec: str, severity: str | None, count: float
) -> None:
    path = tmp_path / "account.yaml"
    path.write_text(HEAD + spec, encoding="utf-8")
    ended = call(
        ("audit", "--offline", "-f", str(path), "--format", "json", "--only", code),
        {"AMOCONF_STATE_DIR": str(tmp_path)},
    )
    assert ended.code == 0, ended.err
    document = ended.json
    assert document["evaluated"] == [code], document["skipped"]
    assert [(row["severity"], row["count"]) for row in document["findings"]] == (
        [(severity, count)] if severity else []
    )


def test_what_the_spec_does_not_speak_of_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "account.yaml"
    path.write_text(HEAD, encoding="utf-8")
    document = call(("audit", "--offline", "-f", str(path), "--format", "json"), {}).json
    assert document["score"] == 100 or document["score"] is None
    assert set(document["evaluated"]) <= {"C17", "D13", "F15"}
    assert {row["rule"] for row in document["skipped"]} | set(document["evaluated"]) == {
        rule.code for rule in rules()
    }


def deal(key: int, **more: Any) -> dict[str, Any]:
    """A deal as the API gives it."""
    usual = {
        "pipeline_id": 1,
        "status_id": 10,
        "price": 100,
        "responsible_user_id": 5,
        "loss_reason_id": None,
    }
    times = {"created_at": NOW - 10 * DAY, "updated_at": NOW - DAY, "closed_at": None}
    return {"id": key, "name": f"Deal {key}", "source_id": None, "created_by": 5, **usual, **times, **more}


def card(
    key: int, *, phone: str = "", email: str = "", name: str = "Somebody", **more: Any
) -> dict[str, Any]:
    """A contact or a company."""
    told = (("PHONE", 71, phone), ("EMAIL", 72, email))
    values = [
        {
            "field_id": number,
            "field_code": code,
            "field_type": "multitext",
            "values": [{"value": part} for part in text.split("|")],
        }
        for code, number, text in told
        if text
    ]
    times = {"created_at": NOW - 10 * DAY, "updated_at": NOW - DAY, "responsible_user_id": 5, "created_by": 5}
    return {"id": key, "name": name, "custom_fields_values": values, **times, **more}


def task(key: int, deal_id: int, **more: Any) -> dict[str, Any]:
    """A task of a deal."""
    usual = {"entity_type": "leads", "entity_id": deal_id, "task_type_id": 1, "is_completed": False}
    times = {"created_at": NOW - DAY, "updated_at": NOW - DAY, "complete_till": NOW + DAY}
    return {"id": key, "responsible_user_id": 5, "created_by": 5, **usual, **times, **more}


def thing(kind: str, key: int, name: str, above: str = "", **more: Any) -> Resource:
    """A found thing."""
    home = (above,) if above else ()
    return Resource(Address(kind, (*home, f"#{key}")), {"name": name, **more}, id=key)


FOUND = Account(
    (
        thing("pipeline", 1, "Розница"),
        thing("stage", 10, "Новая", "#1"),
        thing("stage", 11, "КП отправлено", "#1"),
        replace(thing("stage", 142, "Успешно", "#1"), reserved="won"),
        replace(thing("stage", 143, "Закрыто", "#1"), reserved="lost"),
        thing("loss_reason", 31, "Спам"),
        thing("loss_reason", 32, "Дорого"),
        thing("task_type", 1, "Звонок"),
        thing("task_type", 2, "Встреча"),
        thing("user", 5, "Иван", email="ivan@firm.example"),
        thing("tag", 41, "VIP", "leads"),
    ),
    facts={"timezone": "Europe/Moscow"},
)
PEOPLE = [
    {"id": 5, "email": "ivan@firm.example", "rights": {"is_active": True}},
    {"id": 6, "email": "x@firm.example", "rights": {"is_active": False, "is_free": True}},
]
PATHS = ("leads/pipelines", "leads/loss_reasons", "roles", "webhooks", "widgets", "bots")
MORE = tuple(
    f"{entity}/{what}" for entity in ("leads", "contacts", "companies") for what in ("tags", "custom_fields")
)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror(None, b"a key for tests") as here:
        yield here


def judged(
    mirror: Mirror, code: str, records: Mapping[str, list[dict[str, Any]]], policy: Mapping[str, Any]
) -> tuple[list[Finding], dict[str, Any]]:
    """What one rule says of these records."""
    facts = Facts(FOUND, live=True, now=NOW, raw={**{path: [] for path in (*PATHS, *MORE)}, "users": PEOPLE})
    picked = chosen((code,))
    limits = load(policy, rules(), NOW)
    keep = keep_for(picked, facts, limits) | Keep.of(leads=(), contacts=(), companies=(), tasks=())
    for name, fields in keep.entities.items():
        mirror.begin(name, fields)
        mirror.put(name, records.get(name, ()), fields)
        mirror.note(name, complete=1, as_of=NOW)
    result = audit(picked, replace(facts, records=mirror), limits)
    assert not result.skipped
    return list(result.findings), result.figures


def many(count: int, **more: Any) -> list[dict[str, Any]]:
    """Deals."""
    return [deal(key, **more) for key in range(1, count + 1)]


LOST = {"status_id": 143, "closed_at": NOW - DAY}
OLD = {"updated_at": NOW - 40 * DAY}
# rule, records, severity (None: nothing is found), figure, its value
RECORDS: list[tuple[str, dict[str, list[dict[str, Any]]], str | None, str, float]] = [
    ("A08", {"leads": many(2, responsible_user_id=6)}, "error", "open_deals_of_inactive", 2),
    ("A08", {"leads": many(2)}, None, "open_deals_of_inactive", 0),
    ("A12", {"leads": many(1, responsible_user_id=6)}, "warn", "open_deals_of_free", 1),
    ("C07", {"leads": many(3)}, "warn", "stages_empty", 1),
    ("C16", {"leads": many(40, status_id=142, price=0)}, "warn", "won_without_price", 40),
    ("C16", {"leads": many(29, status_id=142, price=0)}, "grey", "won_without_price", 29),
    ("C16", {"leads": many(40, status_id=142)}, None, "won_without_price", 0),
    ("E01", {"leads": many(1)}, "warn", "tags_unused[leads]", 1),
    ("E01", {"leads": [deal(1, _embedded={"tags": [{"id": 41}]})]}, None, "tags_unused[leads]", 0),
    ("E04", {"tasks": [task(1, 1)]}, "warn", "task_types_unused", 1),
    ("E06", {"leads": many(40, **LOST)}, "error", "lost_without_reason", 40),
    ("E06", {"leads": many(40, **LOST, loss_reason_id=31)}, None, "lost_without_reason", 0),
    ("E06", {"leads": [*many(36, **LOST, loss_reason_id=31), *(deal(key, **LOST) for key in range(91, 95))]}, "warn", "lost_without_reason", 4),
    ("E07", {"leads": many(40, **LOST, loss_reason_id=31)}, "warn", "reason_deals[Спам]", 40),
    ("E09", {"leads": many(40, **LOST, loss_reason_id=31)}, "warn", "lost_noise", 40),
    ("F01", {"leads": many(40), "tasks": [task(1, 1)]}, "warn", "active_without_task", 39),
    ("F01", {"leads": many(40), "tasks": [task(key, key) for key in range(1, 41)]}, None, "active_without_task", 0),
    ("F01", {"leads": many(3), "tasks": []}, "grey", "active_without_task", 3),
    ("F02", {"tasks": [task(key, key, complete_till=NOW - 1) for key in range(1, 41)]}, "error", "tasks_overdue", 40),
    ("F03", {"leads": many(2, **OLD)}, "warn", "deals_idle", 2),
    ("F04", {"leads": many(61)}, "warn", "deals_of_busiest", 61),
    ("F04", {"leads": many(151)}, "error", "deals_of_busiest", 151),
    ("F05", {"leads": many(30)}, "warn", "open_value_of_one", 3000),
    ("F06", {"leads": many(30, responsible_user_id=0)}, "warn", "deals_of_nobody", 30),
    ("F07", {"leads": many(30, status_id=11, price=0)}, "warn", "deals_past_proposal_unpriced", 30),
    ("F12", {"leads": [deal(key, _embedded={"contacts": [{"id": 9}]}) for key in (1, 2)]}, "warn", "contacts_with_several_open", 1),
    ("F13", {"leads": [deal(1, name="Окна"), deal(2, name="окна ")]}, "info", "deals_doubled", 1),
    ("F14", {"leads": many(30)}, "warn", "new_deals_with_task", 0),
    ("G01", {"contacts": [card(1, phone="+7 495 123-45-67"), card(2, phone="84951234567")], "companies": [card(key) for key in range(3, 31)]}, "error", "cards_sharing_phone", 2),
    ("G02", {"contacts": [card(1, phone="84951234567|+7 (495) 1234567")]}, "warn", "cards_doubled_phone", 1),
    ("G02", {"contacts": [card(1, email="A@x.example| a@X.example")]}, "warn", "cards_doubled_email", 1),
    ("G02", {"contacts": [card(1, phone="12|12")]}, None, "cards_doubled_phone", 0),
    ("G03", {"contacts": [card(key, name=" ") for key in range(1, 31)]}, "warn", "contacts_without_name", 30),
    ("G04", {"contacts": [card(key) for key in range(1, 31)]}, "warn", "contacts_without_phone", 30),
    ("G05", {"contacts": [card(key, phone="12345") for key in range(1, 31)]}, "warn", "contacts_malformed", 30),
    ("G06", {"contacts": [card(key) for key in range(1, 31)]}, "info", "contacts_without_deals", 30),
    ("G09", {"contacts": [card(1, responsible_user_id=6)]}, "warn", "contacts_of_nobody", 1),
]  # fmt: skip


@pytest.mark.parametrize(("code", "records", "severity", "figure", "value"), RECORDS)
def test_records_rules(
    mirror: Mirror,
    code: str,
    records: dict[str, list[dict[str, Any]]],
    severity: str | None,
    figure: str,
    value: float,
) -> None:
    findings, figures = judged(mirror, code, records, {})
    assert figures[figure] == value
    # The worst comes first; a list without records is grey, never fine.
    assert (findings[0].severity if findings else None) == severity


def test_a_policy_moves_the_limit(mirror: Mirror) -> None:
    findings, _ = judged(mirror, "F04", {"leads": many(61)}, {"F04": {"warn": 61}})
    assert not findings


def test_evidence_is_at_most_twenty(mirror: Mirror) -> None:
    findings, _ = judged(mirror, "E06", {"leads": many(40, **LOST)}, {})
    assert [(len(found.evidence), found.count, found.share) for found in findings] == [(20, 40, 1.0)]


@pytest.mark.parametrize(
    ("unread", "code", "said"),
    [
        ({"records": "the token may not read records: no"}, "E06", "may not read records"),
        ({"events": "the token may not read events: no"}, "C08", "may not read events: no"),
        ({"users": "Forbidden"}, "A01", "may not read users: Forbidden"),
        ({"contacts/tags": "Forbidden"}, "E02", "may not read contacts/tags"),
    ],
)
def test_what_may_not_be_read_is_skipped_with_the_reason(
    unread: dict[str, str], code: str, said: str
) -> None:
    raw: dict[str, list[Any]] = {path: [] for path in (*PATHS, *MORE, "users")}
    facts = Facts(FOUND, live=True, now=NOW, raw=raw, unread=unread)
    result = audit(chosen((code,)), facts, load({}, rules(), NOW))
    assert said in result.skipped[code]
    assert (result.findings, result.figures, result.score) == ((), {}, None)


def test_a_mirror_keeps_only_what_is_asked_for() -> None:
    facts = Facts(FOUND, live=True, now=NOW, raw={path: [] for path in (*PATHS, *MORE, "users")})
    none = load({}, rules(), NOW)
    assert set(keep_for(chosen(("C01",)), facts, none).entities) == set()
    assert set(keep_for(chosen(("E04",)), facts, none).entities) == {"tasks"}
    assert set(keep_for(chosen(("G01", "E06")), facts, none).entities) == {"leads", "contacts", "companies"}
    off = load({"E06": "off"}, rules(), NOW)
    assert set(keep_for(chosen(("E06",)), facts, off).entities) == set()
