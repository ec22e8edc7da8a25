"""The command line: the only place that prints, prompts, exits and reads the environment."""

import atexit
import inspect
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from amoconf import __version__
from amoconf.cli.codepage import forgive
from amoconf.cli.help import language, teach_click, translated
from amoconf.errors import AmoconfError, PartlyApplied
from amoconf.memory import leaving, roomy
from amoconf.tongue import speak, tr

if TYPE_CHECKING:
    from amoconf.api import Clock

# Command → module and name of the click command; imported only when called, so that --help stays fast.
COMMANDS = {
    "init": ("init", "Write a first spec, from a template or from the account."),
    "login": ("login", "Store a token for an account; --status, --logout."),
    "import": ("import_", "Read the account and write a spec of it."),
    "validate": ("validate", "Check a spec offline: every problem at once."),
    "plan": ("plan", "Show what would change."),
    "apply": ("apply", "Do what the plan says: re-check, ask, write, read back."),
    "undo": ("undo", "Plan the way back from the last apply; go it with --apply."),
    "drift": ("drift", "Has somebody changed the account by hand? For cron."),
    "values": ("values", "What people typed into a field, and the list it could be."),
    "audit": ("audit", "Rules over configuration and records, with evidence and a score."),
    "board": ("board", "How people work: the figures of the spec's kpi against their norms."),
    "report": ("report", "Summary, funnel, staff, loss reasons, incoming leads, forecast."),
    "fleet": ("fleet", "Many accounts at once: plan, drift, audit of each, side by side."),
    "attest": ("attest", "Record that a person saw to what no API tells; --list shows what is due."),
    "diff": ("diff", "Compare two specs by meaning, offline."),
    "explain": ("explain", "One thing in plain language: spec, account, difference."),
    "docs": ("docs", "The sales regulations as one page, from the spec."),
    "outputs": ("outputs", "The ids of the account as constants for programs; --check old ones."),
    "schema": ("schema", "Print the JSON Schema of the spec language."),
    "api": ("raw", "One raw, paced, authorised API call."),
    "emulator": ("emulator", "A local amoCRM for trying things out."),
}


ABOUT = """amoCRM (Kommo) account configuration as code.

    Exit codes: 0 done or nothing to do, 1 error, 2 differences, 3 blocked, 4 partly applied, 5 stale plan.
    """


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports one command."""
        from importlib import import_module

        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"amoconf.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, "command", None) or getattr(module, cmd_name)
        return translated(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section(tr("Commands")):
            formatter.write_dl([(name, tr(about)) for name, (_, about) in COMMANDS.items()])

    def get_help(self, ctx: click.Context) -> str:
        """In the spoken language."""
        self.help = tr(inspect.cleandoc(ABOUT))
        return super().get_help(ctx)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """An unknown command names the nearest known one."""
        from amoconf.codecs import suggest

        known = ctx.resilient_parsing or not args or args[0] in COMMANDS  # a completion of words never fails
        if not known and not args[0].startswith("-"):
            text = tr("there is no command {name!r}", name=args[0])
            raise click.UsageError(text + suggest(args[0], list(COMMANDS)), ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="amoconf")
def amoconf() -> None:
    """The group of all commands; ABOUT is its help."""


def main(clock: "Clock | None" = None) -> None:
    """Runs a command and ends with its exit code; a usage error ends with 1, for 2 means differences.

    clock: the time by which the client waits; None is the real one.
    """
    roomy()
    atexit.register(leaving)
    forgive(sys.stdout)
    speak(language(sys.argv[1:], os.environ))
    teach_click()
    try:
        code = translated(amoconf).main(prog_name="amoconf", standalone_mode=False, obj=clock)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo(tr("Stopped; nothing more was written."), err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except AmoconfError as error:
        show(error)
        sys.exit(error.exit_code)


def show(error: AmoconfError) -> None:
    """The error on stderr: where, what, what to do."""
    if not isinstance(error, PartlyApplied):
        for problem in error.problems:
            click.echo(f"{'' if problem.where else tr('error: ')}{problem}", err=True)
    else:
        click.echo(error.what, err=True)
