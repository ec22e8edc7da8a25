"""What a YAML parser's complaint means to the person who wrote the line."""

import re
from dataclasses import dataclass
from typing import Protocol

import yaml

from amoconf.errors import Problem, Where
from amoconf.tongue import later, tr


class _Mark(Protocol):
    """The marks of both of PyYAML's parsers."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True)
class Complaint:
    """One kind of complaint. `said` is a pattern for the parser's words: "context: problem (same line)".

    `line` must match the line of the place, written as "before⟦rest". `opening` reports the place where
    the quote or bracket begins instead of the place where the parser gave up.
    """

    said: str
    what: str
    todo: str
    line: str = ""
    opening: bool = False

    def fits(self, said: str, line: str) -> bool:
        """Whether this is about what the parser said at a place shown as `line`."""
        return bool(re.search(self.said, said) and re.search(self.line, line))


_QUOTE = later("Put the whole text in quotes.")
_INDENT = later("Indent it exactly like its neighbours, with spaces.")
_COLON = later("Check the indentation, and that the key above ends with a colon and a space.")

# The first that fits counts. The words are libyaml's: src/scanner.c and src/parser.c of version 0.2.5.
_COMPLAINTS = (
    Complaint(
        "directive",
        later("A line cannot begin with `%`."),
        later("Remove it; put text in quotes."),
        opening=True,
    ),
    Complaint(
        "incompatible YAML",
        later("This file asks for a version of YAML that is not known."),
        later("Remove the line `%YAML`."),
    ),
    Complaint("", later("A tab is used for indentation."), later("Indent with spaces."), r"⟦\t|^\s*\t\s*⟦"),
    Complaint("tab character", later("A tab is used for indentation."), later("Indent with spaces.")),
    Complaint(
        "could not find expected ':'",
        later("The line is indented with an unusual kind of space."),
        later("Indent with ordinary spaces."),
        r"^ *⟦?[^\S \n]",
        opening=True,
    ),
    Complaint(
        "",
        later("The line is indented with an unusual kind of space."),
        later("Indent with ordinary spaces."),
        r"^ *⟦?[^\S \n]",
    ),
    Complaint(
        "expected ',' or",
        later("`${{…}}` inside brackets or braces needs quotes."),
        later('Write "${…}" in quotes.'),
        r"\$⟦\{",
    ),
    Complaint(
        "unexpected end of stream",
        later("The quote that opens here is never closed."),
        later("Close it."),
        opening=True,
    ),
    Complaint(
        "unexpected document indicator",
        later("The quote that opens here is not closed before `{rest}`."),
        later("Close it."),
        opening=True,
    ),
    Complaint(
        "unknown escape",
        later("`\\` in double quotes begins an escape, and this is none that YAML knows."),
        later("Write `\\\\` for a backslash, or use single quotes."),
    ),
    Complaint(
        "hexdecimal",
        later("`\\x`, `\\u` and `\\U` need 2, 4 and 8 hexadecimal digits."),
        later("Write `\\\\` for a backslash, or use single quotes."),
    ),
    Complaint(
        "invalid Unicode character escape",
        later("This escape is no character."),
        later("Write the character itself."),
    ),
    Complaint(
        "mapping values", later("A value cannot contain a colon followed by a space."), _QUOTE, r":\s.*⟦:"
    ),
    Complaint(
        "mapping values",
        later("A key cannot be longer than 1000 characters."),
        later("Shorten it."),
        r"^.{1000,}⟦:",
    ),
    Complaint("mapping values", later("No key can begin on this line."), _COLON),
    Complaint("unexpected ':'", later("A value in brackets or braces cannot end with a colon."), _QUOTE),
    Complaint("cannot start any token", later("A value cannot begin with `{char}`."), _QUOTE),
    Complaint(
        "alphabetic or numeric character",
        later("A value that begins with `*` or `&` is taken for a reference."),
        _QUOTE,
        opening=True,
    ),
    Complaint(
        "scanning a tag|tag handle",
        later("A value that begins with `!` is taken for a tag."),
        _QUOTE,
        opening=True,
    ),
    Complaint(
        "expected key",
        later("Text goes on after the closing `{last}`."),
        later("Put the whole value in quotes."),
        r"[\"'\]}]\s*⟦[^\s:]",
    ),
    Complaint("expected key", later("A list item stands among the keys of a map."), _INDENT, r"^\s*⟦-\s"),
    Complaint(
        "expected key", later("A key is missing before the colon."), later("Write the key."), r"^\s*⟦:"
    ),
    Complaint("expected key", later("This does not belong to the value before it."), _QUOTE, r"\S\s*⟦"),
    Complaint("expected key", later("This line does not fit the map that began on line {began}."), _INDENT),
    Complaint(
        "expected '-' indicator",
        later("This is no item of the list that began on line {began}."),
        later("Begin it with `- `, or indent it exactly like its neighbours, with spaces."),
    ),
    Complaint(
        "expected ',' or.*same line",
        later("A comma or a closing bracket is missing before this."),
        later("Write it, or put the text in quotes."),
    ),
    Complaint(
        "expected ',' or",
        later("The `{open}` that opens here is not closed before line {line}."),
        later("Close it, or put a comma between its items."),
        opening=True,
    ),
    Complaint(
        "node content",
        later("The file ends where a value or a closing bracket is expected."),
        later("Complete it."),
        r"⟦$",
    ),
    Complaint(
        "node content",
        later("`{char}` stands where a value is expected."),
        later("Write the value; if this is text, put it in quotes."),
    ),
    Complaint(
        "could not find expected ':'",
        later("This line is neither `key: value` nor an item of a list."),
        later("Add a colon and a space, or indent it under the line that it continues."),
        opening=True,
    ),
    Complaint(
        "indentation indicator", later("The mark after | or > is wrong."), later("Write only `|` or `|-`.")
    ),
    Complaint(
        "comment or line break",
        later("Text stands on the line of `|` or `>`."),
        later("Begin the text on the next line, or put it in quotes."),
    ),
    Complaint(
        "sequence entries",
        later("A list cannot begin here."),
        later("Begin it on a new line, or put the text in quotes."),
    ),
    Complaint("mapping keys", later("A value that begins with `? ` is taken for a key."), _QUOTE),
    Complaint(
        "document start",
        later("Text stands after the end of the document, `...`."),
        later("Remove the line `...`."),
    ),
)
_OTHER = Complaint(
    "", later("This is not YAML: {said}."), later("Check quotes, brackets, colons and the indentation.")
)


def explain(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """The complaint as a problem with its place, for a file whose text is `text`."""
    lines = text.split("\n")
    here = _spot(error.problem_mark or error.context_mark, lines)
    began = _spot(error.context_mark or error.problem_mark, lines)
    said = f"{error.context}: {error.problem}" + (" (same line)" if here[0] == began[0] else "")
    shown = {False: _shown(lines, here), True: _shown(lines, began)}
    found = next((one for one in _COMPLAINTS if one.fits(said, shown[one.opening])), _OTHER)
    words = {**_words(shown[False]), "said": error.problem or "", "line": here[0] + 1, "began": began[0] + 1}
    words["open"] = shown[True].partition("⟦")[2][:1]
    line, column = began if found.opening else here
    return Problem(tr(found.what, **words), tr(found.todo), Where(file, line + 1, column + 1))


def _spot(mark: _Mark | None, lines: list[str]) -> tuple[int, int]:
    """Line and column, counted from 0. libyaml puts the end of a file on a line that may not exist."""
    if mark is None:
        return 0, 0
    return (mark.line, mark.column) if mark.line < len(lines) else (len(lines) - 1, len(lines[-1]))


def _shown(lines: list[str], spot: tuple[int, int]) -> str:
    line = lines[spot[0]]
    return f"{line[: spot[1]]}⟦{line[spot[1] :]}"


def _words(shown: str) -> dict[str, str | int]:
    before, _, rest = shown.partition("⟦")
    return {"char": rest[:1], "rest": rest[:3], "last": before.rstrip()[-1:]}
