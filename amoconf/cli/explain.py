"""`amoconf explain ADDRESS`: one thing in plain language."""

import json
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.options import Options, shared
from amoconf.cli.plan import make, plan_report
from amoconf.cli.session import Spec, load_spec, look, run
from amoconf.errors import UsageError

if TYPE_CHECKING:
    from amoconf.survey import Survey
    from amoconf.values import Address


@click.command("explain")
@shared
@click.argument("address")
def command(options: Options, address: str) -> int:
    """Say what the spec says of ADDRESS, what the account has, and why it would change."""
    from amoconf.codecs import suggest
    from amoconf.kinds import parse_address

    try:
        wish = parse_address(address)
    except ValueError as error:
        raise UsageError(str(error), "write kind/scope/key, for example field/leads/city") from error
    spec = load_spec(options)
    found, reads = run(look(options, spec))
    want, have = found.adopted.wanted.get(wish), found.adopted.found.get(wish)
    if want is None and have is None:
        known = [
            str(item.address)
            for item in (*found.adopted.wanted.of(wish.kind), *found.adopted.found.of(wish.kind))
        ]
        raise UsageError(f"neither the spec nor the account has {address}{suggest(address, known)}")
    document = explained(address, wish, spec, found, reads, options)
    if options.format == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        tell(document)
    return 0


def explained(
    address: str, wish: "Address", spec: Spec, found: "Survey", reads: int, options: Options
) -> dict[str, Any]:
    """The document: both sides of every attribute, and what would change."""
    from amoconf.kinds import KINDS
    from amoconf.report.document import told

    want, have = found.adopted.wanted.get(wish), found.adopted.found.get(wish)
    plan = make(spec, found)
    rows = [
        row for row in plan_report(plan, found, reads, options, spec)["changes"] if row["address"] == address
    ]
    names = dict.fromkeys([*(want.attrs if want else {}), *(have.attrs if have else {})])
    table = [
        {
            "name": name,
            "spec": told(wish.kind, name, want.attrs[name]) if want and name in want.attrs else None,
            "account": told(wish.kind, name, have.attrs[name]) if have and name in have.attrs else None,
            "managed": bool(want and name in want.attrs),
        }
        for name in names
    ]
    return {
        "address": address,
        "kind": KINDS[wish.kind].titles[0],
        "where": str(want.where) if want and want.where else None,
        "id": have.id if have else None,
        "attributes": table,
        "changes": rows,
    }


def tell(document: dict[str, Any]) -> None:
    """The explanation as text."""
    place = (
        f"written at {document['where']}" if document["where"] else "not in the spec: left alone, and counted"
    )
    there = f"id {document['id']} in the account" if document["id"] is not None else "not in the account"
    click.echo(f"{document['address']}: a {document['kind']}, {place}; {there}.")
    for row in document["attributes"]:
        spec = json.dumps(row["spec"], ensure_ascii=False) if row["managed"] else "(not managed)"
        click.echo(f"  {row['name']}: spec {spec}, account {json.dumps(row['account'], ensure_ascii=False)}")
    for change in document["changes"]:
        reason = f" ({change['reason']})" if change["reason"] else ""
        who = f"; since the last apply moved by: {change['origin']}" if change["origin"] else ""
        click.echo(f"Would be: {change['action']}{reason}{who}.")
    if not document["changes"]:
        click.echo("Nothing would change.")
