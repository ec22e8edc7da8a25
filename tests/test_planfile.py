"""A saved plan is applied only while it holds: done is done, anything else than planned is stale."""

import json
from dataclasses import replace

import pytest

from amoconf.changes import Change
from amoconf.diff import diff
from amoconf.errors import Stale, UsageError
from amoconf.lock import Lock
from amoconf.model import Account, Resource
from amoconf.plan import Plan, plan
from amoconf.planfile import DAY, Pin, agree, check_pin, dump, load
from amoconf.values import Address

CITY = Address("field", ("leads", "city"))
HOOK = Address("webhook", ("erp",))
PIN = Pin(account=1, host="case.amocrm.ru", revision="r1", now=1000, key=b"k")


def field(name: str, **attrs: object) -> Resource:
    return Resource(CITY, {"name": name, "type": "text", **attrs}, id=7, raw={"sort": 1})


def planned(wanted: Resource, found: Resource | None) -> Plan:
    want, have = Account((wanted,)), Account((found,) if found else ())
    changes: tuple[Change, ...] = diff(want, have)
    from amoconf.changes import View

    return plan(changes, View(want, have), Lock())


WANTED = field("Город")
SAVED = load(dump(planned(WANTED, field("Town")), PIN), "plan.json")


def test_a_plan_that_still_holds_is_agreed_on() -> None:
    agree(SAVED, planned(WANTED, field("Town")), PIN.key)


def test_what_has_its_planned_value_is_done() -> None:
    agree(SAVED, planned(WANTED, WANTED), PIN.key)


def test_any_other_value_is_stale_and_named() -> None:
    with pytest.raises(Stale) as caught:
        agree(SAVED, planned(WANTED, field("Village")), PIN.key)

    text = str(caught.value)
    assert caught.value.exit_code == 5
    assert "field/leads/city" in text
    assert "'Town'" in text
    assert "'Город'" in text
    assert "'Village'" in text


def test_another_attribute_of_the_same_object_is_stale() -> None:
    wanted = field("Город", code="CITY")
    saved = load(dump(planned(wanted, field("Town", code="CITY")), PIN), "plan.json")

    with pytest.raises(Stale, match="code is now 'OLD'"):
        agree(saved, planned(wanted, field("Town", code="OLD")), PIN.key)


def test_an_object_that_is_gone_or_another_is_stale() -> None:
    with pytest.raises(Stale, match="now create"):
        agree(SAVED, planned(WANTED, None), PIN.key)
    with pytest.raises(Stale, match="id 8"):
        agree(SAVED, planned(WANTED, replace(field("Town"), id=8)), PIN.key)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"revision": "r2"}, "the spec has changed"),
        ({"account": 2}, "it is for account 1"),
        ({"now": 1000 + DAY + 1}, "expired"),
    ],
)
def test_the_pins_hold(change: dict[str, object], words: str) -> None:
    check_pin(SAVED, PIN)
    with pytest.raises(Stale, match=words):
        check_pin(SAVED, replace(PIN, **change))  # type: ignore[arg-type]


def test_an_edited_plan_makes_no_calls() -> None:
    """Rows that the account does not ask for change nothing: steps come from the spec, never from the file."""
    body = json.loads(dump(planned(WANTED, field("Town")), PIN))
    body["changes"].append({**body["changes"][0], "address": "field/leads/other", "action": "delete"})
    agree(load(json.dumps(body), "plan.json"), planned(WANTED, field("Town")), PIN.key)


def test_secrets_are_hashed() -> None:
    wanted = Resource(HOOK, {"url": "https://x.example/s3cr3t", "events": ("add_lead",)})
    found = Resource(HOOK, {"url": "https://x.example/0ld-s3cr3t", "events": ("add_lead",)}, id=3)
    text = dump(planned(wanted, found), PIN)

    assert "s3cr3t" not in text
    agree(load(text, "plan.json"), planned(wanted, found), PIN.key)
    with pytest.raises(Stale):
        agree(
            load(text, "plan.json"),
            planned(wanted, replace(found, attrs={**found.attrs, "url": "https://y.example"})),
            PIN.key,
        )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"amoconf_plan": 9}', '{"amoconf_plan": 1}', "\x00"])
def test_what_is_no_plan_is_told(text: str) -> None:
    with pytest.raises(UsageError, match=r"plan\.json"):
        load(text, "plan.json")
