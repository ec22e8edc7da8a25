"""What a new thing takes over from the one that it replaces, remembered through an interrupted apply."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from amoconf.changes import REPLACE, Change
from amoconf.kinds import KINDS
from amoconf.values import Address, Value


def keeping(changes: Iterable[Change], kept: Mapping[Address, Mapping[str, Value]]) -> tuple[Change, ...]:
    """Replaces with what an interrupted one was to take over and the old thing does not say any more.

    kept: as YAML would have it. A field that was made read-only for people has lost its stages (SDK: config page C7.3).
    """
    return tuple(
        replace(change, kept={**_loaded(change, kept[change.address]), **change.kept})
        if change.action == REPLACE and change.address in kept
        else change
        for change in changes
    )


def _loaded(change: Change, kept: Mapping[str, Value]) -> dict[str, Value]:
    named = change.want.attrs if change.want is not None else {}
    found: dict[str, Value] = {}
    for name, value in kept.items():
        codec = KINDS[change.address.kind].by_name[name].codec
        if name not in named:
            loaded = codec.load(value)
            found[name] = codec.resolve(loaded, change.address) if codec.resolve is not None else loaded
    return found
