"""`amoconf schema`: the JSON Schema of the spec language, for editors."""

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the spec language."""
    from amoconf.schema import text

    # Bytes: a file made with > holds UTF-8 on Windows too.
    click.echo(text().encode(), nl=False)
