"""The sentences of `amoconf undo`; another language is another class of the same shape."""

from collections.abc import Mapping


class UndoWords:
    """Headings are attributes, sentences with something in them are methods."""

    goal = "as it was before"
    done = "Undone"
    lost = "NOT COMING BACK"
    nothing_written = "Nothing was written. To go this way: "
    goes_on = "The spec still asks for what this undoes: revert it too, or the next apply does it again."
    # Kind → what does not come back with a thing that is made anew.
    data: Mapping[str, str] = {
        "field": "the values that cards had in it are gone",
        "option": "cards that held it have lost it",
        "stage": "deals that were moved out of it stay where they are",
        "role": "who had it must get it again by hand",
        "loss_reason": "deals that held it have lost it",
        "field_group": "",
        "pipeline": "",
    }
    whole: Mapping[str, str] = {"widget": "installed anew, without the settings that it had"}
    usual_data = "what others linked to it is not linked again"
    snapshots = "Snapshots, the latest first"
    damaged = "cannot be read"
    unfinished = "the apply did not end in good order"
    no_snapshots = "no snapshot yet: every apply takes one before it writes"

    def but_for(self, count: int) -> str:
        """The state that is reached. count: things that did not come back."""
        return f"{self.goal}, but for what does not come back (see {self.lost})" if count else self.goal

    def idle(self, account: str) -> str:
        """A way back with no steps."""
        return f"{account}: nothing to undo, it is as it was before."

    def back_to(self, command: str, moment: str, file: str) -> str:
        """Which state this leads back to."""
        return f"Back to how it was before the {command} of {moment}   ({file})"

    def why_lost(self, kind: str, cause: str, detail: str) -> str:
        """Why something does not come back, or not as it was."""
        if cause == "new_id" and kind in self.whole:
            return self.whole[kind]
        if cause == "new_id":
            more = self.data.get(kind, self.usual_data)
            less = f" and without {detail}" if detail else ""
            return f"made anew, under a new id{less}" + (f"; {more}" if more else "")
        return {
            "stays": "taken out of use, not deleted: it may hold data by now",
            "protected": "protected in the lock file, so it stays",
            "secret": f"{detail} may hold a secret, so it was not kept: write it into the spec and apply",
        }.get(cause, f"cannot be made again: {detail}")

    def snapshot(self, command: str, count: int, finished: bool) -> str:
        """One line of the list, behind the moment."""
        text = f"before the {command} that touched {count} thing{'s' if count != 1 else ''}"
        return text if finished else f"{text}; {self.unfinished}"
