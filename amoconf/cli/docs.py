"""`amoconf docs`: the sales regulations as one page, from the spec alone."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.diff import wanted
from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import json_text, put_out
from amoconf.cli.session import load_spec
from amoconf.tongue import later

if TYPE_CHECKING:
    from amoconf.model import Account


@click.command("docs")
@in_formats("docs")
@click.option(
    "--since",
    metavar="OLD",
    help=later("Say first what changed since this spec: a file, or HEAD~1:account.yaml."),
)
@click.option("--people", is_flag=True, help=later("Name people by their e-mails."))
def command(options: Options, since: str | None, people: bool) -> int:
    """The sales regulations as one page: stages, fields, roles, rules. Offline; Markdown unless asked otherwise."""
    from amoconf.docs import regulations
    from amoconf.report.document import head

    account = load_spec(options).account
    settings = account.settings
    name = {"id": settings.id, "subdomain": settings.subdomain, "domain": settings.domain}
    document = {
        **head("docs", name),
        "file": str(options.file),
        **regulations(account, with_people=people),
        "since": _since(options, since, account, name, people=people),
    }
    put_out(_made(document, options), replace(options, quiet=options.quiet or options.out is None))
    return 0


def _since(
    options: Options, old: str | None, account: "Account", name: dict[str, Any], *, people: bool
) -> dict[str, Any] | None:
    """The comparison with an earlier spec, as `diff` has it; None where it was not asked for."""
    if old is None:
        return None
    from amoconf.compare import compare
    from amoconf.docs.faceless import faceless
    from amoconf.report.diffdoc import diff_document

    before = wanted(options, old)
    if not people:
        before, account = faceless(before), faceless(account)
    return diff_document(compare(before, account), before, account, name, (old, str(options.file)))


def _made(document: dict[str, Any], options: Options) -> str:
    """The page in the format that was asked for."""
    if options.format == "json":
        return json_text(document) + "\n"
    from amoconf.report.papers.regulations import regulations_paper

    paper = regulations_paper(document)
    if options.format == "html":
        from amoconf.report.html import html

        return html(paper)
    from amoconf.report.markdown.alone import page

    return page(paper)
