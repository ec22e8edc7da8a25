"""The table of endpoints: each handler is declared with method, path, who may call it and the facts it rests on."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass

from amoconf.emulator.answer import Answer
from amoconf.emulator.call import Call

Handler = Callable[[Call], Answer]
PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
PATTERNS = {None: r"[^/]+", "int": r"\d+", "entity": r"leads|contacts|companies|customers"}


@dataclass(frozen=True)
class Route:
    """One endpoint. `state` is "imitated" or "partly"; `facts` names the page and section it rests on."""

    method: str
    path: str
    handler: Handler
    admin: bool
    facts: str
    state: str
    note: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """The path as a regular expression with named groups."""
        text = PLACE.sub(lambda m: f"(?P<{m[1]}>{PATTERNS.get(m[2], m[2])})", self.path)
        return re.compile(f"^{text}/?$")


ROUTES: list[Route] = []


def route(
    method: str, path: str, *, facts: str, admin: bool = False, state: str = "imitated", note: str = ""
) -> Callable[[Handler], Handler]:
    """Declares a handler. In the path `{name}` is one segment, `{name:int}` digits, `{name:entity}` a record type,
    `{name:a|b}` is not possible: declare two routes instead."""

    def declare(handler: Handler) -> Handler:
        ROUTES.append(Route(method, path, handler, admin, facts, state, note))
        return handler

    return declare


def load() -> "Table":
    """Imports every module of `config` and `records`, so that none can be forgotten, and answers the table."""
    for package in ("config", "records"):
        home = importlib.import_module(f"amoconf.emulator.{package}")
        for module in pkgutil.iter_modules(home.__path__):
            importlib.import_module(f"{home.__name__}.{module.name}")
    return Table(ROUTES)


class Table:
    """Finds the handler of a request. Declared order decides between two that fit."""

    def __init__(self, routes: list[Route]) -> None:
        self.rows = [(route, route.pattern) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str], bool]:
        """(route, path values, whether the path is known under another method)."""
        known = False
        for candidate, pattern in self.rows:
            match = pattern.match(path)
            if match is None:
                continue
            if candidate.method == method:
                return candidate, match.groupdict(), True
            known = True
        return None, {}, known
