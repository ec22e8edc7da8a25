"""Help in the spoken language: texts are English in the code and translated where they are shown."""

import copy
import gettext
import inspect
from collections.abc import Iterator, Mapping, Sequence

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from amoconf.tongue import LANGUAGES, by_environment, later, tr

# What click itself says, by its English words in click 8; what a later click says otherwise stays English.
CLICKS = (
    later("[OPTIONS]"),
    later("COMMAND [ARGS]..."),
    later("Usage:"),
    later("Options"),
    later("Show this message and exit."),
    later("Show the version and exit."),
    later("Error: {message}"),
    later("Try '{command} {option}' for help."),
    later("Missing argument"),
    later("Missing option"),
    later("Missing command."),
    later("No such option {name!r}."),
    later("Did you mean {possibility}?"),
    later("(Did you mean one of: {possibilities}?)"),
    later("Invalid value: {message}"),
    later("Invalid value for {param_hint}: {message}"),
    later("{value!r} is not {choice}."),
    later("{value!r} is not one of {choices}."),
    later("{value!r} is not a valid {number_type}."),
    later("{value} is not in the range {range}."),
    later("{name} {filename!r} is a directory."),
    later("{name} {filename!r} is a file."),
    later("Got unexpected extra argument ({args})"),
    later("Got unexpected extra arguments ({args})"),
    later("Option {name!r} requires an argument."),
    later("Option {name!r} requires {nargs} arguments."),
    later("Option {name!r} does not take a value."),
    later("Choose from:\n\t{choices}"),
    later("default: {default}"),
    later("required"),
)
SAYING = (core, decorators, exceptions, formatting, parser, termui, types)


def language(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of a command line that is not parsed yet: --lang, AMOCONF_LANG, locale."""
    said = environment.get("AMOCONF_LANG", "")
    for word, following in zip(words, [*words[1:], ""], strict=False):
        said = following if word == "--lang" else word.removeprefix("--lang=") if "--lang=" in word else said
    return said if said in LANGUAGES else by_environment(environment)


def teach_click() -> None:
    """From here on click says its own words by the catalogue.

    It asks gettext, which chooses the language by the process's environment alone and knows nothing of --lang; so the
    names that click has bound to gettext are bound to ours. Where click binds other names its words stay English.
    """
    ours = {"_": (gettext.gettext, tr), "ngettext": (gettext.ngettext, _form)}
    for module in SAYING:
        for name, (theirs, own) in ours.items():
            if vars(module).get(name) is theirs:
                setattr(module, name, own)


def _form(one: str, many: str, number: int) -> str:
    text = one if number == 1 else many
    return tr(text)


def translated(command: click.Command) -> click.Command:
    """The command with its help, and that of its options, in the spoken language."""
    made = copy.copy(command)
    made.help = tr(_bare(command.help))
    made.params = [_option(param) for param in command.params]
    metavar = command.options_metavar or ""
    made.options_metavar = tr(metavar)
    if isinstance(made, click.Group):
        made.subcommand_metavar = tr(made.subcommand_metavar)
        made.commands = {name: translated(item) for name, item in made.commands.items()}
    return made


def _option(param: click.Parameter) -> click.Parameter:
    made = copy.copy(param)
    if isinstance(made, click.Option):
        about = made.help or ""
        made.help = tr(about)
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
