"""What a `convert` says of options, held against the options that the new field has."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from amoconf.kinds._fields import LISTED
from amoconf.tongue import tr
from amoconf.values import normal

AUTO, KEEP = "auto", "keep"


def amiss(kind: str, names: Collection[str], called: Mapping[str, str], said: Mapping[str, Any]) -> list[str]:
    """Sentences on what cannot be. kind: type of the new field. names: of its options; called: key or old name → name."""
    rows = said.get("values") or {}
    otherwise = said.get("otherwise", KEEP)
    wrong: list[str] = []
    if rows == AUTO:
        if kind not in LISTED:
            wrong.append(tr("values: auto is for lists, and {kind} has no options", kind=kind))
    else:
        wrong += [*(_unknown(names, called, rows) if kind in LISTED else ()), *_twice(names, called, rows)]
    if isinstance(otherwise, Mapping) and target(names, called, otherwise["option"]) not in names:
        wrong.append(tr("otherwise: {option!r} is no option of the field", option=otherwise["option"]))
    return wrong


def target(names: Collection[str], called: Mapping[str, str], word: str) -> str:
    """The name that a word means: the name of an option, its key, or what it was called."""
    return word if word in names else called.get(word, word)


def _unknown(
    names: Collection[str], called: Mapping[str, str], rows: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    for name in rows:
        if target(names, called, name) not in names:
            yield tr("values: {name!r} is no option of the field", name=name)


def _twice(
    names: Collection[str], called: Mapping[str, str], rows: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Spellings that lead to two options."""
    leads: dict[str, set[str]] = {normal(name): {name} for name in names}
    for name, texts in rows.items():
        for text in texts:
            leads.setdefault(normal(text), set()).add(target(names, called, name))
    for text, ends in leads.items():
        if len(ends) > 1:
            both = tr(" and ").join(sorted(ends))
            yield tr("values: {text!r} leads to {both}", text=text, both=both)
