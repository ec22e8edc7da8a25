"""Situations as data: a spec and an account, and the plan that they make.

A folder of tests/cases holds spec.yaml, account.json (answers of the service by path), what else there is
(account.lock.yaml, flags.json) and plan.txt, which `script/test --update` rewrites: review the difference.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amoconf.bodies import batches
from amoconf.changes import Change, Step
from amoconf.errors import AmoconfError
from amoconf.plan import Plan
from tests.fakes import Situation, attribute, path_of, shown, situation

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def read_case(name: str) -> tuple[Situation, dict[str, Any]]:
    """The situation of a folder and its flags (allowed, only)."""
    folder = CASES / name
    answers = json.loads((folder / "account.json").read_text(encoding="utf-8"))
    path = folder / "flags.json"
    flags = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return situation(folder / "spec.yaml", answers, secrets=flags.pop("secrets", {})), flags


def told(name: str) -> str:
    """The plan of a case as text, or the problems that stand before it."""
    case, flags = read_case(name)
    try:
        problems = case.found().adopted.problems
        if problems:
            return "".join(f"problem {_placeless(str(item), name)}\n" for item in problems)
        plan = case.plan(**flags)
    except AmoconfError as error:
        return "".join(f"error {_placeless(str(item), name)}\n" for item in error.problems)
    return "\n".join(lines(plan)) + "\n"


def _placeless(text: str, name: str) -> str:
    return text.replace(f"{(CASES / name).as_posix()}/", "")


def lines(plan: Plan) -> Iterator[str]:
    """Changes, then the steps, then what stands against them."""
    ids = {item.address: item.id for item in plan.view.found.resources if item.id is not None}
    yield from (change_line(change) for change in plan.changes) if plan.changes else ["nothing to do"]
    for batch in batches(plan.steps):
        joint = f"  ({len(batch)} in one request)" if len(batch) > 1 else ""
        yield from (f"{step_line(step, ids)}{joint}" for step in batch)
    for address, sentences in plan.blocked.items():
        yield from (f"blocked {address}: {sentence}" for sentence in sentences)
    yield from (f"notice {item.what}" for item in plan.notices)
    yield from (f"idle allowance {item}" for item in plan.idle_allowances)
    if plan.unlisted:
        yield f"unlisted {', '.join(map(str, plan.unlisted))}"


def change_line(change: Change) -> str:
    """One change: action, address, channel, attributes."""
    rows = (attribute(item) for item in change.attributes)
    changed = [f"{name}: {_json(before)} -> {_json(after)}" for name, before, after in rows]
    origin = f" (moved by {change.origin})" if change.origin else ""
    return f"{change.action:8}{change.address}  {change.channel}{origin}  {'; '.join(changed)}".rstrip()


def step_line(step: Step, ids: dict[Any, Any]) -> str:
    """One step: what is sent, or what a person does."""
    if step.is_manual:
        return f"    by hand: {step.text}"
    if step.data:
        return f"    {step.text}"
    body = f" {_json(shown(step.body, ids))}" if step.body is not None else ""
    fallback = f"  or by hand: {step.fallback}" if step.fallback else ""
    return f"    {step.method} {path_of(step, ids)}{body}{fallback}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    golden = CASES / name / "plan.txt"
    text = told(name)
    if os.environ.get("AMOCONF_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_change_has_a_step(name: str) -> None:
    """A change without a step would be reported as done although nothing was done."""
    if "\nproblem " in f"\n{told(name)}" or told(name).startswith("error "):
        return
    case, flags = read_case(name)
    plan = case.plan(**flags)
    served = {(address, step.is_manual) for step in plan.steps for address in step.serves}
    for change in plan.changes:
        assert (change.address, change.channel == "manual") in served, change.address
