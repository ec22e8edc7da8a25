"""The values of secrets: where they come from, filling them in, comparing them without showing them."""

import hmac
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from amoconf.errors import Problem, SpecError, Where
from amoconf.spec.characters import LARGEST_FILE
from amoconf.spec.node import Node, SecretName, Template
from amoconf.spec.yamlfile import scan
from amoconf.tongue import later, tr

ENVIRONMENT_PREFIX = "AMOCONF_SECRET_"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINE = later('Write `NAME: "value"` on each line.')


class Secrets(Mapping[str, str]):
    """Values by name. Printing it shows the names only."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._values))})"


def load_secrets(path: Path | None, environment: Mapping[str, str]) -> Secrets:
    """AMOCONF_SECRET_X from `environment`, and `X: value` from the file at `path`, if there is a path.

    The environment wins; an empty variable counts as missing, since CI systems set those for secrets that
    they do not have. Raises SpecError where the file is missing, unreadable, open to others (any mode
    wider than 0600, where the system has modes) or not a map of texts. Numbers are taken as the text
    written.
    """
    values = _from_file(path) if path is not None else {}
    for variable, value in environment.items():
        if variable.startswith(ENVIRONMENT_PREFIX) and value:
            values[variable.removeprefix(ENVIRONMENT_PREFIX)] = value
    return Secrets(values)


def _from_file(path: Path) -> dict[str, str]:
    name = path.as_posix()
    node, found = scan(_content(path), name)
    # The problems of the parser may quote a value; only their places are safe.
    problems = [
        Problem(tr("The secrets file cannot be read here."), tr(_LINE), problem.where) for problem in found
    ]
    values = _values(node, problems) if node is not None and not problems else {}
    if problems:
        raise SpecError(problems)
    return values


def _content(path: Path) -> bytes:
    where = Where(path.as_posix())
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                what = tr("Others can read the secrets file (mode {mode:04o}).", mode=mode)
                raise SpecError([Problem(what, f"chmod 600 {path.as_posix()}", where)])
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        what = tr("The secrets file cannot be read: {strerror}.", strerror=error.strerror)
        raise SpecError([Problem(what, tr("Check the path and its permissions."), where)]) from error


def _values(node: Node, problems: list[Problem]) -> dict[str, str]:
    if not isinstance(node.value, dict):
        problems.append(
            Problem(tr("The secrets file is {form}, not a map.", form=node.form), tr(_LINE), node.where)
        )
        return {}
    for name, child in node.value.items():
        if not _NAME.fullmatch(name):
            todo = tr("Use Latin letters, digits and `_`, beginning with a letter.")
            problems.append(Problem(tr("This is no name for a secret."), todo, node.keys[name]))
        if not child.text or child.value is None:
            problems.append(Problem(tr("The secret {name} has no text.", name=name), tr(_LINE), child.where))
    return {name: child.text or "" for name, child in node.value.items()}


def resolve(template: Template | str, secrets: Mapping[str, str]) -> str | None:
    """The text with its secrets filled in; None where one of them is missing."""
    if isinstance(template, str):
        return template
    if any(name not in secrets for name in template.names):
        return None
    return "".join(secrets[part.name] if isinstance(part, SecretName) else part for part in template.parts)


def keyed_hash(text: str, key: bytes) -> str:
    """What stands for a secret text in plans and locks: 32 hex digits that take `key` to make."""
    return hmac.new(key, text.encode(errors="surrogatepass"), "sha256").hexdigest()[:32]
