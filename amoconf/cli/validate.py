"""`amoconf validate`: checks a spec offline, every problem at once."""

from typing import Any

import click

from amoconf.cli.options import Options, shared
from amoconf.cli.output import show
from amoconf.errors import SpecError


@click.command("validate")
@shared
@click.argument("files", nargs=-1, type=click.Path())
def command(options: Options, files: tuple[str, ...]) -> int:
    """Check the spec (or FILES) without a network: file:line:column, what is wrong, what to write instead."""
    from dataclasses import replace
    from pathlib import Path

    paths = [Path(name) for name in files] or [options.file]
    problems, counts = [], {}
    for path in paths:
        try:
            counts[str(path)] = checked(replace(options, file=path))
        except SpecError as error:
            problems += list(error.problems)
    from amoconf.report.text import validate_text

    show(document(problems, counts), options, validate_text)
    return 1 if problems else 0


def checked(options: Options) -> int:
    """Number of things in a good spec; the schema that editors use must agree that it is good."""
    from amoconf.cli.session import load_spec
    from amoconf.spec.schemacheck import check

    spec = load_spec(options)
    check(spec.document.root)
    return len(spec.account.resources)


def document(problems: list[Any], counts: dict[str, int]) -> dict[str, Any]:
    """The JSON of `validate`."""
    from amoconf.report.document import head, problem_row

    return {
        **head("validate", {"id": None, "subdomain": None, "domain": None}),
        "files": counts,
        "problems": [problem_row(problem) for problem in problems],
        "valid": not problems,
    }
