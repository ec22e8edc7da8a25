"""`amoconf explain ADDRESS`: one thing in plain language."""

import time
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.options import Options, shared
from amoconf.cli.output import show, stamped
from amoconf.cli.plan import make, plan_report
from amoconf.cli.session import load_spec, look, run
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.lock import Lock
    from amoconf.match import Adopted
    from amoconf.model import Resource
    from amoconf.values import Address


@click.command("explain")
@shared
@click.argument("address")
def command(options: Options, address: str) -> int:
    """Say what the spec says of ADDRESS, what the account has, and why it would change."""
    from amoconf.kinds import parse_address
    from amoconf.report.text import explain_text

    started = time.monotonic()
    try:
        wish = parse_address(address)
    except ValueError as error:
        raise UsageError(str(error), tr("write kind/scope/key, for example field/leads/city")) from error
    spec = load_spec(options)
    found, reads = run(look(options, spec))
    thing = explained(wish, found.adopted, spec.lock)
    whole = plan_report(make(spec, found), found, reads, options, spec)
    rows = [row for row in whole["changes"] if address in (row["address"], *row["parts"])]
    head = {key: whole[key] for key in ("format_version", "account", "requests")}
    document = {**head, "command": "explain", **thing, "changes": rows}
    show(stamped(document, options, started), options, explain_text)
    return 0


def explained(wish: "Address", adopted: "Adopted", lock: "Lock") -> dict[str, Any]:
    """Both sides of every attribute of one thing; of a replaced one, the old thing.

    UsageError where neither side has it.
    """
    from amoconf.codecs import suggest
    from amoconf.kinds import KINDS
    from amoconf.report.changerow import compared

    want, have = adopted.wanted.get(wish), _found(wish, adopted, lock)
    if want is None and have is None:
        known = [str(item.address) for side in (adopted.wanted, adopted.found) for item in side.of(wish.kind)]
        text = tr("neither the spec nor the account has {address}", address=wish)
        raise UsageError(text + suggest(str(wish), known))
    names = dict.fromkeys([*(want.attrs if want else {}), *(have.attrs if have else {})])
    return {
        "address": str(wish),
        "kind": KINDS[wish.kind].titles[0],
        "where": str(want.where) if want and want.where else None,
        "id": have.id if have else None,
        "attributes": [compared(wish.kind, name, want, have) for name in names],
    }


def _found(wish: "Address", adopted: "Adopted", lock: "Lock") -> "Resource | None":
    """The live thing: by its address, as the one that is to be replaced, or as a predecessor that the lock remembers."""
    have = adopted.found.get(wish) or adopted.old.get(wish)
    if have is not None or wish not in lock.ids:
        return have
    key = lock.ids[wish]
    return next((item for item in adopted.found.of(wish.kind) if item.id == key), None)
