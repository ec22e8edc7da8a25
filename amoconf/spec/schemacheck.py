"""A spec that amoconf has read, checked against the JSON Schema that editors use: the two must agree."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.exceptions import best_match

from amoconf.errors import Problem, SpecError
from amoconf.schema import build
from amoconf.shape import ending
from amoconf.spec.node import Node, Plain, Template
from amoconf.tongue import later, tr

TODO = later(
    "this is a fault of amoconf: its reader and the schema that editors use should "
    "agree; please report the line; plan and apply are not affected"
)


def check(root: Node) -> None:
    """SpecError where the schema refuses what the loader took: a disagreement between the two, told as such.

    Names are compared in NFC, as the loader does; secrets count as the text that names them.
    """
    problems = [_problem(error, root) for error in refusals(_plain(root.plain()))]
    if problems:
        raise SpecError(problems)


def refusals(document: Any) -> Iterator[ValidationError]:
    """What the schema says against a document, each time the part that is meant most."""
    for error in _validator().iter_errors(document):
        yield best_match([error]) or error


@cache
def _validator() -> Any:
    return Validator(build())


def _plain(value: Plain) -> Any:
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Template):
        return str(value)
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _problem(error: ValidationError, root: Node) -> Problem:
    path = list(error.absolute_path)
    name = ".".join(map(str, path)) or tr("the spec")
    what = tr(
        "{name}: amoconf reads this, but its JSON Schema does not: {message}",
        name=name,
        message=error.message,
    )
    return Problem(what, tr(TODO), _node(root, path).where)


def _node(root: Node, path: Iterable[str | int]) -> Node:
    """The node at a path, or the nearest one above it."""
    node = root
    for part in path:
        below = _below(node, part)
        if below is None:
            break
        node = below
    return node


def _below(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, list) and isinstance(part, int):
        return node.value[part]
    if isinstance(node.value, Mapping):
        keys = {unicodedata.normalize("NFC", key): key for key in node.value}
        return node.value.get(keys.get(str(part), ""))
    return None


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not re.search(ending(pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _is_whole(checker: Any, instance: Any) -> bool:
    """1.0 is a whole number to JSON Schema, and none to the loader."""
    return isinstance(instance, int) and not isinstance(instance, bool)


Validator: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)
