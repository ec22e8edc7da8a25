"""Earlier runs for the page that draws them: the score over time."""

from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.noting import history_path
from amoconf.cli.options import Options
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.cli.noting import Note

Document = dict[str, Any]


def with_history(document: Document, options: Options, note: "Note") -> Document:
    """The document with `history`: [{at, score}], old to new, this run last; unchanged where no page is drawn."""
    if options.format != "html" or note.off:
        return document
    from amoconf.api import Target
    from amoconf.history import series

    account = document["account"]
    target = Target.of(f"{account['subdomain']}.{account['domain']}", options.base_url)
    path = note.history or history_path(options, target)
    try:
        rows = series(path, account, document["command"], scope=note.scope)
    except UsageError as trouble:
        words = tr("the score over time is left out: {why}", why=trouble.what)
        click.echo(tr("warning: ") + words, err=True)
        return document
    known = [*rows, document]
    return {**document, "history": [{"at": row["at"], "score": row["score"]} for row in known]}
