"""`amoconf init`: a first spec, from a template or from the live account; asks only what was not given."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import click

from amoconf.cli.files import File, put, refuse_existing
from amoconf.cli.interrupt import typed
from amoconf.cli.options import Options, shared
from amoconf.cli.session import lock_path
from amoconf.errors import UsageError
from amoconf.tongue import later, tr

DOMAINS = ("amocrm.ru", "amocrm.com", "kommo.com")
TEMPLATES = {
    "wholesale": later("wholesale trade"),
    "retail": later("retail trade"),
    "services": later("services"),
    "empty": later("only the beginnings"),
}
LIVE = "account"
SCHEMA = "account.schema.json"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Wish:
    """What the spec is made of. template: one of TEMPLATES, or LIVE. schema: whether editors get theirs beside it."""

    subdomain: str
    domain: str
    template: str
    schema: bool


@click.command("init")
@shared
@click.option("--subdomain", metavar="NAME", help=later("The account: the word before .amocrm.ru."))
@click.option("--domain", type=click.Choice(DOMAINS), help=later("Where the account lives."))
@click.option("--template", type=click.Choice(list(TEMPLATES)), help=later("What to begin with."))
@click.option("--from-account", is_flag=True, help=later("Begin with what the account has, as import does."))
@click.option(
    "--schema", is_flag=True, help=later("Write the schema beside the spec, for hints in an editor.")
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=later("The spec to write; --file if left out."),
)
@click.option("--force", is_flag=True, help=later("Replace files that are there; .bak is kept."))
@click.option("--yes", is_flag=True, help=later("Ask nothing: what is not given is as it usually is."))
def command(options: Options, output: Path | None, force: bool, yes: bool, **given: Any) -> int:
    """Write a first spec: from a template, or from the live account. Asks what the flags leave open."""
    options = replace(options, file=Path(output or options.file))
    _fit(given, _account(options))
    refuse_existing([options.file], force=force)
    asks = sys.stdin.isatty() and not yes
    wish = asked(given, _account(options)) if asks else _as_given(given, _account(options), yes=yes)
    refuse_existing([file.path for file in _schema(options, wish)], force=force)
    if wish.template == LIVE:
        return _from_account(options, wish, force=force)
    files = [File(options.file, text_of(wish, options.lang))]
    put([*_schema(options, wish), *files])
    _tell(options, wish)
    return 0


def _fit(given: dict[str, Any], account: tuple[str, str]) -> None:
    if given["from_account"] and given["template"]:
        raise UsageError(tr("--template and --from-account exclude each other"))
    if given["subdomain"] is not None:
        _checked(given["subdomain"])
    if given["domain"] is None and account[1] not in ("", *DOMAINS):
        what = tr("{name}: no account lives at {domain}", name=".".join(account), domain=account[1])
        raise UsageError(what, tr("one of: {words}", words=", ".join(DOMAINS)))


def _account(options: Options) -> tuple[str, str]:
    """What --account says."""
    subdomain, _, domain = (options.account or "").partition(".")
    return subdomain, domain


def _checked(subdomain: str) -> str:
    if not NAME.fullmatch(subdomain):
        what = tr("{name!r} is no subdomain", name=subdomain)
        raise UsageError(what, tr("it is the word before .amocrm.ru or .kommo.com, such as mycompany"))
    return subdomain


def _as_given(given: dict[str, Any], account: tuple[str, str], *, yes: bool) -> Wish:
    """Without questions. UsageError names the flags that are missing."""
    subdomain = given["subdomain"] or account[0]
    template = LIVE if given["from_account"] else given["template"] or ("empty" if yes else "")
    if not subdomain or not template:
        missing = [
            *([] if subdomain else ["--subdomain"]),
            *([] if template else ["--template | --from-account"]),
        ]
        what = tr("init would ask, and nobody can answer here")
        raise UsageError(what, tr("give {flags}", flags=", ".join(missing)))
    domain = given["domain"] or account[1] or DOMAINS[0]
    return Wish(_checked(subdomain), domain, template, given["schema"])


def asked(given: dict[str, Any], account: tuple[str, str]) -> Wish:
    """A short conversation, on stderr; an empty answer takes what stands in brackets."""
    subdomain = given["subdomain"] or account[0] or _until(tr("Subdomain of the account"), "", _checked)
    domain = given["domain"] or account[1] or _choice(tr("Domain"), DOMAINS)
    template = LIVE if given["from_account"] else given["template"]
    if not template:
        for name, about in {**TEMPLATES, LIVE: later("what the account has now")}.items():
            click.echo(f"  {name:<10} {tr(about)}", err=True)
        template = _choice(tr("Begin with"), (*TEMPLATES, LIVE))
    schema = (
        given["schema"]
        or _choice(tr("Write {file} for hints in the editor?", file=SCHEMA), ("y", "n")) == "y"
    )
    return Wish(_checked(subdomain), domain, template, schema)


def _choice(text: str, words: tuple[str, ...]) -> str:
    def known(word: str) -> str:
        if word not in words:
            raise UsageError(tr("one of: {words}", words=", ".join(words)))
        return word

    return _until(f"{text} ({', '.join(words)})", words[0], known)


def _until(text: str, usual: str, check: Callable[[str], str]) -> str:
    """Asks until the answer is good."""
    while True:
        try:
            return check(typed(f"{text} [{usual}]" if usual else text) or usual)
        except UsageError as error:
            click.echo("\n".join(map(str, error.problems)), err=True)


def text_of(wish: Wish, language: str) -> str:
    """A template with the account's name in it."""
    file = resources.files("amoconf") / "templates" / language / f"{wish.template}.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("subdomain: your-subdomain", f"subdomain: {_quoted(wish.subdomain)}", 1)
    return text.replace("domain: amocrm.ru", f"domain: {wish.domain}", 1)


