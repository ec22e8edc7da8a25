"""What a mirror is to keep: which lists, and of which fields the values or only whether they are filled."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from amoconf.records.entities import ENTITIES


@dataclass(frozen=True)
class Fields:
    """Field ids of one list. `values`: kept with their values; `marks`: only that they are filled, and by
    which option.
    """

    values: frozenset[int] = frozenset()
    marks: frozenset[int] = frozenset()

    def covers(self, other: "Fields") -> bool:
        """Whether nothing that the other asks for is missing here."""
        return other.values <= self.values and other.marks <= self.marks | self.values

    def __or__(self, other: "Fields") -> "Fields":
        values = self.values | other.values
        return Fields(values, (self.marks | other.marks) - values)

    def dump(self) -> str:
        """As one line of JSON."""
        return json.dumps([sorted(self.values), sorted(self.marks)])

    @classmethod
    def load(cls, text: str) -> "Fields":
        """The other way."""
        values, marks = json.loads(text)
        return cls(frozenset(values), frozenset(marks))


@dataclass(frozen=True)
class Keep:
    """By list (leads, contacts, companies, customers, tasks): what is kept of it. A list that is absent is
    not read.
    """

    entities: Mapping[str, Fields]

    def __post_init__(self) -> None:
        if unknown := set(self.entities) - set(ENTITIES):
            raise ValueError(f"no list {', '.join(sorted(unknown))}; known: {', '.join(ENTITIES)}")

    @classmethod
    def of(cls, marks: Mapping[str, Iterable[int]] | None = None, **values: Iterable[int]) -> "Keep":
        """`Keep.of(leads=(FIELD, …), contacts=(), tasks=())`; marks: as in Fields, by list."""
        marked = marks or {}
        names = [*values, *(name for name in marked if name not in values)]
        return cls(
            {
                name: Fields() | Fields(frozenset(values.get(name, ())), frozenset(marked.get(name, ())))
                for name in names
            }
        )

    def __or__(self, other: "Keep") -> "Keep":
        names = {**self.entities, **other.entities}
        none = Fields()
        return Keep({name: self.entities.get(name, none) | other.entities.get(name, none) for name in names})
