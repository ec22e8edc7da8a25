"""Prints a document: JSON as it is, or the text made from it."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from amoconf.cli.options import Options

Render = Callable[..., None]


def show(document: dict[str, Any], options: Options, render: Render, **more: Any) -> None:
    """One JSON document, or the text that `render` makes of it on a console."""
    if options.format == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    render(document, console(options), **more)


def console(options: Options) -> Any:
    """Where text goes; colour by --color, NO_COLOR and the terminal."""
    from amoconf.report.console import make

    return make(options.color, sys.stdout, options.environment)
