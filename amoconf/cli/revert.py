"""`amoconf drift --revert`: an apply that is limited to what people changed in the account."""

from collections.abc import Sequence

import click

from amoconf.cli.options import Options
from amoconf.cli.plan import make
from amoconf.cli.session import Spec, look, run
from amoconf.errors import UsageError
from amoconf.tongue import tr


def revert(options: Options, spec: Spec, addresses: Sequence[str], *, yes: bool) -> int:
    """Hands the addresses to `amoconf apply --only`, which shows the plan, asks and writes."""
    from amoconf.brakes import allowance
    from amoconf.cli.apply import command

    if options.format not in ("text", "json"):
        raise UsageError(tr("--revert can be told as text or json only"))
    found, _ = run(look(options, spec))
    moved = [change for change in make(spec, found).changes if change.origin in ("drift", "both")]
    if addresses:
        moved = [change for change in moved if allowance(change.address, addresses) is not None]
    if not moved:
        click.echo(tr("Nothing to set back: nobody changed this in the account since the last apply."))
        return 0
    only = tuple(dict.fromkeys(str(change.address) for change in moved))
    context = click.get_current_context()
    code: int = context.invoke(command, only=only, yes=yes, allow=(), **_given(options))
    return code


def _given(options: Options) -> dict[str, object]:
    """The common options as the command line would give them."""
    names = (
        *("file", "account", "base_url", "lock_timeout", "state_dir", "secrets_file"),
        *("color", "lang", "verbose", "quiet"),
    )
    given = {name: getattr(options, name) for name in names}
    return {**given, "pace": options.pace or 0.0, "format_": options.format}
