"""Goes through a page of the guide to the letter, in a fresh folder, and compares what it shows with what happens.

A page says in comments what a reader does not see: `<!-- emulator: audited 0.002 -->` the account and its scale, with
a third word how many; `<!-- exit: 3 -->` how the last command of the next block ends; `<!-- ui: {…} -->` what a person
does meanwhile ("@field/…" stands for an id that the lock file knows); `<!-- faults: {…} -->` what breaks from now on;
`<!-- without: token -->` that nobody is logged in yet, and the token lies in token.txt. Blocks of YAML are written to
the file named in their first line, those of diff change it, those of console are run.
"""

import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from difflib import SequenceMatcher, unified_diff
from pathlib import Path
from typing import Any

from tests.living import Living, call, living

ROOT = Path(__file__).parents[1]
CUT = "…"
ALIKE = 0.6  # from there on a line is taken for the one that was shown
# Without AMOCONF_STATE_DIR things are kept here; readers see this folder, not the test's.
HOME = "~/.local/share/amoconf"
# What differs from run to run, and spaces, which follow from it.
MASKS = [
    (r"eyJ[\w.-]+", "eyJ…"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\d{4}-\d\d-\d\d", "DATE"),
    (r"\d\d:\d\d(:\d\d)?", "TIME"),
    (r"(?<!\d)\d{5,}(?!\d)", "ID"),
    (r"\d+ (requests?|запрос\w*)", r"N \1"),
    (r"\d+([.,]\d+)? (s|с|min|мин)\b", r"N \2"),
    (r"(?<= )\d+[.,]\d$", "N"),
    (r"[ \t]+", " "),
]


@dataclass
class Command:
    """A line "$ …" and the lines shown below it, which begin at `start` of the page."""

    words: str
    start: int
    shown: list[str] = field(default_factory=list)
    code: int = 0


@dataclass
class Block:
    """A fenced block, or a comment (language "comment"), which begins at line `start` of the page."""

    language: str
    start: int
    lines: list[str]


def blocks(lines: list[str]) -> Iterator[Block]:
    """What a page consists of, apart from its prose."""
    at = 0
    while at < len(lines):
        start, at = at, at + 1
        if lines[start].startswith("```"):
            while lines[at] != "```":
                at += 1
            yield Block(lines[start][3:], start + 1, lines[start + 1 : at])
            at += 1
        elif comment := re.fullmatch(r"<!-- (\w+: .+) -->", lines[start]):
            yield Block("comment", start, [comment[1]])


def commands(block: Block) -> list[Command]:
    """The commands of a console."""
    found: list[Command] = []
    for number, line in enumerate(block.lines, block.start):
        if line.startswith("$ "):
            found.append(Command(line[2:], number + 1))
        else:
            found[-1].shown.append(line)
    return found


def masked(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, instead in MASKS:
        line = re.sub(pattern, instead, line)
    return line.rstrip()


def fits(shown: list[str], real: list[str]) -> bool:
    """Whether the output is as shown; "…" stands for any lines, or any part of one."""
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == CUT else re.escape(masked(line)).replace(CUT, ".*?") + "\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(masked(line) + "\n" for line in real)) is not None


def recut(shown: list[str], real: list[str]) -> list[str]:
    """The real output, cut where the shown one was."""
    if CUT not in [line.strip() for line in shown]:
        return real
    taken, at = set(), 0
    for line in shown:
        near = [SequenceMatcher(None, masked(line), masked(other)).ratio() for other in real[at:]]
        if near and max(near) > ALIKE:
            at += near.index(max(near)) + 1
            taken.add(at - 1)
    # Ends stay ends, however much their words have changed.
    taken |= {end % len(real) for end in (0, -1) if shown[end].strip() != CUT}
    cut = []
    for number in range(len(real)):
        if number in taken:
            cut.append(real[number])
        elif not cut or cut[-1] != CUT:
            cut.append(CUT)
    return cut


class Beside(io.StringIO):
    """What goes to stderr stands, as on a terminal, between what goes to stdout."""

    def write(self, text: str) -> int:
        """Writes to what is stdout at the moment."""
        return sys.stdout.write(text)


class Reader:
    """Somebody who follows a page to the letter, in a fresh folder."""

    def __init__(self, page: Path, folder: Path, stack: ExitStack, *, update: bool = False) -> None:
        self.page, self.folder, self.stack, self.update = page, folder, stack, update
        self.lines = page.read_text(encoding="utf-8").splitlines()
        self.environment = {
            "AMOCONF_LANG": "ru" if "ru" in page.parts else "en",
            "AMOCONF_STATE_DIR": str(folder / "state"),
            "AMOCONF_PACE": "off",
            "COLUMNS": "100",
        }
        self.crm: list[Living] = []
        self.tokens = (crm.token for crm in self.crm)
        self.code = 0
        self.wrong: list[str] = []
        self.moved = 0

    def read(self) -> None:
        """Follows the page."""
        for block in list(blocks(self.lines)):
            if block.language == "comment":
                word, _, said = block.lines[0].partition(": ")
                getattr(self, f"on_{word}")(said)
            elif block.language in ("yaml", "diff"):
                self.on_file(block)
            elif block.language == "console":
                self.on_console(block)

    def on_emulator(self, said: str) -> None:
        """Starts an account, or several."""
        scenario, scale, *number = said.split()
        for count in range(1, int(number[0] if number else 1) + 1):
            crm = living(self.folder, scenario=scenario, scale=float(scale), number=count)
            self.crm.append(self.stack.enter_context(crm))
        self.environment |= {"AMOCONF_BASE_URL": self.crm[0].url, "AMOCONF_TOKEN": self.crm[0].token}

    def on_without(self, said: str) -> None:
        """The token lies in a file, as it does for who has just copied it from the interface."""
        del self.environment[f"AMOCONF_{said.upper()}"]
        (self.folder / "token.txt").write_text(self.crm[0].token)

    def on_exit(self, said: str) -> None:
        """How the next block ends."""
        self.code = int(said)

    def on_ui(self, said: str) -> None:
        """What a person does in the web interface."""
        words = json.loads(said).items()
        self.crm[0].ui(**{key: self.meant(value) for key, value in words})

    def on_faults(self, said: str) -> None:
        """What breaks from now on."""
        assert self.crm[0].client.post("/_emulator/faults", json=json.loads(said)).is_success

    def meant(self, value: Any) -> Any:
        """An id for "@address"."""
        is_address = isinstance(value, str) and value.startswith("@")
        return self.crm[0].id_of(value[1:]) if is_address else value

    def on_file(self, block: Block) -> None:
        """Writes a file, or changes the lines of it that a diff shows."""
        path = self.folder / block.lines[0].removeprefix("# ")
        path.parent.mkdir(exist_ok=True)
        if block.language == "yaml":
            text = "\n".join(block.lines) + "\n"
            for number, crm in enumerate(self.crm, 1):
                text = text.replace(f"http://127.0.0.1:900{number}", crm.url)
            path.write_text(text, encoding="utf-8")
            return
        old = "".join(line[1:] + "\n" for line in block.lines[1:] if line[:1] in ("-", " "))
        new = "".join(line[1:] + "\n" for line in block.lines[1:] if line[:1] in ("+", " "))
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (
            f"{self.page.name}:{block.start}: these lines are not once in {path.name}"
        )
        path.write_text(text.replace(old, new), encoding="utf-8")

    def on_console(self, block: Block) -> None:
        """Runs the commands of a block and compares."""
        found = commands(block)
        found[-1].code, self.code = self.code, 0
        for command in found:
            code, real = self.run(command.words)
            where = f"{self.page}:{command.start + self.moved}: $ {command.words}"
            if code != command.code:
                self.wrong.append(f"{where}\nended with {code}, not {command.code}:\n" + "\n".join(real))
            if not fits(command.shown, real):
                self.differs(where, command, real)

    def differs(self, where: str, command: Command, real: list[str]) -> None:
        """Says what is not as shown, or shows it."""
        now = recut(command.shown, real)
        if not self.update:
            diff = unified_diff(command.shown, now, "shown", "real", lineterm="", n=1)
            self.wrong.append("\n".join([where, *diff]))
            return
        at = command.start + self.moved
        self.lines[at : at + len(command.shown)] = now
        self.moved += len(now) - len(command.shown)
        self.page.write_text("\n".join(self.lines) + "\n", encoding="utf-8")

    def run(self, line: str) -> tuple[int, list[str]]:
        """Exit code and output of a command."""
        words = shlex.split(line)
        if words[0] == "export":
            self.export(*words[1].split("=", 1))
            return 0, []
        if words[0] == "mkdir":
            (self.folder / words[1]).mkdir()
            return 0, []
        if words[0] == "cat":
            return 0, (self.folder / words[1]).read_text(encoding="utf-8").splitlines()
        environment = dict(self.environment)
        if "=" in words[0]:
            name, value = words.pop(0).split("=", 1)
            environment[name] = environment[value.removeprefix("$")]
        assert words[0] == "amoconf", line
        if words[1:3] == ["emulator", "serve"]:
            return 0, self.served(words[1:])
        ended = call(tuple(words[1:]), environment, err=Beside())
        text = ended.out.replace(str(self.folder / "state"), HOME)
        return ended.code, [row.rstrip() for row in text.splitlines()]

    def export(self, name: str, value: str) -> None:
        """Sets a variable; "…" stands for what the reader has copied."""
        if name.startswith("AMOCONF_TOKEN_"):
            value = next(self.tokens)
        self.environment[name] = self.environment[name] if CUT in value else value

    def served(self, words: list[str]) -> list[str]:
        """Starts the emulator as a reader does, and ends it with the page."""
        process = subprocess.Popen(
            [sys.executable, "-m", "amoconf", *words], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.stack.enter_context(process)
        self.stack.callback(process.terminate)
        assert process.stdout is not None
        line = process.stdout.readline()
        start = json.loads(line)
        # What the reader is told to put there.
        self.environment |= {"AMOCONF_BASE_URL": start["base_url"], "AMOCONF_TOKEN": start["token"]}
        return [line.rstrip().replace(start["token"], f"eyJ{CUT}")]
