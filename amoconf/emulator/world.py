"""One emulated account and everything around it: data, clock, switches, faults, log of requests."""

import time
from dataclasses import dataclass, field

from amoconf.emulator.faults import Faults
from amoconf.emulator.limits import Limits
from amoconf.emulator.log import RequestLog
from amoconf.emulator.store import Store, Thing
from amoconf.emulator.switches import Switches


class Clock:
    """The emulator's clock: starts at the scenario's date and runs; can be moved forward."""

    def __init__(self, start: float) -> None:
        self._offset = start - time.monotonic()

    def now(self) -> int:
        """Unix seconds."""
        return int(self.exact())

    def exact(self) -> float:
        """Unix seconds with their fraction."""
        return time.monotonic() + self._offset

    def advance(self, seconds: float) -> None:
        """Moves the clock forward."""
        self._offset += seconds


@dataclass
class World:
    """One account. `seed` decides the order in which faults strike."""

    store: Store
    clock: Clock
    switches: Switches
    faults: Faults
    log: RequestLog = field(default_factory=RequestLog)
    seed: int = 1
    limits: Limits = field(default_factory=lambda: Limits(on=False))

    @property
    def account(self) -> Thing:
        """The stored account document."""
        return self.store.all("account")[0]
