"""What became of the values of replaced fields, for the last table and for the journal."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from amoconf.cells import Job, Tally
from amoconf.journal import Writes
from amoconf.tongue import tr
from amoconf.values import Address


def concluded(
    told: dict[Address, Tally],
    jobs: Sequence[Job],
    journal: Writes,
    *,
    clears: bool = False,
    whole: bool = True,
) -> None:
    """Adds what the last walk saw; clears: how many old values are gone, beside what the same run has moved.

    whole False: it has not come to its end, and only what was written is certain.
    """
    for job in jobs:
        tally = replace(job.tally, written=job.written, stopped=not whole)
        if clears:
            cleared = (job.tally.cleared or 0) if whole else job.written
            tally = Tally(cleared=cleared, half_cleared=not whole, written=job.written)
        request = f"old values of {job.address}" if clears else f"values of {job.address}"
        with journal.write(request, [job.address], work="cleared" if clears else "converted") as entry:
            entry.facts = {"conversion": {"cleared": tally.cleared} if clears else tally.counts}
        if clears and job.address in told:
            told[job.address].cleared, told[job.address].half_cleared = tally.cleared, tally.half_cleared
        else:
            told[job.address] = tally


def refused(tally: Tally) -> str:
    """What to read where records were refused."""
    some = "; ".join(f"{key}: {why}" for key, why in islice(tally.refused.items(), 3))
    return tr(
        "the service refuses the value in {count} records ({some}); the old field stays in use",
        count=len(tally.refused),
        some=some,
    )
