"""The way back gone: agreed on, written, read back and remembered like any apply."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli import giveback, records, snapshots
from amoconf.cli.consent import ask, blocked
from amoconf.cli.interrupt import stoppable
from amoconf.cli.options import Options
from amoconf.cli.output import Running, console, show, stamped
from amoconf.cli.session import account_head, lock_path, writing
from amoconf.cli.wayback import Way, Wish, about, document_of, find_way
from amoconf.cli.writing import went_wrong
from amoconf.errors import PartlyApplied, UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Writer
    from amoconf.carry import Carried


async def go_back(options: Options, wish: Wish) -> int:
    """With --apply: shows, asks, writes, reads back, remembers."""
    from amoconf.report.text import undo_text

    started, running = time.monotonic(), Running(options)
    secrets = wish.spec.secrets if wish.spec else ()
    async with writing(options, wish.target, running.wait, secrets) as writer:
        way = await find_way(options, wish, writer.reader)
        document = stamped(document_of(options, wish, way, writer.requests), options, started)
        text = options.format == "text"
        if text and not options.quiet and (way.plan.changes or way.gives_back):
            undo_text({**document, "asks": True}, console(options))
        if way.plan.blocked:
            raise blocked(document, options, "undo")
        if (way.plan.open_steps or way.gives_back) and not wish.yes:
            ask(wish.target.subdomain)
        here = Going(options, wish, writer, running)
        again = tr("amoconf undo --snapshot {name} shows what is left.", name=wish.path.stem)
        return await stoppable(lambda halted: _write(replace(here, halted=halted), way), again)


@dataclass(frozen=True)
class Going:
    """What stays the same while the way is gone. halted: why to stop, "" as long as nobody asked to."""

    options: Options
    wish: Wish
    writer: "Writer"
    running: Running
    halted: Callable[[], str] = lambda: ""


async def _write(here: Going, way: Way) -> int:
    """Takes a snapshot of its own, for this too can be undone; then carries the plan out.

    Going on with an interrupted undo goes on in the snapshot of that.
    """
    options, wish, spec = here.options, here.wish, here.wish.spec
    plan, kept = giveback.with_step(way.plan) if way.gives_back else way.plan, wish.begun
    back_to = snapshots.name_of(options, wish.target, wish.path)
    if kept is None and plan.open_steps:
        revision = spec.document.revision if spec else wish.snapshot.head.revision
        place = (options, wish.target, way.found, plan, way.known, revision)
        kept = snapshots.keep(*place, command="undo", back_to=back_to)
    way = replace(way, plan=plan)
    carried, data = await _carried(here, way, kept.stem if kept is not None else "")
    records.mark_cut(options, wish.target, plan, carried.outcomes)
    if kept is not None and carried.unread is None:
        left = back_to if went_wrong(carried.outcomes, carried) or (data and data["open"]) else ""
        snapshots.finish(options, kept, carried.after, plan, back_to=left)
    lost = kept is not None and not _remember(options, wish, way, carried)
    code = _conclude(here, way, carried, data)
    return code or PartlyApplied.exit_code if lost else code


async def _carried(here: Going, way: Way, name: str) -> "tuple[Carried, dict[str, Any] | None]":
    """The plan carried out, with records given back in the middle of it. name: of the snapshot of this undo."""
    from amoconf.carry import carry_out
    from amoconf.restoring import GIVE_BACK

    wish, tell = here.wish, here.running.tell
    zone = way.found.facts.get("timezone") or "UTC"
    again = "amoconf undo --apply"
    ground = records.Ground(here.options, wish.target, wish.limits, zone, name, here.halted, tell, again)
    with (
        here.running.through(way.plan),
        giveback.giving_back(ground, here.writer, wish.snapshot, wish.path.stem) as work,
    ):
        carried = await carry_out(
            way.plan,
            way.found,
            here.writer,
            way.back.wanted,
            way.lock,
            tell=tell,
            halted=here.halted,
            works={GIVE_BACK: work} if work is not None else {},
            records=work.records if work is not None else None,
        )
        manual = {str(row.address) for row in carried.outcomes if row.status == "manual"}
        return carried, giveback.done(work, way.told, manual)


def _remember(options: Options, wish: Wish, way: Way, carried: "Carried") -> bool:
    """The lock file as it was before the apply, with the ids of now; none is made where there is none.

    False where it cannot be written, which is told.
    """
    from amoconf import lock as locks
    from amoconf.cli.files import File, put
    from amoconf.undoing import lock_after

    path = lock_path(options.file)
    if path.exists():
        after = lock_after(way.known, wish.snapshot, carried.after.adopted.found)
        try:
            put([File(path, locks.dump(after))], keep=False)
        except UsageError as error:
            click.echo(tr("error: ") + str(error.problems[0]), err=True)
            return False
    return True


def _conclude(here: Going, way: Way, carried: "Carried", data: dict[str, Any] | None) -> int:
    from amoconf.report.document import apply_document, plan_document
    from amoconf.report.text import undo_text

    options, writer = here.options, here.writer
    head = account_head(carried.after, here.wish.target)
    left = plan_document(carried.left, head, 0)["changes"]
    document = {
        **apply_document(carried.outcomes, head, left=left, converged=carried.converged, plan=way.plan),
        "command": "undo",
        **about(options, here.wish, way),
        "requests": {"read": writer.requests, "write": writer.writes},
        "file": str(options.file),
        "records": data,
    }
    show(document, options, undo_text)
    if carried.unread is not None:
        why = carried.unread.what
        click.echo(tr("The account could not be looked at again: {why}", why=why), err=True)
    open_ = bool(data and (data["left"] or data["error"] or data["open"]))
    bad = went_wrong(carried.outcomes, carried) or open_
    return PartlyApplied.exit_code if bad else 0
