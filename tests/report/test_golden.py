"""What a person sees: hand-written documents laid out; AMOCONF_UPDATE_GOLDEN=1 rewrites the texts for review."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from amoconf.report.applytext import apply_lines
from amoconf.report.drifttext import drift_lines
from amoconf.report.explaintext import explain_lines
from amoconf.report.flow import Line, Page, text_of
from amoconf.report.plantext import plan_lines
from amoconf.report.problemtext import validate_lines
from tests.report.documents import CASES, read

LAYOUT: dict[str, Callable[[dict[str, Any], Page], list[Line]]] = {
    "plan": plan_lines,
    "drift": drift_lines,
    "apply": apply_lines,
    "explain": explain_lines,
    "validate": validate_lines,
}
NAMES = sorted(path.stem for path in CASES.glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_looks_as_reviewed(name: str) -> None:
    pages, document = read(CASES / f"{name}.json")
    parts = []
    for given in pages:
        page = Page(**given)
        text = text_of(LAYOUT[document["command"]](document, page))
        title = ", ".join(f"{key} {value}" for key, value in given.items())
        parts.append(f"======== {title}\n{text}")
    golden = CASES / f"{name}.txt"
    if os.environ.get("AMOCONF_UPDATE_GOLDEN"):
        golden.write_text("".join(parts), encoding="utf-8")
    assert "".join(parts) == golden.read_text(encoding="utf-8")


def test_no_golden_text_is_left_over() -> None:
    assert sorted(path.stem for path in CASES.glob("*.txt")) == NAMES
