"""Prints a document: JSON as it is, or what is made from it, on stdout or into a file."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from typing import IO, TYPE_CHECKING, Any

import click

from amoconf.cli.codepage import holds_all
from amoconf.cli.options import Options
from amoconf.cli.session import teller, waits_for
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.plan import Plan
    from amoconf.report.console import Screen
    from amoconf.report.progress import Progress

Render = Callable[[dict[str, Any], "Screen"], None]


def stamped(document: dict[str, Any], options: Options, started: float) -> dict[str, Any]:
    """The document with when it was made, how long that took, the spec's file and the pace of writing.

    started: time.monotonic() of the beginning. Pace None: as fast as the service answers.
    """
    more = {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started, 1),
        "file": str(options.file),
    }
    requests = {**document["requests"], "pace": options.pace} if "requests" in document else {}
    return {**document, **more, **({"requests": requests} if requests else {})}


def show(document: dict[str, Any], options: Options, render: Render) -> None:
    """The document in the format that was asked for, on stdout or in --out; text is what `render` prints."""
    if options.format == "text" and options.out is None:
        render(document, console(options))
    elif options.format == "json" and options.out is None:
        print_json(document)
    else:
        put_out(content(document, options, render), options)


def content(document: dict[str, Any], options: Options, render: Render) -> str | bytes:
    """What a file holds."""
    if options.format == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if options.format == "text":
        stream = StringIO()
        render(document, console(options, stream))
        return stream.getvalue()
    from amoconf.report.formats import rendered

    return rendered(document, options.format)


def put_out(made: str | bytes, options: Options) -> None:
    """To --out, whole or not at all; else to stdout, in UTF-8 as the formats say of themselves."""
    if options.out is None:
        click.echo(made.encode() if isinstance(made, str) else made, nl=False)
        return
    from amoconf.cli.files import File, put

    put([File(options.out, made)], keep=False)
    if not options.quiet:
        click.echo(tr("written: {path}", path=options.out), err=True)


def json_text(document: dict[str, Any]) -> str:
    """One document; escaped where the stream cannot hold every character."""
    return "".join(_json_parts(document))


def print_json(document: dict[str, Any]) -> None:
    """One document on stdout, piece by piece, for that of a fleet is large."""
    for part in _json_parts(document):
        sys.stdout.write(part)
    click.echo()


def _json_parts(document: dict[str, Any]) -> Iterator[str]:
    return json.JSONEncoder(ensure_ascii=not holds_all(sys.stdout.encoding), indent=2).iterencode(document)


def console(options: Options, stream: IO[str] | None = None, *, err: bool = False) -> "Screen":
    """Where text goes; colour by --color, NO_COLOR and the terminal. err: stderr, beside a prompt."""
    from amoconf.report.console import make

    out = stream or (sys.stderr if err else sys.stdout)
    columns = os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else None
    return make(options.color, out, options.environment, verbose=options.verbose, columns=columns)


WORTH_TELLING = 0.5  # seconds of waiting


class Running:
    """What a running apply says on stderr: a status line on a terminal, else only what -v asks for."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.line: Progress | None = None

    @contextmanager
    def through(self, plan: "Plan") -> Iterator[None]:
        """The status line, for as long as a plan is carried out, where there is a terminal and something to do."""
        if self.options.quiet or not sys.stderr.isatty() or not plan.open_steps:
            yield
            return
        from amoconf.report.progress import Progress

        plain = self.options.color == "never" or bool(self.options.environment.get("NO_COLOR"))
        self.line = Progress(sys.stderr, color=not plain)
        self.line.begin(step.text for step in plan.open_steps)
        try:
            yield
        finally:
            self.line.end()
            self.line = None

    def tell(self, text: str) -> None:
        """A step is done, or part of one."""
        if self.options.verbose and not self.options.quiet:
            click.echo(tr("done: {what}", what=text), err=True)
        if self.line is not None:
            self.line.tell(text)

    def wait(self, wait: Any) -> None:
        """The client waits: on the status line, or as a line of its own where that takes long."""
        if self.line is None:
            teller(self.options)(wait)
        elif wait.seconds >= WORTH_TELLING:
            self.line.wait(wait.seconds, f"{waits_for(wait.why)} {wait.request}".rstrip())
