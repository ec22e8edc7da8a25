"""Spellings of one and the same thing, put together: clusters, and the list of options that they suggest."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from amoconf import folding
from amoconf.likeness import Index, Words
from amoconf.values import normal

LEAST_SHARE, MOST_OPTIONS, LEAST_COUNT = 0.97, 50, 2
_CLOSE = 2  # past the wanted share, a cluster more is taken if it is at least half as big as the one before


@dataclass(frozen=True)
class Cluster:
    """name: what to show. count: records. spellings: as given, with their counts, the most frequent first."""

    name: str
    count: int
    spellings: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Suggestion:
    """options: names, the most frequent first. convert: option → spellings that are not its name.

    covered: share of the records, 0 to 1. left_over: the clusters that no option takes.
    """

    options: tuple[str, ...]
    convert: Mapping[str, tuple[str, ...]]
    covered: float
    left_over: tuple[Cluster, ...]


@dataclass
class Group:
    """Spellings with one key. option: the wanted option that it belongs to, whatever its count."""

    key: str
    spellings: dict[str, int] = field(default_factory=dict)
    option: str | None = None

    @property
    def count(self) -> int:
        """Records."""
        return sum(self.spellings.values())

    @property
    def shown(self) -> str:
        """The best spelling; without any, the option's name."""
        return best(self.spellings) if self.spellings else self.option or ""


def clusters(counts: Mapping[str, int]) -> tuple[Cluster, ...]:
    """Every value in exactly one cluster, the biggest cluster first. The order of `counts` does not matter."""
    groups = _groups(counts)
    homes = _homes(groups)
    found: dict[str, list[Group]] = {}
    for group in groups.values():
        found.setdefault(homes[group.key], []).append(group)
    made = (_cluster(groups[home], members) for home, members in found.items())
    return tuple(sorted(made, key=lambda item: (-item.count, item.name)))


def auto_map(counts: Mapping[str, int], options: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Trimmed spelling → option, for every spelling that leads to one option and no other.

    counts: distinct texts. options: names of the wanted options, each with what else it is called (`was`, key).
    The names themselves are in it; what is not in it maps to nothing.
    """
    called = {normal(text): name for name, others in options.items() for text in others}
    called |= {normal(name): name for name in options}
    groups = _groups(counts)
    unclear = _pin(groups, called)
    homes = _homes(groups)
    for group in groups.values():
        option = groups[homes[group.key]].option
        if option is not None and group.key not in unclear:
            called |= {normal(text): option for text in group.spellings if normal(text) not in called}
    return dict(sorted(called.items()))


def suggest(
    found: Sequence[Cluster],
    *,
    least_share: float = LEAST_SHARE,
    most_options: int = MOST_OPTIONS,
    least_count: int = LEAST_COUNT,
    never: Collection[str] = (),
) -> Suggestion:
    """The fewest clusters that hold `least_share` of the records, and those after them that are not much smaller.

    Never more than `most_options`, never one with fewer than `least_count` records. found: as `clusters` gives it.
    never: names of clusters that can be no options.
    """
    total = sum(item.count for item in found)
    taken: list[Cluster] = []
    covered = 0
    for item in found:
        enough = covered >= least_share * total and (not taken or item.count * _CLOSE < taken[-1].count)
        if enough or len(taken) >= most_options or item.count < least_count:
            break
        if item.name and item.name not in never:
            taken.append(item)
            covered += item.count
    names = {item.name for item in taken}
    left = tuple(item for item in found if item.name not in names)
    convert = {item.name: _beside(item) for item in taken}
    return Suggestion(tuple(convert), convert, covered / total if total else 0.0, left)


def best(spellings: Mapping[str, int]) -> str:
    """The spelling to show: well written ones before others, then the most frequent; small letters count less."""
    return folding.tidy(min(spellings, key=lambda text: _rank(text, spellings[text])))


def _rank(text: str, count: int) -> tuple[bool, int, bool, str]:
    written = text == folding.tidy(text) and text[-1:] not in ".,;:!?"
    weight = 1 if text[:1].islower() else 5 if len(text) > 4 and text.isupper() else 10
    return not written, -count * weight, text.isupper(), text


def _groups(counts: Mapping[str, int]) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for text in sorted(counts):
        group = groups.setdefault(key := folding.key(text), Group(key))
        group.spellings[text] = counts[text]
    return groups


def _pin(groups: dict[str, Group], called: Mapping[str, str]) -> set[str]:
    """Gives groups their options; answers the keys that two options share."""
    unclear = set()
    for text, option in sorted(called.items()):
        group = groups.setdefault(key := folding.key(text), Group(key))
        if group.option not in (None, option):
            unclear.add(key)
        group.option = option
    return unclear


def _homes(groups: Mapping[str, Group]) -> dict[str, str]:
    """Key → key of the group that it belongs to, its own where it stays by itself; options and big groups first."""
    index = Index(_regions(groups.values()))
    homes: dict[str, str] = {}
    pinned = {group.key for group in groups.values() if group.option is not None}
    for group in sorted(groups.values(), key=lambda item: (item.key not in pinned, -item.count, item.key)):
        words = folding.words(group.shown)
        home, sure = (group.key, True) if group.key in pinned else _home(group, words, index, homes, groups)
        homes[group.key] = home
        if sure:
            index.add(group.key, words)
    return homes


def _home(
    group: Group, words: Words, index: Index, homes: Mapping[str, str], groups: Mapping[str, Group]
) -> tuple[str, bool]:
    """Where a group belongs, and whether it may draw others: the first way that leads anywhere decides."""
    for times, names in index.meant(group.shown, group.key, words):
        leads = {_final(homes[name], groups) for name in names}
        if len(leads) > 1:
            break
        for name in sorted(names)[:1]:
            home = groups[homes[name]]
            often = max(groups[item].count for item in names)
            bigger = home.option is not None or home.count > group.count
            if (often >= group.count * times) if times else bigger:
                return home.key, not times
    return group.key, True


def _final(home: str, groups: Mapping[str, Group]) -> str:
    option = groups[home].option
    return home if option is None else f"\0{option}"


def _regions(groups: Iterable[Group]) -> dict[str, set[str]]:
    """Base → how the regions begin that stand behind it; the country is none."""
    found: dict[str, set[str]] = {}
    for group in groups:
        for text in group.spellings:
            region = folding.region(text)
            if region is not None and region.stem:
                found.setdefault(region.base, set()).add(region.stem)
    return found


def _cluster(home: Group, members: Sequence[Group]) -> Cluster:
    spelt = [row for group in members for row in group.spellings.items()]
    ordered = tuple(sorted(spelt, key=lambda row: (-row[1], row[0])))
    return Cluster(home.shown, sum(count for _, count in spelt), ordered)


def _beside(cluster: Cluster) -> tuple[str, ...]:
    """Spellings to list under an option: trimmed, each once, without the option's own name."""
    listed = dict.fromkeys(normal(text) for text, _ in cluster.spellings)
    return tuple(text for text in listed if text != normal(cluster.name))
