"""Fills the fields of deals: each on an exact number of deals, drawn from those that it makes sense on."""

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from random import Random

from amoconf.emulator.config.stages import WON
from amoconf.emulator.records.fragments import enum_json, field_head, fields_json, quote, tags_json
from amoconf.emulator.scenario.audited_config import DAY, FieldRow, TagRow
from amoconf.emulator.scenario.counts import WITHOUT_ROISTAT, Counts
from amoconf.emulator.scenario.deals import MOSCOW_SECONDS, Deal, day
from amoconf.emulator.scenario.names import STREETS, phone
from amoconf.emulator.scenario.spellings import Spelling, brands, cities, spread
from amoconf.emulator.store import Thing

Fragment = Callable[[Deal], str]
RARE = 0.01  # a field filled on a smaller share of deals is one that nobody needs, at every scale
ALL_DEALS = 148_746
POOL = 400
BIRTHDAYS = (day("1975-01-01"), day("1999-01-01"))


def among(word: str, deals: Sequence[Deal]) -> Sequence[int]:
    """Places of the deals that a word of the tables means: a pipeline, `won`, a time, or nothing for all."""
    if not word:
        return range(len(deals))
    if word == "won":
        return [place for place, deal in enumerate(deals) if deal.stage == WON]
    if word in ("past", "2018"):
        first, last = (
            (day("2017-01-01"), day("2018-12-01"))
            if word == "past"
            else (day("2018-02-01"), day("2018-12-31"))
        )
        return [place for place, deal in enumerate(deals) if first <= deal.created < last]
    return [place for place, deal in enumerate(deals) if deal.line.key == word]


def filled(row: FieldRow, counts: Counts, deals: int) -> int:
    """On how many deals a field is filled. What is rare or common at scale 1.0 is so at every scale."""
    if row.field["name"] == "roistat":
        return max(deals - counts.of(WITHOUT_ROISTAT), 0)
    edge = ceil(deals * RARE)
    wanted = counts.of(row.filled)
    return min(wanted, edge - 1) if row.filled < ALL_DEALS * RARE else max(wanted, edge)


class Filling:
    """Which fields and tags each deal holds, as bits, and how each field's values are written."""

    def __init__(
        self,
        rng: Random,
        deals: Sequence[Deal],
        fields: Sequence[FieldRow],
        tags: Sequence[TagRow],
        counts: Counts,
    ) -> None:
        self.rng = rng
        self.fragments: list[Fragment] = []
        self.fields = [0] * len(deals)
        words = {*(row.among for row in fields), *(tag.among for tag in tags)}
        places = {word: among(word, deals) for word in sorted(words)}
        for bit, row in enumerate(fields):
            total = min(filled(row, counts, len(deals)), len(places[row.among]))
            self.fragments.append(self._fragment(row, total))
            _set_bits(self.fields, 1 << bit, rng.sample(places[row.among], total))
        self.tags = [0] * len(deals)
        self.tag_rows = [row.tag for row in tags]
        self.tag_texts: dict[int, str] = {}
        for bit, tag in enumerate(tags):
            total = min(counts.of(tag.used), len(places[tag.among]))
            _set_bits(self.tags, 1 << bit, rng.sample(places[tag.among], total))

    def fields_json(self, place: int, deal: Deal) -> str:
        """`custom_fields_values` of one deal."""
        bits = self.fields[place]
        found = []
        while bits:
            low = bits & -bits
            found.append(self.fragments[low.bit_length() - 1](deal))
            bits ^= low
        return fields_json(found)

    def tags_json(self, place: int) -> str:
        """`_embedded.tags` of one deal."""
        bits = self.tags[place]
        if bits not in self.tag_texts:
            chosen = [tag for bit, tag in enumerate(self.tag_rows) if bits >> bit & 1]
            self.tag_texts[bits] = tags_json(chosen)
        return self.tag_texts[bits]

    def _fragment(self, row: FieldRow, total: int) -> Fragment:
        kind, _, rest = row.values.partition(":")
        head = field_head(row.field)
        if kind in ("city", "brand"):
            return self._spelt(head, cities() if kind == "city" else brands(), total)
        if kind == "date":
            low, high = map(int, rest.split(":"))
            return self._dated(head, low, high)
        return self._any_of([head + text + "}" for text in self._pool(row.field, kind, rest)])

    def _spelt(self, head: str, spellings: Sequence[Spelling], total: int) -> Fragment:
        order = list(spread(spellings, total))
        self.rng.shuffle(order)
        texts = [f'{head}[{{"value":{quote(item.text)}}}]}}' for item in spellings]
        left: Iterator[int] = iter(order)
        return lambda deal: texts[next(left)]

    def _dated(self, head: str, low: int, high: int) -> Fragment:
        random, span = self.rng.random, high - low + 1

        def fragment(deal: Deal) -> str:
            days = (deal.created + MOSCOW_SECONDS) // DAY + low + int(random() * span)
            return f'{head}[{{"value":{days * DAY - MOSCOW_SECONDS}}}]}}'

        return fragment

    def _any_of(self, texts: list[str]) -> Fragment:
        random, size = self.rng.random, len(texts)
        return lambda deal: texts[int(random() * size)]

    def _pool(self, field: Thing, kind: str, rest: str) -> list[str]:
        """Values of a field as JSON arrays."""
        if kind == "options":
            return self._options(field)
        if kind == "flag":
            return ['[{"value":true}]']
        if kind == "birthday":
            first, last = BIRTHDAYS
            return [f'[{{"value":{first + DAY * n}}}]' for n in range(0, (last - first) // DAY, 37)]
        return [f'[{{"value":{quote(text)}}}]' for text in self._texts(kind, rest)]

    def _options(self, field: Thing) -> list[str]:
        options = [enum_json(option) for option in field["enums"]]
        singles = [f"[{text}]" for n, text in enumerate(options) for _ in range(len(options) - n)]
        if field["type"] != "multiselect":
            return singles
        return [
            *singles,
            *(f"[{one},{other}]" for n, one in enumerate(options) for other in options[n + 1 :]),
        ]

    def _texts(self, kind: str, rest: str) -> list[str]:
        pick = self.rng.randrange
        if kind == "number":
            low, high = map(int, rest.split(":"))
            return [str(pick(low, high + 1)) for _ in range(POOL)]
        if kind == "words":
            return rest.split(";")
        if kind == "phone":
            return [phone(10**8 + n, n) for n in range(POOL)]
        if kind == "address":
            return [f"ул. {STREETS[n % len(STREETS)]}, {1 + pick(90)}" for n in range(POOL)]
        return [f"{rest}{pick(10_000, 1_000_000)}" for _ in range(4 * POOL)]


def _set_bits(masks: list[int], bit: int, places: Sequence[int]) -> None:
    for place in places:
        masks[place] |= bit
