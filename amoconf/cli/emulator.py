"""`amoconf emulator serve`: a local amoCRM."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from amoconf.tongue import tr


class BadUsage(click.UsageError):
    """A usage error that ends with 1, as all errors do: 2 means differences."""

    exit_code = 1


class Explained(click.Command):
    """A command whose help goes on with the faults and switches."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> click.Context:
        """Parses the arguments."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise BadUsage(error.format_message(), error.ctx) from error

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the two tables; they are imported only now, so that the rest of the help stays fast."""
        with formatter.section(tr("Faults (--fault NAME=VALUE)")):
            formatter.write_dl(_fault_rows())
        with formatter.section(tr("Switches (--switch NAME=VALUE)")):
            formatter.write_dl(_switch_rows())


def _fault_rows() -> list[tuple[str, str]]:
    from amoconf.emulator.faults import FAULTS

    units = {
        "share": "share 0..1",
        "flag": "true/false",
        "s": "seconds",
        "ms": "milliseconds",
        "requests": "requests",
    }
    return [(name, f"{units[kind.unit]}: {kind.about}") for name, kind in FAULTS.items()]


def _switch_rows() -> list[tuple[str, str]]:
    from dataclasses import fields

    from amoconf.emulator.switches import Switches

    rows = []
    for switch in fields(Switches):
        about = switch.metadata
        choices = "|".join(about["choices"]) or {bool: "true|false", int: "number"}[switch.type]  # type: ignore[index]
        default = json.dumps(switch.default).strip('"')
        rows.append(
            (switch.name, f"{about['about']} [{choices}; default {default}; facts {about['source']}]")
        )
    return rows


def _pairs(ctx: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    words = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise click.BadParameter(tr("{text!r} is not NAME=VALUE", text=text), ctx, option)
        words[name] = value
    return words


@click.group()
def emulator() -> None:
    """A local amoCRM for trying and testing, on this machine only."""


@emulator.command(cls=Explained)
@click.option("--host", default="127.0.0.1", show_default=True, help="Only the loopback address is allowed.")
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0: a free one.")
@click.option("--scenario", default="empty", show_default=True, type=click.Choice(["empty", "audited"]))
@click.option(
    "--scale",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="Share of records.",
)
@click.option(
    "--seed", default=1, show_default=True, type=int, help="Of generated data and of the order of faults."
)
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help="Keep the account in this file.")
@click.option(
    "--latency-ms", default=0.0, show_default=True, type=click.FloatRange(0), help="Wait before each answer."
)
@click.option(
    "--rate-limit/--no-rate-limit", default=True, show_default=True, help="7 requests a second, then 429."
)
@click.option(
    "--profile", default="ru", show_default=True, type=click.Choice(["ru", "kommo"]), help="Default switches."
)
@click.option(
    "--accounts", default=1, show_default=True, type=click.IntRange(1), help="Serve several, each on a port."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME=VALUE", callback=_pairs, help="Switch a fault on."
)
@click.option(
    "--switch", "switches", multiple=True, metavar="NAME=VALUE", callback=_pairs, help="Set a switch."
)
def serve(**options: Any) -> None:
    """Serve the API v4 of one or more accounts; prints one line of JSON when it listens."""
    try:
        from amoconf.emulator.serve import Options
        from amoconf.emulator.serve import serve as run
    except ModuleNotFoundError as error:
        text = tr(
            'the emulator needs {package}, which is not installed: pip install "amoconf[emulator]"',
            package=error.name,
        )
        raise click.ClickException(text) from error
    try:
        run(Options(**options), _announce)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _announce(line: Mapping[str, Any]) -> None:
    click.echo(json.dumps(line, ensure_ascii=False))
