"""The way back as it is found now: the account read again, compared with the snapshot, told as a document."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli import giveback, snapshots
from amoconf.cli.conversions import Limits
from amoconf.cli.options import Options
from amoconf.cli.session import Spec, account_head, check, load_lock, timed
from amoconf.errors import WrongAccount
from amoconf.tongue import tr, trn

if TYPE_CHECKING:
    from amoconf.api import Reader, Target
    from amoconf.lock import Lock
    from amoconf.model import Account, Resource
    from amoconf.overwritten import Told
    from amoconf.plan import Plan
    from amoconf.snapshot import Snapshot
    from amoconf.survey import Survey
    from amoconf.wayback import Back


@dataclass(frozen=True)
class Wish:
    """What the flags ask, and from where to go back. spec: None where it cannot be read and --account is given.

    begun: the snapshot of an interrupted undo that went the same way.
    """

    allow: tuple[str, ...]
    apply: bool
    yes: bool
    path: Path
    named: bool
    snapshot: "Snapshot"
    target: "Target"
    spec: Spec | None
    limits: Limits = field(default_factory=Limits)
    begun: Path | None = None


@dataclass(frozen=True)
class Way:
    """The way back as found now. lock: what to know on the way. known: the lock file. told: what records get back."""

    found: "Survey"
    back: "Back"
    plan: "Plan"
    lock: "Lock"
    known: "Lock"
    told: "Told | None" = None

    @property
    def gives_back(self) -> bool:
        """Whether any record gets something back."""
        return bool(self.told and self.told.counts)


def check_account(kept: "Snapshot", found: "Survey", path: Path) -> None:
    if kept.head.account != found.facts["id"]:
        raise WrongAccount(
            tr(
                "{path} is a snapshot of account {one}, the token leads to {other}",
                path=path,
                one=kept.head.account,
                other=found.facts["id"],
            ),
            tr("use the token of the account that was written to"),
        )


async def find_way(options: Options, wish: Wish, reader: "Reader") -> Way:
    """Reads the account and works out the way."""
    from amoconf.revisit import asking, holders, known_ids, renewed
    from amoconf.survey import survey
    from amoconf.undoing import led_back, lock_of_way, plan_back
    from amoconf.wayback import way_back

    kept, ids = wish.snapshot, known_ids(wish.snapshot)
    known = load_lock(options.file, wish.spec.account if wish.spec else None)
    found = timed(await survey(reader, asking(kept), ids), reader.now)
    check_account(kept, found, wish.path)
    fresh = renewed(kept, known.ids, found.adopted.found)
    if fresh is not kept:
        kept, ids = fresh, known_ids(fresh)
        found = timed(await survey(reader, asking(kept), ids), reader.now)
    # What would stand between a spec and the account is no matter here: things are known by their ids.
    check(replace(found, adopted=replace(found.adopted, problems=())), known)
    account, key = found.adopted.found, snapshots.key_of(options)
    deals = {place.address: await _holds_deals(reader, place, account) for place in holders(kept, account)}
    known_deals = {address: full for address, full in deals.items() if full is not None}
    lock = lock_of_way(ids, known)
    begun = snapshots.read(wish.begun) if wish.begun is not None else None
    ours = begun.touched | begun.made if begun is not None else frozenset()
    back = way_back(kept, account, key, known_deals, {address for address, _ in lock.protected}, ours)
    found = led_back(found, back)
    told = await _told(options, wish, reader, found)
    return Way(found, back, plan_back(found, back, lock, wish.allow), lock, known, told)


async def _told(options: Options, wish: Wish, reader: "Reader", found: "Survey") -> "Told | None":
    """What records would get back now."""
    ids = {item.address: item.id for item in found.adopted.found.resources if item.id is not None}
    place = (options, wish.target, reader, wish.snapshot, wish.path.stem)
    with giveback.overwritten(*place, found.facts.get("timezone") or "UTC") as given:
        if given is None:
            return None
        if options.format == "text" and not options.quiet and (count := given.ledger.records):
            text = trn("Looking at {number} changed record.", "Looking at {number} changed records.", count)
            click.echo(text, err=True)
        return await given.look(ids, found.adopted.wanted.index.keys())


async def _holds_deals(reader: "Reader", place: "Resource", account: "Account") -> bool | None:
    """Whether deals stand in a stage or pipeline; None where filters are ignored (protocol page 5.1), so nobody knows."""
    from amoconf.kinds import parent_of
    from amoconf.records import DEALS

    parent = parent_of(place.address)
    above = account.get(parent) if parent is not None else None
    row = {"pipeline_id": above.id, "status_id": place.id} if above else {"pipeline_id": place.id}
    head = "filter[statuses][0]" if above else "filter"
    query = tuple((f"{head}[{name}]", str(key)) for name, key in row.items())
    body = await reader.get(DEALS, (*query, ("limit", "1")))
    found = body["_embedded"]["leads"] if body else []
    if not found:
        return False
    return True if all(found[0][name] == key for name, key in row.items()) else None


def document_of(options: Options, wish: Wish, way: Way, reads: int) -> dict[str, Any]:
    """The way back as `plan` tells its plan, with the snapshot and what does not come back."""

    from amoconf.report.document import plan_document

    head = account_head(way.found, wish.target)
    document = {**plan_document(way.plan, head, reads, "undo"), **about(options, wish, way)}
    return {**document, **giveback.planned(way.told)}


def about(options: Options, wish: Wish, way: Way) -> dict[str, Any]:
    """What both documents of `undo` say besides."""
    from amoconf.report.words import WORDS

    given = giveback.safe(way.told)
    lost = {str(item.address) for item in way.back.lost}
    staying = giveback.staying(way.told, wish.path.stem)
    head, words = wish.snapshot.head, WORDS.undo
    return {
        "snapshot": {
            "file": str(wish.path),
            "name": wish.path.stem,
            "named": wish.named,
            "command": head.command,
            "taken_at": local_time(head.taken_at),
            "spec_revision": head.revision,
            "finished": wish.snapshot.finished,
            "goes_on": wish.begun is not None,
            "allowed": list(wish.allow),
        },
        "not_coming_back": [
            {
                "address": str(item.address),
                "kind": item.address.kind,
                "cause": item.cause,
                "what": words.why_lost(
                    item.address.kind, item.cause, item.detail, given=giveback.is_safe(item.address, given)
                ),
            }
            for item in way.back.lost
        ]
        + [row for row in staying if row["cause"] != "not_there" or row["address"] not in lost],
    }


def local_time(seconds: int) -> str:
    """ISO 8601 in the time of this machine."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat()
