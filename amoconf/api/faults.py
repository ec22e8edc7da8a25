"""Reads which items and keys a refusal names, in every shape it is known to come (config page B5, protocol 3.4, 3.5)."""

from collections.abc import Iterator, Mapping
from typing import Any

from amoconf.api.message import plain
from amoconf.errors import Fault

LISTS = ("validation-errors", "errors")


def faults(problem: Mapping[str, Any]) -> list[Fault]:
    """Every fault named by code or path; empty where the refusal is only a sentence."""
    return [fault for name in LISTS for fault in _walk(problem.get(name), "")]


def refused_ids(problem: Mapping[str, Any]) -> dict[str, str]:
    """Shape B: id of the thing -> why not."""
    found = problem.get("errors")
    if not isinstance(found, dict) or _is_fault(found):
        return {}
    return {str(key): plain(text) for key, text in found.items() if isinstance(text, str)}


def _walk(node: Any, request_id: str) -> Iterator[Fault]:
    """Faults below `node`.

    PHP writes a list whose keys have gaps as an object, and the `errors` of sources are an object where others
    have a list, so a key is taken for the item's request_id until something better names it.
    """
    if isinstance(node, str):
        yield Fault(request_id, "", "", plain(node))
    elif isinstance(node, list):
        for child in node:
            yield from _walk(child, request_id)
    elif isinstance(node, dict) and (inner := [node[name] for name in LISTS if node.get(name)]):
        for child in inner:
            yield from _walk(child, _id(node, request_id))
    elif isinstance(node, dict) and _is_fault(node):
        yield Fault(
            _id(node, request_id), *(plain(str(node.get(key) or "")) for key in ("code", "path", "detail"))
        )
    elif isinstance(node, dict):
        for key, child in node.items():
            if not isinstance(child, str):
                yield from _walk(child, request_id or str(key))


def _is_fault(node: Mapping[str, Any]) -> bool:
    return any(isinstance(node.get(key), str) for key in ("code", "path", "detail"))


def _id(node: Mapping[str, Any], outer: str) -> str:
    given = node.get("request_id")
    return outer if given is None else str(given)
