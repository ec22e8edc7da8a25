"""`amoconf validate`: checks a spec offline, every problem at once."""

from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.options import Options, shared
from amoconf.cli.output import show
from amoconf.errors import SpecError, in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amoconf.errors import Problem
    from amoconf.model import Account


@click.command("validate")
@shared
@click.argument("files", nargs=-1, type=click.Path())
def command(options: Options, files: tuple[str, ...]) -> int:
    """Check the spec (or FILES) without a network: file:line:column, what is wrong, what to write instead."""
    from dataclasses import replace
    from pathlib import Path

    from amoconf.spec.mixed import mixed

    paths = [Path(name) for name in files] or [options.file]
    problems: list[Problem] = []
    warnings: list[Problem] = []
    counts: dict[str, int] = {}
    for path in paths:
        try:
            account = checked(replace(options, file=path))
            counts[str(path)] = len(account.resources)
            warnings += mixed(account.resources)
        except SpecError as error:
            problems += list(error.problems)
    from amoconf.report.text import validate_text

    show(document(problems, counts, warnings), options, validate_text)
    return 1 if problems else 0


def checked(options: Options) -> "Account":
    """What a good spec wants; the schema that editors use must agree that it is good."""
    from amoconf.cli.session import load_spec
    from amoconf.contradictions import contradictions
    from amoconf.spec.schemacheck import check

    spec = load_spec(options)
    check(spec.document.root)
    if problems := contradictions(spec.account, spec.document.root):
        raise SpecError(in_order(problems))
    return spec.account


def document(
    problems: "Sequence[Problem]", counts: dict[str, int], warnings: "Sequence[Problem]" = ()
) -> dict[str, Any]:
    """The JSON of `validate`."""
    from amoconf.report.document import head, problem_row

    return {
        **head("validate", {"id": None, "subdomain": None, "domain": None}),
        "files": counts,
        "problems": [problem_row(problem) for problem in problems],
        "warnings": [problem_row(problem) for problem in warnings],
        "valid": not problems,
    }
