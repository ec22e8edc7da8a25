"""One account of a fleet: what a file of its own lays over the spec that all accounts share."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from amoconf.errors import Problem, Where
from amoconf.kinds import sections
from amoconf.spec.node import Node, Template, escape
from amoconf.spec.write import write
from amoconf.tongue import tr


@dataclass(frozen=True)
class Overlay:
    """What an account has of its own. account: the map that stands for the spec's `account`.

    file: the spec's parts that differ, or None; where: the place that names it. variables: a map that wins over those
    of both files.
    """

    account: Node
    where: Where
    file: Path | None = None
    variables: Node | None = None


def laid(shared: Node, own: Node | None, overlay: Overlay) -> tuple[Node, list[Problem]]:
    """`shared` with `own`, the map of the overlay's file, laid over it; variables are not filled in yet.

    Maps are joined by key, at every depth: keys that both have stay where they are, new ones come last. Anything else
    of `own` takes the place of what `shared` has.
    """
    problems = [*_refused(own), *_nameless(shared, own)] if own is not None else []
    whole = _over(shared, _full(own)) if own is not None else shared
    assert isinstance(whole.value, dict)
    values, keys = dict(whole.value), dict(whole.keys)
    values["account"], keys["account"] = overlay.account, overlay.account.where
    if overlay.variables is not None:
        known = values.get("variables")
        values["variables"] = _over(known, overlay.variables) if known is not None else overlay.variables
        keys.setdefault("variables", overlay.variables.where)
    return replace(whole, value=values, keys=keys), problems


def _over(under: Node, top: Node) -> Node:
    if not isinstance(under.value, dict) or not isinstance(top.value, dict):
        return top
    values = dict(under.value)
    for key, child in top.value.items():
        known = values.get(key)
        values[key] = child if known is None else _over(known, child)
    # What is wrong with a map that both have was right before the overlay came.
    return replace(top, value=values, keys={**under.keys, **top.keys})


def _refused(own: Node) -> Iterator[Problem]:
    """What no overlay may hold. Of an empty value nobody knows whether it should take something away."""
    if own.get("account") is not None:
        what = tr("An overlay does not say which account it is for.")
        yield Problem(what, tr("Remove it: the list of accounts says so."), own.keys["account"])
    yield from _empty(own)


def _nameless(shared: Node, own: Node) -> Iterator[Problem]:
    """A map in the place of a name that the base writes for short: the thing would be called by its key."""
    for section, homes in sections().items():
        under, top = shared.get(section), own.get(section)
        if under is not None and top is not None and not any("." in home.key for _, home in homes):
            yield from _below(under, top)


def _below(under: Node, top: Node) -> Iterator[Problem]:
    for key, child in top.value.items() if isinstance(top.value, dict) else ():
        known = under.get(key)
        if known is None or not isinstance(child.value, dict):
            continue
        # `otherwise` of a conversion is a word or {option: …}, and no name.
        if isinstance(known.value, str) and not {"name", "option"} & child.value.keys():
            what = tr("`{key}` is only a name in the base, at {where}.", key=key, where=known.where)
            yield Problem(what, tr("Say it here too: name: {name}", name=known.value), top.keys[key])
        else:
            yield from _below(known, child)


def _full(node: Node) -> Node:
    """Without what is empty: that is told already, and the rest can still be looked at."""
    if not isinstance(node.value, dict):
        return node
    values = {key: _full(child) for key, child in node.value.items() if child.value is not None}
    return replace(node, value=values)


def _empty(node: Node) -> Iterator[Problem]:
    for key, child in node.value.items() if isinstance(node.value, dict) else ():
        if child.value is None:
            what = tr("`{key}` is empty, and nothing is taken away by leaving a value out.", key=key)
            todo = tr(
                "Write the value, or remove the key to keep that of the base; things leave by `absent`."
            )
            yield Problem(what, todo, child.where)
        yield from _empty(child)
    for child in node.value if isinstance(node.value, list) else ():
        yield from _empty(child)


def written(root: Node) -> str:
    """A whole spec as the text of one YAML file; secrets stand by their names."""
    return write(_writable(root))


def _writable(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {escape(key): _writable(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_writable(child) for child in node.value]
    if isinstance(node.value, Template):
        return node.value.source
    return escape(node.value) if isinstance(node.value, str) else node.value
