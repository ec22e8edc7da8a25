"""`amoconf schema`: the JSON Schema of the spec language, for editors."""

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the spec language."""
    from amoconf.schema import text

    click.echo(text(), nl=False)