def _quoted(subdomain: str) -> str:
    """A subdomain that looks like a number is text all the same."""
    from amoconf.spec.scalars import misread

    return f'"{subdomain}"' if misread(subdomain) else subdomain


def _schema(options: Options, wish: Wish) -> list[File]:
    from amoconf.schema import text

    return [File(options.file.with_name(SCHEMA), text())] if wish.schema else []


def _from_account(options: Options, wish: Wish, *, force: bool) -> int:
    """As `import` does it."""
    from amoconf.cli.import_ import command as bring

    given = {name: getattr(options, name) for name in ("file", "base_url", "lock_timeout", "state_dir")}
    given |= {name: getattr(options, name) for name in ("secrets_file", "color", "lang", "verbose", "quiet")}
    given |= {"pace": options.pace or 0.0, "format_": options.format}
    account = f"{wish.subdomain}.{wish.domain}"
    context = click.get_current_context()
    code: int = context.invoke(bring, only=(), output=None, force=force, into=None, account=account, **given)
    if code == 0:
        put(_schema(options, wish))
        _tell_schema(options, wish)
    return code


def _tell_schema(options: Options, wish: Wish) -> None:
    """The rest was told by `import`, whose JSON stays one document."""
    for file in _schema(options, wish):
        click.echo(tr("{path}: written", path=file.path), err=options.format == "json")


def _tell(options: Options, wish: Wish) -> None:
    """What to do next."""
    lock = lock_path(options.file)
    if lock.exists():
        text = tr(
            "{path}: the old spec's lock file is still there; take it away if that was another account",
            path=lock,
        )
        click.echo(text, err=True)
    if options.format == "json":
        from amoconf.cli.output import json_text
        from amoconf.report.document import head

        account = {"id": None, "subdomain": wish.subdomain, "domain": wish.domain}
        click.echo(
            json_text(
                {**head("init", account), "files": [str(file.path) for file in _written(options, wish)]}
            )
        )
        return
    for file in _written(options, wish):
        click.echo(tr("{path}: written", path=file.path))
    if not options.quiet:
        click.echo(tr("Next: amoconf login, then amoconf plan shows how the account differs."))


def _written(options: Options, wish: Wish) -> list[File]:
    return [File(options.file, ""), *_schema(options, wish)]
