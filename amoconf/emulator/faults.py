"""Faults that can be switched on while the emulator runs, and what each has done.

Every fault draws from its own stream of random numbers, made from the seed and its name, so that switching one
on does not change when another strikes.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["share", "flag", "s", "ms", "requests"]


@dataclass(frozen=True)
class FaultKind:
    """One name of `--fault NAME=VALUE`, the unit of its value, and what a client sees."""

    unit: Unit
    about: str


FAULTS: Mapping[str, FaultKind] = {
    "429": FaultKind("share", "429 Too Many Requests; nothing is done"),
    "429_storm_s": FaultKind("s", "every request gets 429 for this long"),
    "403_ban": FaultKind("share", "403 as an HTML page of the gateway, as for a blocked address"),
    "500": FaultKind("share", "500 before anything is done"),
    "502": FaultKind("share", "502 HTML before anything is done"),
    "504_before": FaultKind("share", "504 HTML before anything is done"),
    "504_after": FaultKind("share", "504 HTML although the request took effect"),
    "reset": FaultKind("share", "the connection breaks: before and after the request took effect, in turn"),
    "truncated_json": FaultKind("share", "the answer's JSON is cut in the middle; the request took effect"),
    "slow_body_s": FaultKind("s", "every body arrives in pieces over this long"),
    "latency_ms": FaultKind("ms", "every answer waits this long"),
    "expire_token": FaultKind("flag", "every access token issued so far has expired"),
    "revoke_token": FaultKind("flag", "every access and refresh token issued so far is revoked"),
    "unpaid_after": FaultKind("requests", "402 after this many more requests"),
    "no_users_scope": FaultKind("flag", "403 on users, roles and sources, as for an external integration"),
    "read_only_user": FaultKind(
        "flag", "the token's user may only read: 403 on writes and on administrators' calls"
    ),
    "renamed_subdomain": FaultKind("flag", "the account has moved to SUBDOMAIN-new; the old host refuses"),
    "filters_ignored": FaultKind(
        "share", "filter[...] of deals, contacts, companies, customers has no effect"
    ),
    "shifting_pages": FaultKind(
        "share", "from page 2 on, rows have moved: one is skipped or repeated, in turn"
    ),
    "config_read_lag_ms": FaultKind("ms", "configuration reads as it was this long ago"),
    "search_lag_ms": FaultKind("ms", "query= does not find what was written within this time"),
}


class Faults:
    """The faults of one account. `clock` answers seconds that never go back."""

    def __init__(self, seed: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self.seed = seed
        self.clock = clock
        self.values: dict[str, float] = {}
        self.counts: dict[str, int] = dict.fromkeys(FAULTS, 0)
        self.since: dict[str, float] = {}
        self.requests = 0
        self._paid_until: int | None = None
        self._dice: dict[str, random.Random] = {}

    def set(self, name: str, value: Any) -> None:
        """Sets one fault from a JSON value; 0 and false switch it off. ValueError says what is allowed."""
        number = _number(name, value)
        if not number:
            self.values.pop(name, None)
            return
        self.values[name] = number
        self.since[name] = self.clock()
        if name == "unpaid_after":
            self._paid_until = self.requests + int(number)

    def merge(self, words: Mapping[str, Any]) -> None:
        """Sets the named ones and leaves the others; no names at all switch everything off."""
        for name, value in words.items():
            _number(name, value)
        if not words:
            self.values.clear()
        for name, value in words.items():
            self.set(name, value)

    def value(self, name: str) -> float:
        """The value set, 0 when off. Does not count."""
        return self.values.get(name, 0)

    def seconds(self, name: str) -> float:
        """The value of a fault in milliseconds or seconds, as seconds."""
        return self.value(name) / (1000 if FAULTS[name].unit == "ms" else 1)

    def count(self, name: str) -> None:
        """Notes that a fault did something."""
        self.counts[name] += 1

    def strikes(self, name: str) -> bool:
        """Draws: whether a fault given as a share or a flag strikes now; counts it if so."""
        share = self.values.get(name)
        if not share:
            return False
        if share < 1 and self._die(name).random() >= share:
            return False
        self.count(name)
        return True

    def storming(self) -> bool:
        """Whether the storm of 429 still rages; counts it if so."""
        length = self.values.get("429_storm_s")
        if not length or self.clock() >= self.since["429_storm_s"] + length:
            return False
        self.count("429_storm_s")
        return True

    def unpaid(self) -> bool:
        """Whether the paid requests are used up; counts it if so."""
        if "unpaid_after" not in self.values or self.requests <= (self._paid_until or 0):
            return False
        self.count("unpaid_after")
        return True

    def report(self) -> dict[str, dict[str, float]]:
        """Value and count of every fault by name."""
        return {name: {"value": self.value(name), "count": self.counts[name]} for name in FAULTS}

    def _die(self, name: str) -> random.Random:
        if name not in self._dice:
            self._dice[name] = random.Random(f"{self.seed}/{name}")
        return self._dice[name]


def from_text(text: str) -> Any:
    """The value of `--fault NAME=VALUE`: true, false or a number; ValueError otherwise."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        raise ValueError("the value is true, false or a number") from None


def _number(name: str, value: Any) -> float:
    if name not in FAULTS:
        raise ValueError(f"no fault {name!r}; known: {', '.join(FAULTS)}")
    unit = FAULTS[name].unit
    if isinstance(value, bool):
        if value and unit not in ("share", "flag"):
            raise ValueError(f"{name} is a number ({unit}), not true")
        return float(value)
    if not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ValueError(f"{name} is a number from 0 ({unit}), not {value!r}")
    if unit == "flag" and value not in (0, 1):
        raise ValueError(f"{name} is true or false, not {value!r}")
    if unit == "share" and value > 1:
        raise ValueError(f"{name} is between 0 and 1 ({unit}), not {value!r}")
    return float(value)
