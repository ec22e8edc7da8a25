"""Which accounts of a fleet a run is about: by patterns of names, and by the shard of a job."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256

from amoconf.errors import UsageError
from amoconf.fleet.listed import Member
from amoconf.tongue import tr


@dataclass(frozen=True)
class Shard:
    """The `number`th of `of` parts, counted from 1."""

    number: int
    of: int

    def has(self, name: str) -> bool:
        """Whether an account is in it: by its name alone, so that others may come and go."""
        digest = sha256(unicodedata.normalize("NFC", name).encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1


def shard_of(text: str) -> Shard:
    """ "2/8" as a shard. ValueError with a sentence where it is none."""
    match = re.fullmatch(r"([0-9]{1,5})/([0-9]{1,5})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError(tr("{text!r} is no shard: write 1/8 to 8/8", text=text))
    return Shard(int(match[1]), int(match[2]))


def chosen(members: Iterable[Member], only: Sequence[str], shard: Shard | None) -> tuple[Member, ...]:
    """The members that a pattern of `only` names and that are in the shard. UsageError where a pattern fits nobody."""
    every = tuple(members)
    names = [member.name for member in every]
    for pattern in only:
        if not any(fnmatchcase(name, pattern) for name in names):
            text = tr("--only {pattern}: no account of the list is called so", pattern=pattern)
            raise UsageError(text, tr("its accounts: {names}", names=", ".join(names[:20])))
    return tuple(
        member
        for member in every
        if (not only or any(fnmatchcase(member.name, pattern) for pattern in only))
        and (shard is None or shard.has(member.name))
    )
