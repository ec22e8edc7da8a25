"""How people spell one and the same thing in a text field: tables of names, and the ways they are written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from amoconf.emulator.scenario.names import WORDS

CITIES, BRANDS = 400, 150  # distinct spellings, the same at every scale
VILLAGES_SHARE = 2.8  # % of deals: places that few deals name, all together
LOOSE_FROM = 5.0  # names of at least this share are also met with stray blanks
RARE = 0.15  # share of a place's deals that are not spelt as they should be
COMMON_WAYS = 8  # the first spellings are the usual slips, the rest are rare

WAYS: tuple[Callable[[str], str], ...] = (
    str.lower,
    lambda name: f"г. {name}",
    lambda name: f"{name} ",
    lambda name: f"г.{name}",
    str.upper,
    lambda name: f"город {name}",
    lambda name: f" {name}",
    lambda name: f"{name}.",
    lambda name: f"{name}, центр",
    lambda name: f"г {name}",
    lambda name: f"{name} и область",
    lambda name: f"{name}  ",
    lambda name: name[:-1],
    lambda name: name[0] + name[2:],
    lambda name: name[:2] + name[1:],
    lambda name: name.replace("о", "o"),
    lambda name: name.replace("а", "a"),
    lambda name: f"{name} (самовывоз)",
    lambda name: f"{name}?",
    lambda name: f"{name}/область",
    lambda name: f"р-н {name}",
    lambda name: f"{name}, пригород",
)
BRAND_WAYS = tuple(WAYS[place] for place in (0, 2, 4, 7, 12, 13, 14, 15, 16))


@dataclass(frozen=True)
class Spelling:
    """One way to write a value, and the weight that it has among the filled deals."""

    text: str
    weight: float


def cities() -> list[Spelling]:
    """Towns of `Город`: twelve are nearly all deals, the villages are the rest."""
    villages = WORDS["villages"]
    share = VILLAGES_SHARE / len(villages)
    return _spellings([*_table("cities.tsv"), *((share, name, []) for name in villages)], WAYS, CITIES)


def brands() -> list[Spelling]:
    """Makes of `Бренд`."""
    return _spellings(_table("brands.tsv"), BRAND_WAYS, BRANDS)


def _table(name: str) -> list[tuple[float, str, list[str]]]:
    text = files("amoconf.emulator.scenario").joinpath("data", name).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [(float(share), title, extra.split("|")) for share, title, extra in rows]


def _spellings(
    rows: Sequence[tuple[float, str, list[str]]], ways: Sequence[Callable[[str], str]], wanted: int
) -> list[Spelling]:
    found: dict[str, Spelling] = {}
    for place in range(max(len(extra) for _, _, extra in rows) + len(ways) + 1):
        for share, name, extra in rows:
            text = _way(name, extra, ways, place)
            fits = text is not None and (share >= LOOSE_FROM or text == text.strip())
            if text is not None and fits and text not in found and len(found) < wanted:
                found[text] = Spelling(text, share * _part(place))
    if len(found) < wanted:
        raise ValueError(f"{len(found)} spellings, wanted {wanted}")
    return list(found.values())


def _way(name: str, extra: Sequence[str], ways: Sequence[Callable[[str], str]], place: int) -> str | None:
    if place == 0:
        return name
    if place <= len(extra):
        return extra[place - 1]
    return ways[place - len(extra) - 1](name) if place - len(extra) <= len(ways) else None


def _part(place: int) -> float:
    if place == 0:
        return 1 - RARE
    return RARE / COMMON_WAYS if place <= COMMON_WAYS else RARE / 100


def spread(spellings: Sequence[Spelling], total: int) -> Iterator[int]:
    """Numbers of spellings for `total` deals: each spelling at least once if they suffice, then by weight."""
    yield from range(min(len(spellings), total))
    left = max(total - len(spellings), 0)
    whole = sum(item.weight for item in spellings)
    reached, given = 0.0, 0
    for number, item in enumerate(spellings):
        reached += item.weight
        edge = round(left * reached / whole)
        for _ in range(edge - given):
            yield number
        given = edge
