"""Gathers the sentences of the code into the catalogue and compiles it; says what is not translated."""

import ast
import inspect
import io
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
FILE = ROOT / "amoconf/locale/ru/LC_MESSAGES/amoconf.po"
# Who says a sentence → how many of the first arguments are its forms.
WORDS = {"tr": 1, "later": 1, "Said": 1, "trn": 2}


class Sentences(Catalog):
    """A catalogue whose header says nothing that changes by itself: no dates, no version of the tool."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What gettext needs to know."""
        return [
            ("Language", "ru"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Plural-Forms", self.plural_forms),
        ]


def wanted() -> Catalog:
    """Every sentence of the code, with the files that say it, in a stable order."""
    found = Sentences(locale="ru", project="amoconf", charset="utf-8", fuzzy=False)
    for name, text in helps():
        found.add(text, locations=[(name, 0)])
    for path in sorted((ROOT / "amoconf").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("amoconf/emulator/"):  # it speaks as the service does
            for forms in sentences(ast.parse(path.read_text(encoding="utf-8"))):
                found.add(forms if len(forms) > 1 else forms[0], locations=[(name, 0)])
    return found


def sentences(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    """The forms of every sentence that is written out, read as Python reads it: inside f-strings too, and a table's
    key inside the brackets of a call is no sentence.
    """
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for node in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node.func, ast.Name) and node.func.id in WORDS:
            first = node.args[: WORDS[node.func.id]]
            forms = [arg.value for arg in first if isinstance(arg, ast.Constant) and arg.value]
            if len(forms) == WORDS[node.func.id] and all(isinstance(form, str) for form in forms):
                yield tuple(forms)


def helps() -> Iterator[tuple[str, str]]:
    """(file, text) of everything that --help shows."""
    from amoconf.cli import ABOUT, COMMANDS
    from amoconf.cli.help import texts

    home = "amoconf/cli/__init__.py"
    yield home, inspect.cleandoc(ABOUT)
    for name, (module, about) in COMMANDS.items():
        yield home, about
        loaded = import_module(f"amoconf.cli.{module}")
        command = getattr(loaded, "command", None) or getattr(loaded, name)
        for text in texts(command):
            yield f"amoconf/cli/{module}.py", text


def merged(now: Catalog, before: Catalog) -> Catalog:
    """The sentences of the code with the translations that are known."""
    for message in now:
        known = before.get(message.id) if message.id else None
        if known and isinstance(known.id, str) == isinstance(message.id, str):
            message.string = known.string
    return now


def text_of(catalogue: Catalog) -> bytes:
    """The .po file: no dates, no line numbers, so that it changes only with the sentences."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, omit_header=True, no_location=False, include_lineno=False)
    head = f'msgid ""\nmsgstr ""\n"Language: ru\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    return head.encode() + buffer.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The .mo file that gettext reads."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Sentences that have no Russian, or not in every form."""
    return [
        str(message.id)
        for message in catalogue
        if message.id
        and not (all(message.string) if isinstance(message.string, tuple) else bool(message.string))
    ]


def main() -> int:
    """Writes both files; with --check only compares. 1 where something is stale or not translated."""
    before = read_po(io.BytesIO(FILE.read_bytes()), locale="ru") if FILE.exists() else Catalog(locale="ru")
    now = merged(wanted(), before)
    files = {FILE: text_of(now), FILE.with_suffix(".mo"): compiled(now)}
    stale = [file for file, text in files.items() if not file.exists() or file.read_bytes() != text]
    if "--check" not in sys.argv:
        for file, text in files.items():
            file.write_bytes(text)
        stale = []
    for file in stale:
        print(f"{file.relative_to(ROOT)} is stale: run script/words")
    missing = untranslated(now)
    for text in missing:
        print(f"not translated: {text}")
    return 1 if stale or missing else 0


if __name__ == "__main__":
    sys.exit(main())
