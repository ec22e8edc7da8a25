"""Line ends of a text that was changed: each line that stayed keeps its own."""

import re
from collections import Counter
from difflib import SequenceMatcher

_ENDS = re.compile(r"\r\n|\r|\n")


def plain(content: str) -> str:
    r"""The text with "\n" at the end of all lines."""
    return _ENDS.sub("\n", content)


def ended(text: str, content: str) -> str:
    r"""The changed text, whose lines end with "\n", with the line ends of `content`, which it was made of.

    New lines end as the line before the change does, and as most lines where there is none.
    """
    ends = _ENDS.findall(content)
    usual = Counter(ends).most_common(1)[0][0] if ends else "\n"
    if len(set(ends)) < 2:
        return text.replace("\n", usual)
    lines = text.split("\n")
    made = _ends(plain(content).split("\n"), lines, [*ends, usual], usual)
    return "".join(line + end for line, end in zip(lines, [*made[:-1], ""], strict=True))


def _ends(old: list[str], new: list[str], ends: list[str], usual: str) -> list[str]:
    """The end of each new line. ends: those of the old lines."""
    made: list[str] = []
    for _, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        own = ends[start:end][: stop - begin]
        last = (own or made or [usual])[-1]
        made += [*own, *[last] * (stop - begin - len(own))]
    return made
