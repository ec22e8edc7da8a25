"""Laying out: items flow behind a head, onto indented lines where they do not fit; addresses are never broken."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amoconf.report.clean import clean, cut, folded, shell, width
from amoconf.report.words import WORDS, Words

Piece = tuple[str, str]  # text, style
Line = tuple[Piece, ...]
ENOUGH = 48  # cells from which an item is rather cut than sent to a line of its own
READABLE = 64  # cells from which a sentence is broken in place
SPACE = re.compile("(?<!->) (?!->)")  # where a sentence may be broken: "old -> new" stays whole
LEAST = 6  # cells that every part keeps


@dataclass(frozen=True)
class Part:
    """A stretch of text; soft: may be cut."""

    text: str
    soft: bool = False


@dataclass(frozen=True)
class Item:
    """What stays together on a line. gap: what stands before it unless it begins a line. prose: broken at spaces."""

    parts: tuple[Part, ...]
    gap: str = "; "
    prose: bool = False
    style: str = ""

    @property
    def text(self) -> str:
        """The whole of it."""
        return "".join(part.text for part in self.parts)

    def fit(self, room: int, ellipsis: str) -> str:
        """The text with its soft parts cut evenly, as far as that helps."""
        sizes = [width(part.text) for part in self.parts]
        over = sum(sizes) - room
        while over > 0:
            longest = max(
                (n for n, part in enumerate(self.parts) if part.soft), key=sizes.__getitem__, default=None
            )
            if longest is None or sizes[longest] <= LEAST:
                break
            sizes[longest] -= 1
            over -= 1
        return "".join(cut(part.text, size, ellipsis) for part, size in zip(self.parts, sizes, strict=True))


@dataclass(frozen=True)
class Page:
    """Where the text goes. encoding: of the stream; what it cannot hold is written otherwise."""

    width: int = 80
    verbose: bool = False
    encoding: str = "utf-8"
    words: Words = WORDS

    @property
    def ellipsis(self) -> str:
        """Marks a cut."""
        return self.say("…")

    def say(self, text: str) -> str:
        """Any text, harmless and writable."""
        return folded(clean(text), self.encoding)

    def shell(self, address: str) -> str:
        """An address to paste."""
        return shell(address, self.encoding)

    def hard(self, text: str, gap: str = "; ", style: str = "") -> Item:
        """Never cut, never broken; may hold an address, so it is taken as it is."""
        return Item((Part(text),), gap, style=style)

    def prose(self, text: str, gap: str = "; ", style: str = "") -> Item:
        """A sentence, broken at its spaces."""
        return Item((Part(self.say(text)),), gap, prose=True, style=style)


@dataclass
class Flow:
    """Lines as they grow. indent: where continuations begin."""

    page: Page
    indent: int
    lines: list[list[Piece]]
    at: int
    fresh: bool = True
    limit: int = 0

    def add(self, item: Item, tail: int) -> None:
        """The next item, on this line where it fits. tail: cells that the comma or semicolon behind it takes."""
        gap = "" if self.fresh else item.gap
        self.limit = self.page.width - tail
        room = self.limit - self.at - width(gap)
        whole = width(item.text)
        if whole <= room:
            self._put(gap + item.text, item.style)
        elif item.prose:
            self._break(item, gap)
        elif room >= ENOUGH and any(part.soft for part in item.parts):
            self._put(gap + item.fit(room, self.page.ellipsis), item.style)
        else:
            self._next(gap)
            self._put(item.fit(self.limit - self.at, self.page.ellipsis), item.style)

    def _break(self, item: Item, gap: str) -> None:
        words = SPACE.split(item.text)
        if self.limit - self.at - width(gap) < min(width(item.text), READABLE):
            self._next(gap)
            gap = ""
        for word in words:
            if not self.fresh and self.at + width(gap) + width(word) > self.limit:
                self._next(gap if gap.strip() else "")
                gap = ""
            self._put(("" if self.fresh else gap) + word, item.style)
            gap = " "

    def _put(self, text: str, style: str) -> None:
        self.lines[-1].append((text, style))
        self.at += width(text)
        self.fresh = False

    def _next(self, gap: str) -> None:
        """A new line, unless the last one holds nothing but its indent."""
        if gap.strip():
            self.lines[-1].append((gap.rstrip(), ""))
        if len(self.lines[-1]) == 1 and not self.lines[-1][0][0].strip():
            return
        self.lines.append([(" " * self.indent, "")])
        self.at = self.indent
        self.fresh = True


def flow(page: Page, head: Line, items: Sequence[Item], indent: int) -> list[Line]:
    """The head and behind it the items."""
    run = Flow(page, indent, [list(head)], sum(width(text) for text, _ in head))
    tails = [*(width(item.gap.strip()) for item in items[1:]), 0]
    for item, tail in zip(items, tails, strict=False):
        run.add(item, tail)
    return [stripped(line) for line in run.lines]


def stripped(line: Sequence[Piece]) -> Line:
    """Without spaces at the end."""
    pieces = list(line)
    while pieces and not pieces[-1][0].rstrip():
        pieces.pop()
    if pieces:
        pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    return tuple(pieces)


def listed(page: Page, names: Sequence[str], indent: int, most: int) -> list[Line]:
    """Names in lines, none of them broken; the last line says how many are left out. most: lines, 0 for all."""
    lines: list[Line] = []
    rest = list(names)
    while rest and (not most or len(lines) < most):
        taken = _line_of(page, rest, page.width - indent, last=bool(most) and len(lines) + 1 == most)
        left = len(rest) - taken
        text = ", ".join(rest[:taken]) + ("," if left else "")
        if left and len(lines) + 1 == most:
            text = f"{text} {page.words.more(left)}".strip()
        lines.append(((" " * indent, ""), (text, "dim")))
        rest = rest[taken:]
    return lines


def _line_of(page: Page, names: Sequence[str], room: int, *, last: bool) -> int:
    """How many names fit on a line, with room for the rest's count on the last one; one at least on others."""
    count, used = 0, 0
    for name in names:
        used += width(name) + 2
        if used - (2 if count + 1 == len(names) else 1) > room:
            break
        count += 1
    while last and count and count < len(names) and _with_rest(page, names, count) > room:
        count -= 1
    return count if last and len(names) > 1 else max(count, 1)


def _with_rest(page: Page, names: Sequence[str], count: int) -> int:
    return width(f"{', '.join(names[:count])}, {page.words.more(len(names) - count)}")


def text_of(lines: Sequence[Line]) -> str:
    """Lines as plain text."""
    return "".join("".join(text for text, _ in line) + "\n" for line in lines)


def gathered(blocks: Sequence[Sequence[Line]]) -> Iterator[Line]:
    """Blocks with an empty line between them."""
    for number, block in enumerate(block for block in blocks if block):
        if number:
            yield ()
        yield from block
