"""What a plan stands on: the account read in waves and adopted into the spec's addresses."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amoconf.brakes import allowance
from amoconf.changes import DELETE, Change, View
from amoconf.diff import diff
from amoconf.errors import Forbidden, Problem, Unpaid, WrongAccount
from amoconf.kind import Need, Source
from amoconf.kinds import KINDS, parent_of
from amoconf.kinds._rest import ACCOUNT
from amoconf.live import ROOT, Asked, Items, Reads, assemble, facts_of, has_customers, read
from amoconf.lock import Lock
from amoconf.match import Adopted, adopt
from amoconf.mends import unseen, with_mends
from amoconf.model import Account
from amoconf.plan import Plan, erased, plan
from amoconf.records.entities import HIDDEN
from amoconf.takenover import keeping
from amoconf.tongue import tr
from amoconf.touch import FIELD, OPTION
from amoconf.values import Address

EMPTY = Account()


@dataclass(frozen=True)
class Survey:
    """The result. unread: collections that the token may not read, with the service's reason (of import, and of a policy).

    asked, items: what was read, as it came.
    """

    adopted: Adopted
    facts: Mapping[str, Any]
    unread: Mapping[str, str] = field(default_factory=dict)
    asked: Sequence[Asked] = ()
    items: Mapping[Source, Items] = field(default_factory=dict)


async def survey(
    reader: Reads,
    wanted: Account | None,
    ids: Mapping[Address, int | str],
    *,
    expected: Account | None = None,
) -> Survey:
    """Reads only the collections that the spec needs (all of them where `wanted` is None) and matches them.

    The account is asked first: spec and token must agree on it before anything else is read.
    """
    document = await reader.get(ROOT + ACCOUNT.path, ACCOUNT.query)
    facts = facts_of(document or {})
    check_account(facts, expected or wanted)
    reading = Reading(reader, wanted, ids, facts, {ACCOUNT: [document]})
    return await reading.run()


async def reread(
    before: Survey,
    reader: Reads,
    wanted: Account,
    ids: Mapping[Address, int | str],
    kinds: Collection[str],
) -> Adopted:
    """The account with the collections of some kinds read anew, matched again; the rest is as it was."""
    again = {source for name, source in before.asked if name in kinds}
    items = {**before.items, **await read(reader, again)}
    documents = items[ACCOUNT]
    facts = {**before.facts, **facts_of(documents[0])} if ACCOUNT in again and documents else before.facts
    return adopt(wanted, assemble(before.asked, items, facts), ids)


def check_account(facts: Mapping[str, Any], wanted: Account | None) -> None:
    """WrongAccount where the token leads to another account than the spec speaks of."""
    if wanted is None or not wanted.settings.subdomain:
        return
    settings = wanted.settings
    if facts["subdomain"] != settings.subdomain or (settings.id is not None and facts["id"] != settings.id):
        number = f" ({settings.id})" if settings.id is not None else ""
        raise WrongAccount(
            tr(
                "the spec speaks of {one}, the token of {other}",
                one=f"{settings.subdomain}{number}",
                other=f"{facts['subdomain']} ({facts['id']})",
            ),
            tr("use the token of the account that the spec names, or correct account: in the spec"),
        )


@dataclass
class Reading:
    """Waves of reading: what a wave tells (ids of pipelines, of lists) decides what the next one asks."""

    reader: Reads
    wanted: Account | None
    ids: Mapping[Address, int | str]
    facts: Mapping[str, Any]
    items: dict[Source, Items]
    asked: list[Asked] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    unsold: bool = False

    async def run(self) -> Survey:
        """Reads until no kind asks for more."""
        adopted: Adopted | None = None
        while True:
            found = adopted.found if adopted else None
            new = [pair for pair in self._wishes(Need(self.wanted, found)) if pair not in self.asked]
            if adopted is not None and not new:
                if self.unsold:
                    # One thing that the account's plan leaves out, or the whole account: that refuses this too.
                    await self.reader.get(ROOT + ACCOUNT.path)
                return Survey(adopted, self.facts, self.unread, tuple(self.asked), self.items)
            await self._read([source for _, source in new])
            self.asked += [pair for pair in new if pair[1] in self.items]
            found = assemble(self.asked, self.items, self.facts)
            adopted = adopt(self.wanted or EMPTY, found, self.ids)

    def _wishes(self, need: Need) -> list[Asked]:
        wishes = [(kind.name, source) for kind in KINDS.values() for source in kind.sources(need)]
        return [
            (name, source) for name, source in wishes if source.path not in self.unread and self._sold(source)
        ]

    def _sold(self, source: Source) -> bool:
        """Customers are read only where the account has them, unless the spec speaks of them."""
        return self.wanted is not None or has_customers(self.facts) or not source.path.startswith("customers")

    async def _read(self, sources: list[Source]) -> None:
        sources = [source for source in sources if source not in self.items]
        needed = [source for source in sources if self.wanted is not None and not source.spare]
        self.items |= await read(self.reader, needed)
        # Import reads everything, a policy asks for more: what the token may not see is told, not guessed.
        for source in [source for source in sources if source not in needed]:
            try:
                self.items |= await read(self.reader, [source])
            except (Forbidden, Unpaid) as error:
                self.unsold = self.unsold or isinstance(error, Unpaid)
                self.unread[source.path] = error.said or error.what


def propose(found: Survey, lock: Lock, *, allowed: Sequence[str] = (), only: Sequence[str] = ()) -> Plan:
    """The plan for what was found; `only` keeps the changes whose address one of these names or matches."""
    adopted = found.adopted

    def named(address: Address | None) -> bool:
        return not only or (
            address is not None and (allowance(address, only) is not None or named(parent_of(address)))
        )

    changes = (*diff(adopted.wanted, adopted.found, adopted.old, named), *erased(adopted.view, lock))
    changes = with_mends(keeping(changes, lock.kept), adopted.view)
    if only:
        changes = tuple(change for change in changes if allowance(change.address, only) is not None)
    hidden = _hidden(changes, adopted.view) if found.facts.get("unsorted") else ()
    notices = (*adopted.notices, *unseen(adopted.wanted.settings, found.unread), *hidden)
    result = plan(changes, adopted.view, lock, allowed=allowed, notices=notices)
    if not only:
        return result
    unknown = {key: shown for key, shown in result.unknown.items() if allowance(key, only) is not None}
    return replace(result, unknown=unknown)


def _hidden(changes: Iterable[Change], view: View) -> Iterable[Problem]:
    """Cards that no list shows lose what is removed all the same."""
    removed = (change for change in changes if change.action == DELETE)
    touches = (touch for change in removed for touch in KINDS[change.address.kind].touches(change, view))
    if any(touch.entity in HIDDEN and touch.by in (FIELD, OPTION) for touch in touches):
        text = tr(
            "contacts and companies that came with incoming leads are in no list before these are accepted: what they hold of what is removed is neither counted nor kept for undo"
        )
        yield Problem(text, tr("let people work through the incoming leads first"))
