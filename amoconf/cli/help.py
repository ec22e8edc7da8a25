"""Help in the spoken language: texts are English in the code and translated where they are shown."""

import copy
import inspect
from collections.abc import Iterator, Mapping, Sequence

import click

from amoconf.tongue import LANGUAGES, by_environment, tr


def language(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of a command line that is not parsed yet: --lang, AMOCONF_LANG, locale."""
    said = environment.get("AMOCONF_LANG", "")
    for word, following in zip(words, [*words[1:], ""], strict=True):
        said = following if word == "--lang" else word.removeprefix("--lang=") if "--lang=" in word else said
    return said if said in LANGUAGES else by_environment(environment)


def translated(command: click.Command) -> click.Command:
    """The command with its help, and that of its options, in the spoken language."""
    made = copy.copy(command)
    made.help = tr(_bare(command.help))
    made.params = [_option(param) for param in command.params]
    if isinstance(made, click.Group):
        made.commands = {name: translated(item) for name, item in made.commands.items()}
    return made


def _option(param: click.Parameter) -> click.Parameter:
    made = copy.copy(param)
    if isinstance(made, click.Option):
        made.help = tr(made.help or "")
    return made


def texts(command: click.Command) -> Iterator[str]:
    """Every text of a command's help, for the catalogues."""
    yield _bare(command.help)
    for param in command.params:
        if isinstance(param, click.Option) and param.help:
            yield param.help
    if isinstance(command, click.Group):
        for item in command.commands.values():
            yield from texts(item)


def _bare(text: str | None) -> str:
    """A docstring without the indent of its code."""
    return inspect.cleandoc(text or "")
