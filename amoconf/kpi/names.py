"""What people call the things that figures are told by: pipelines, stages, managers, sources, channels, reasons."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from amoconf.facts import name_of, number_of
from amoconf.kpi.ground import Ground
from amoconf.kpi.seen import Key
from amoconf.model import Resource
from amoconf.tongue import later, tr

CHANNELS = {"calls": later("calls"), "chats": later("chats and messages"), "forms": later("forms and mail")}
NONE = {
    "manager": later("nobody"),
    "source": later("no source"),
    "reason": later("no reason"),
    "pipeline": later("no deal"),
}
KINDS = {"pipeline": "pipeline", "manager": "user", "reason": "loss_reason"}


@dataclass(frozen=True)
class Name:
    """key: the spec's, None where it speaks of no such thing. id: the account's."""

    key: str | None
    id: Any
    name: str


@dataclass(frozen=True)
class Names:
    """Names of one account."""

    ground: Ground

    def of(self, dimension: str, key: Key) -> Name:
        """A thing that is gone, or may not be read, is called by its number."""
        if dimension == "channel":
            return Name(str(key), None, tr(CHANNELS[str(key)]))
        number = key[1] if isinstance(key, tuple) else key
        if not number:
            return Name(None, None, tr(NONE[dimension]))
        if dimension == "source":
            return Name(None, number, self._sources.get(int(number), f"#{number}"))
        found = self._stages.get(key) if isinstance(key, tuple) else self._things(dimension).get(int(number))
        if found is None:
            return Name(None, number, f"#{number}")
        return Name("/".join(found.address.path), number, self._title(found, key))

    def _title(self, found: Resource, key: Key) -> str:
        above = self._things("pipeline").get(key[0]) if isinstance(key, tuple) else None
        return f"{name_of(above)} / {name_of(found)}" if above else name_of(found)

    def _things(self, dimension: str) -> dict[int, Resource]:
        return self._by_kind[KINDS[dimension]]

    @cached_property
    def _by_kind(self) -> dict[str, dict[int, Resource]]:
        account = self.ground.facts.account
        return {
            kind: {number_of(item): item for item in account.of(kind) if item.id is not None}
            for kind in KINDS.values()
        }

    @cached_property
    def _stages(self) -> dict[tuple[int, int], Resource]:
        items = self.ground.facts.account.of("stage")
        return {self.ground.place_of(item): item for item in items if item.id is not None}

    @cached_property
    def _sources(self) -> dict[int, str]:
        rows = self.ground.facts.raw.get("sources", ())
        return {int(row["id"]): str(row.get("name") or f"#{row['id']}") for row in rows}
