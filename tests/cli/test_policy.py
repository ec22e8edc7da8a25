"""Policies as people meet them: validate, plan, drift, audit; exit codes, both languages, a token that sees little."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.living import Living, call, living

HEAD = "amoconf: 1\naccount: {subdomain: stroymarket, id: 30817554}\n"
POLICY = """policy:
  admins: {max: 2, allow: [owner@stroymarket.example], technical: integrations@stroymarket.example}
  rights: {forbid: [leads.delete, contacts.delete, companies.delete]}
  email_domains: [stroymarket.example]
"""
ADMINS = {"balkin@stroymarket.example", "krovelnaya@stroymarket.example", "fasadov@pochta.example"}
ADMINS |= {"smetin@stroymarket.example"}


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """The audited account; no test here changes it."""
    with living(tmp_path_factory.mktemp("policy"), scenario="audited", scale=0.002) as account:
        yield account


def rows(document: Any, key: str) -> dict[str, Any]:
    return {row["address"]: row for row in document[key]}


def test_the_audited_account_is_told_the_truth_about_its_people(crm: Living) -> None:
    crm.spec(HEAD + POLICY)
    plan = crm.amoconf("plan", "--exit-code", "--format", "json")
    assert (plan.code, plan.json["blocked"]) == (2, False)
    found = rows(plan.json, "changes")
    assert {row["action"] for row in found.values()} == {"manual"}
    unmade = {key for key, row in found.items() if row["before"] and "admin" in row["before"]}
    assert unmade == {f"user/{mail}" for mail in ADMINS}
    assert "user/integrations@stroymarket.example" in found
    assert sum("leads.delete" in " ".join(row["manual"]) for row in found.values()) == 9
    assert sum("e-mail" in " ".join(row["manual"]) for row in found.values()) == 7
    drift = crm.amoconf("drift", "--format", "json")
    assert (drift.code, rows(drift.json, "differences")) == (2, found)
    assert crm.amoconf("drift", "--no-manual").code == 0
    assert crm.amoconf("plan", "--no-manual", "--exit-code").code == 0
    audit = crm.amoconf("audit", "--only", "A", "--events", "0", "--format", "json").json
    counts = {
        row["rule"]: row["count"] for row in audit["findings"] if not row["address"].startswith("policy")
    }
    assert (counts["A13"], counts["A14"], audit["figures"]["administrators"]) == (4, 9, 5)
    text = " ".join(crm.amoconf("drift", "--lang", "ru").out.split())
    assert "снять права администратора" in text
    assert "Настройки → Пользователи" in text


ROLE = """roles:
  seller: {name: Продавец, rights: {leads: {view: all, edit: all, delete: own}}}
"""


def test_a_new_breach_is_blocked_whatever_is_allowed(crm: Living) -> None:
    crm.spec(HEAD + ROLE + POLICY)
    before = crm.state
    for words in (("plan",), ("plan", "--allow", "*"), ("apply", "--yes", "--allow", "role/*")):
        ended = crm.amoconf(*words, "--format", "json")
        assert (ended.code, ended.json["blocked"]) == (3, True)
        row = rows(ended.json, "changes")["role/seller"]
        assert row["blocked_by"] == ["policy.rights.forbid: leads.delete would be own"]
        assert row["stops"][0]["allow"] == []
    assert "станет own" in crm.amoconf("plan", "--lang", "ru").out
    assert crm.state == before


def test_a_right_that_is_not_forbidden_passes(crm: Living) -> None:
    crm.spec(HEAD + ROLE.replace("delete: own", "export: all") + POLICY)
    plan = crm.amoconf("plan", "--format", "json", "--only", "role/*")
    assert (plan.code, plan.json["blocked"]) == (0, False)
    assert plan.json["changes"][0]["blocked_by"] == []


@pytest.fixture
def blind(tmp_path: Path) -> Iterator[Living]:
    """The account by a token that may read neither users nor roles."""
    with living(tmp_path, scenario="audited", scale=0.002) as account:
        account.client.post("/_emulator/faults", json={"no_users_scope": True})
        yield account


def test_what_may_not_be_read_is_told_and_not_passed(blind: Living) -> None:
    blind.spec(HEAD + POLICY)
    plan = blind.amoconf("plan", "--format", "json")
    assert plan.code == 0
    assert [notice["what"].partition(":")[0] for notice in plan.json["notices"]] == [
        "policy.rights.forbid",
        "policy.admins.max, policy.admins.allow, policy.admins.technical, policy.email_domains,"
        " policy.rights.forbid",
    ]
    drift = blind.amoconf("drift", "--format", "json")
    assert (drift.code, drift.json["in_sync"]) == (2, False)
    assert {row["address"] for row in drift.json["differences"]} == {
        "policy/users",
        "policy/roles",
    }
    assert blind.amoconf("drift").code == 2
    audit = blind.amoconf("audit", "--only", "A13", "--only", "A14", "--format", "json").json
    assert {row["rule"] for row in audit["skipped"]} == {"A13", "A14"}


BAD = """amoconf: 1
account: {subdomain: case}
pipelines: {retail: {name: Розница}}
roles:
  seller:
    name: Продавец
    rights:
      leads: {view: all, delete: own}
      mail: true
    stages:
      retail/*: all
  copy: {name: Копия, archived: лишняя}
users:
  tech@firm.example: {absent: ушёл}
  old@mail.example: seller
policy:
  admins: {max: 1, technical: tech@firm.example, allow: [a@other.example]}
  rights: {forbid: ["*.delete", mail]}
  email_domains: [firm.example]
"""


def test_a_spec_that_contradicts_its_policy_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "account.yaml"
    path.write_text(BAD, encoding="utf-8")
    ended = call(("validate", "-f", str(path), "--format", "json"), {})
    assert ended.code == 1
    assert [(row["line"], row["column"]) for row in ended.json["problems"]] == [
        (8, 26),
        (9, 7),
        (11, 7),
        (14, 3),
        (17, 50),
    ]
    assert ended.json["problems"][0]["what"].startswith("role/seller gives leads.delete")


def test_a_right_that_does_not_exist_is_an_error_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "account.yaml"
    path.write_text(BAD.replace("mail]", "lead.delete]"), encoding="utf-8")
    for command in ("validate", "plan"):
        ended = call((command, "-f", str(path)), {"AMOCONF_TOKEN": "t"})
        assert ended.code == 1
        assert "did you mean 'leads.delete'?" in ended.out + ended.err
