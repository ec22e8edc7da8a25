"""The words of an action in the web interface: what was asked, read strictly, and who did it when."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from amoconf.emulator.store import Store, Thing
from amoconf.emulator.world import World

# Words that any action may have: what to do with what, and who does it (a user's id).
COMMON = frozenset({"action", "kind", "id", "by"})

CARDS = ("leads", "contacts", "companies", "customers")
# Words whose values have one type wherever they stand.
CALLED: dict[type, str] = {bool: "true or false", int: "a whole number", list: "a list"}
NUMBERS = ("sort", "icon_id", "price", "pipeline_id", "status_id", "field_id", "responsible_user_id", "by")
LISTS = ("stages", "fields", "enums", "nested", "services", "required_statuses", "hidden_statuses")


class UnknownWord(Exception):
    """An action that cannot be done as asked; the text is a sentence for whoever asked."""


@dataclass(frozen=True)
class Wish:
    """One action. `words` is its JSON object."""

    world: World
    words: Thing

    @property
    def store(self) -> Store:
        """The account's data."""
        return self.world.store

    @property
    def at(self) -> int:
        """When it happens, Unix seconds."""
        return self.world.clock.now()

    @property
    def by(self) -> int:
        """Who does it: the user named, or the first administrator."""
        if "by" in self.words:
            return int(self.thing("user", "by")["id"])
        return int(next(user["id"] for user in self.store.all("user") if user["rights"]["is_admin"]))

    def only(self, allowed: Collection[str]) -> None:
        """Refuses words that this action does not have, and those whose values cannot be meant."""
        unknown = set(self.words) - COMMON - set(allowed)
        if unknown:
            known = _listed({*COMMON, *allowed} - {"action", "kind"})
            raise UnknownWord(f"no word {_listed(unknown)} here; known: {known}")
        for name, value in self.words.items():
            wanted = _type_of(name)
            if wanted is not None and type(value) is not wanted:
                raise UnknownWord(f"{name} is {CALLED[wanted]}, not {value!r}")

    def need(self, *names: str) -> list[Any]:
        """The values of words that must be there."""
        missing = [name for name in names if name not in self.words]
        if missing:
            raise UnknownWord(f"missing: {', '.join(missing)}")
        return [self.words[name] for name in names]

    def text(self, name: str) -> str:
        """A word that must be a text which is not blank."""
        value = self.need(name)[0]
        if not isinstance(value, str) or not value.strip():
            raise UnknownWord(f"{name} is a text, not {value!r}")
        return value

    def number(self, name: str) -> int:
        """A word that must be a whole number."""
        value = self.need(name)[0]
        if type(value) is not int:
            raise UnknownWord(f"{name} is a whole number, not {value!r}")
        return value

    def entity(self, allowed: Collection[str] = CARDS, *, lists: bool = False) -> str:
        """The word `entity`; `lists`: "catalogs/ID" may name a list."""
        value = self.text("entity")
        is_list = lists and value.startswith("catalogs/") and self.store.get("catalog", value[9:]) is not None
        if value not in allowed and not is_list:
            known = [*allowed, *(["catalogs/ID"] if lists else [])]
            raise UnknownWord(f"no entity {value!r}; known: {', '.join(known)}")
        return value

    def thing(self, kind: str, name: str = "id", scope: str = "") -> Thing:
        """The thing of a kind that a word names."""
        found = self.store.get(kind, self.need(name)[0], scope)
        if found is None:
            raise UnknownWord(f"no {kind} {self.words[name]!r}" + (f" in {scope}" if scope else ""))
        return found

    def given(self, names: Collection[str]) -> Thing:
        """Those of the words that are there."""
        return {name: value for name, value in self.words.items() if name in names}


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))


def _type_of(name: str) -> type | None:
    if name.startswith(("is_", "can_")) or name in ("default", "disabled", "archived"):
        return bool
    return int if name in NUMBERS else list if name in LISTS else None


@dataclass(frozen=True)
class Kind:
    """What people can do to one kind of thing. None: they cannot.

    `find` looks up the thing that the words name, `place` are the words it needs besides `id`. `make`,
    `change` and `drop` do the work; `keys` are the words of `make` and `change`, `new` those of `make` alone.
    """

    find: Callable[[Wish], Thing]
    keys: frozenset[str]
    new: frozenset[str] = frozenset()
    make: Callable[[Wish], Thing] | None = None
    change: Callable[[Wish, Thing, Thing], Thing] | None = None
    drop: Callable[[Wish, Thing], Any] | None = None
    place: frozenset[str] = frozenset()


def words(text: str) -> frozenset[str]:
    """A set of words from one text."""
    return frozenset(text.split())
