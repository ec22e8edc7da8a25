"""Text of the account as Markdown shows it on GitHub and GitLab: never markup, a link, a mention or a reference.

Both turn @name, #1, !1, ~label, URLs and e-mails of the rendered text into links, so a backslash before them does not
help; a word joiner, which nobody sees, behind the sign does. Inside code spans both leave everything alone.
"""

import re
from html import escape
from urllib.parse import quote

from amoconf.report.clean import clean, cut
from amoconf.report.paper import CODE, NEW, OLD, STRONG, Span, Words

LONGEST = 1_000  # characters of one stretch of text
JOINER = "\u2060"
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}  # $ begins a formula on both
MARKUP = frozenset("\\`*_[]|~#!^")
# What begins a mention, a reference, an emoji, a link; only where something follows that could be one.
SIGNS = re.compile(
    r"""([@#!~%&$](?=[\w"])|\b(?:GH|GL)-(?=\d)|:(?=(?:[a-z][\w+-]*|[+-]1|100|1234):)|:(?=//)|\bwww(?=\.))""",
    re.IGNORECASE,
)
BEGINNING = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
RUNS = re.compile("`+")


def prose(text: str) -> str:
    """A stretch of a sentence. Character by character, so that nothing that was added is escaped again."""
    return "".join(map(_one, joined(short(text))))


def _one(char: str) -> str:
    return ENTITIES.get(char) or (f"\\{char}" if char in MARKUP else char)


def joined(text: str) -> str:
    """With a word joiner behind each sign that would begin a reference."""
    return SIGNS.sub(lambda found: found[1] + JOINER, text)


def beginning(markdown: str) -> str:
    """What begins a line must not begin a list, a heading or a block of code."""
    text = markdown.lstrip()
    return BEGINNING.sub(
        lambda found: ("\\" + found[1]) if not found[1].isdigit() else found[1] + JOINER, text
    )


def short(text: str) -> str:
    """Without what acts, and not endless."""
    return cut(clean(text), LONGEST)


def inline_code(text: str, *, in_table: bool = False) -> str:
    """A code span; its fence is longer than any run of backticks inside."""
    told = short(text)
    if not told:
        return '""'
    fence = "`" * (max((len(run) for run in RUNS.findall(told)), default=0) + 1)
    pad = " " if told[0] in "` " or told[-1] in "` " else ""
    told = told.replace("|", "\\|") if in_table else told
    return f"{fence}{pad}{told}{pad}{fence}"


def block_of_code(text: str, indent: str) -> list[str]:
    """Lines of a fenced block."""
    lines = [short(line) for line in text.splitlines()]
    longest = max((len(run) for line in lines for run in RUNS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{indent}{fence}yaml", *(indent + line for line in lines), indent + fence]


def in_html(text: str) -> str:
    """Text inside an HTML element, such as the summary of a folded part."""
    return escape(joined(short(text)), quote=True)


def words(spans: Words, *, in_table: bool = False) -> str:
    """Stretches of text; two code spans never touch."""
    made = ""
    for item in spans:
        text = span(item, in_table=in_table)
        made += (" " if made.endswith("`") and text.startswith("`") else "") + text
    return made


def span(item: Span, *, in_table: bool = False) -> str:
    """One stretch."""
    if item.look in (CODE, OLD, NEW):
        text = inline_code(item.text, in_table=in_table)
    else:
        text = prose(item.text)
        text = strong(text) if item.look == STRONG else text
    if item.link.lower().startswith(("https://", "http://")):
        return f"[{text}]({address(item.link)})"
    return text


def strong(text: str) -> str:
    """Emphasis, which must not begin or end with a space."""
    inside = text.strip()
    return text.replace(inside, f"**{inside}**", 1) if inside else text


def address(link: str) -> str:
    """A URL that cannot end the link it stands in."""
    return quote(link, safe=":/?#@!$&'*+,;=%-._~", errors="replace")
