"""COVERAGE.md is fresh, and every endpoint says what it rests on."""

import pytest

from amoconf.emulator import coverage
from amoconf.emulator.routes import ROUTES, load


def test_the_page_is_fresh():
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.text(), (
        "run python -m amoconf.emulator.coverage"
    )


def test_every_endpoint_names_its_facts():
    load()
    assert [route.path for route in ROUTES if not route.facts.startswith(("config ", "protocol "))] == []
    assert {route.state for route in ROUTES} <= {"imitated", "partly"}
    assert [route.path for route in ROUTES if route.state == "partly" and not route.note] == []


def test_no_endpoint_is_declared_twice():
    load()
    seen = [(route.method, route.path) for route in ROUTES]
    assert sorted(seen) == sorted(set(seen))


@pytest.mark.parametrize("line", coverage.KNOWN.strip().splitlines())
def test_lines_of_known_endpoints(line):
    method, path, page, *_ = line.split()
    assert method in {"GET", "POST", "PATCH", "DELETE"}
    assert path.startswith("/")
    assert page in {"config", "protocol"}
