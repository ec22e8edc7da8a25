"""The sentences of `amoconf undo`."""

from collections.abc import Mapping
from typing import Any

from amoconf.report.said import Said, Told
from amoconf.tongue import later, tr, trn


class UndoWords:
    """Headings are attributes, sentences with something in them are methods."""

    goal = Said("as it was before")
    done = Said("Undone")
    lost = Said("NOT COMING BACK")
    nothing_written = Said("Nothing was written. To go this way: ")
    goes_on = Said(
        "The spec still asks for what this undoes: revert it too, or the next apply does it again."
    )
    # Kind → what does not come back with a thing that is made anew.
    data: Mapping[str, str] = Told(
        {
            "field": later("the values that cards had in it are gone"),
            "option": later("cards that held it have lost it"),
            "stage": later("deals that were moved out of it stay where they are"),
            "role": later("who had it must get it again by hand"),
            "loss_reason": later("deals that held it have lost it"),
            "field_group": "",
            "pipeline": "",
        }
    )
    whole: Mapping[str, str] = Told({"widget": later("installed anew, without the settings that it had")})
    usual_data = Said("what others linked to it is not linked again")
    snapshots = Said("Snapshots, the latest first")
    damaged = Said("cannot be read")
    interrupted = Said("it was interrupted, and amoconf undo goes on with it")
    goes_on_with = Said("An undo of it was interrupted: this goes on with that.")
    unfinished = Said("the apply did not end in good order")
    no_snapshots = Said("no snapshot yet: every apply takes one before it writes")

    def but_for(self, count: int) -> str:
        """The state that is reached. count: things that did not come back."""
        if not count:
            return self.goal
        return tr(
            "{goal}, but for what does not come back (see {heading})", goal=self.goal, heading=self.lost
        )

    def idle(self, account: str, count: int = 0) -> str:
        """A way back with no steps. count: things that do not come back."""
        if count:
            return tr(
                "{account}: nothing is left that undo could do; not all is as it was before (see {heading}).",
                account=account,
                heading=self.lost,
            )
        return tr("{account}: nothing to undo, it is as it was before.", account=account)

    def back_to(self, command: str, moment: str, file: str) -> str:
        """Which state this leads back to."""
        way = tr("Back to how it was before the {command} of {moment}", command=command, moment=moment)
        return f"{way}   ({file})"

    def why_lost(self, kind: str, cause: str, detail: str, *, given: bool = False) -> str:
        """Why something does not come back, or not as it was. given: records get back what it was to them."""
        if cause == "new_id" and kind in self.whole:
            return self.whole[kind]
        if cause == "new_id":
            return _anew(detail) + (f"; {more}" if not given and (more := self._data(kind)) else "")
        said = {
            "stays": later("taken out of use, not deleted: it may hold data by now"),
            "protected": later("protected in the lock file, so it stays"),
            "secret": later(
                "{detail} may hold a secret, so it was not kept: write it into the spec and apply"
            ),
        }
        sentence = said.get(cause, later("cannot be made again: {detail}"))
        return tr(sentence, detail=detail)

    def _data(self, kind: str) -> str:
        return self.data.get(kind, self.usual_data)

    def snapshot(self, row: Mapping[str, Any]) -> str:
        """One line of the list, behind the moment."""
        text = trn(
            "before the {command} that touched {number} thing",
            "before the {command} that touched {number} things",
            row["touched"],
            command=row["command"],
        )
        if row["interrupted"]:
            return f"{text}; {self.interrupted}"
        return text if row["finished"] else f"{text}; {self.unfinished}"


def _anew(detail: str) -> str:
    if detail:
        return tr("made anew, under a new id and without {detail}", detail=detail)
    return tr("made anew, under a new id")
