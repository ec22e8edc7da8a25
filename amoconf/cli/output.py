"""Prints a document: JSON as it is, or the text made from it."""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.options import Options

if TYPE_CHECKING:
    from amoconf.report.console import Screen

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
    """One JSON document, or the text that `render` prints of it."""
    if options.format == "json":
        text = json.dumps(document, ensure_ascii=not _holds_all(sys.stdout.encoding), indent=2)
        click.echo(text)
        return
    render(document, console(options))


def _holds_all(encoding: str | None) -> bool:
    """Whether a stream takes every character; code pages of Windows do not."""
    return (encoding or "").lower().replace("-", "").startswith("utf")


def console(options: Options) -> "Screen":
    """Where text goes; colour by --color, NO_COLOR and the terminal."""
    from amoconf.report.console import make

    return make(options.color, sys.stdout, options.environment, verbose=options.verbose, lang=options.lang)
