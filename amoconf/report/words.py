"""Every sentence and heading of the text reports, in one place; another language is another class of the same shape."""

from collections.abc import Mapping

from amoconf.report.convertwords import ConvertWords
from amoconf.report.movewords import MoveWords
from amoconf.report.undowords import UndoWords

# List of records → one of it, many of it.
NOUNS: Mapping[str, tuple[str, str]] = {
    "leads": ("deal", "deals"),
    "contacts": ("contact", "contacts"),
    "companies": ("company", "companies"),
    "customers": ("customer", "customers"),
    "tasks": ("open task", "open tasks"),
}


class English:
    """Headings are attributes, sentences with something in them are methods. Nothing here measures or cuts."""

    # Kind → the section it is listed in; sections stand in the order in which they are first named.
    sections: Mapping[str, str] = {
        "pipeline": "Pipelines",
        "stage": "Pipelines",
        "field_group": "Fields",
        "field": "Fields",
        "option": "Fields",
        "tag": "Tags",
        "task_type": "Task types",
        "role": "Roles",
        "user": "Users",
        "catalog": "Lists",
        "loss_reason": "Loss reasons",
        "widget": "Integrations",
        "webhook": "Integrations",
    }
    # Kind → one of it, many of it.
    things: Mapping[str, tuple[str, str]] = {
        "pipeline": ("pipeline", "pipelines"),
        "stage": ("stage", "stages"),
        "field_group": ("field group", "field groups"),
        "field": ("field", "fields"),
        "option": ("option", "options"),
        "tag": ("tag", "tags"),
        "task_type": ("task type", "task types"),
        "role": ("role", "roles"),
        "user": ("user", "users"),
        "catalog": ("list", "lists"),
        "loss_reason": ("loss reason", "loss reasons"),
        "widget": ("widget", "widgets"),
        "webhook": ("webhook", "webhooks"),
    }
    # The word of a row, and of the summary, where it is not the action's own.
    row_words: Mapping[str, str] = {}
    actions: Mapping[str, str] = {"manual": "by hand"}
    statuses: Mapping[str, str] = {
        "done": "Done",
        "manual": "By hand (the API cannot)",
        "skipped": "Not started",
        "blocked": "Blocked",
        "failed": "Failed",
    }
    undo = UndoWords()
    moving = MoveWords()
    converting = ConvertWords()
    goal = "as the spec says"
    done = "Applied"
    attention = "NEEDS ATTENTION"
    by_hand = "By hand (the API cannot), checked by the next plan"
    drifted = "Changed in the CRM since the last apply"
    notes = "Notes"
    unset = "not set"
    unlisted_title = "Not in the spec, left alone"
    left = "Still different after reading back"
    if_meant = "If that is meant: "
    look_alike = "(they look the same: Latin letters and Cyrillic ones)"
    moved_here = "changed by hand in the CRM"
    erased = "gone from the CRM; the spec has it and will make it again"
    both_moved = "changed by hand in the CRM, and the spec changed too"
    spec_moved = "the spec changed"

    def section(self, kind: str) -> str:
        """The section of a kind; one that the table does not know is called by its own name."""
        return self.sections.get(kind, kind.replace("_", " ").capitalize())

    def thing(self, kind: str, count: int) -> str:
        """ "1 stage", "6 stages"."""
        one, many = self.things.get(kind, (kind.replace("_", " "),) * 2)
        return f"{number(count)} {one if count == 1 else many}"

    def things_of(self, kind: str, count: int, home: str) -> str:
        """ "41 fields of leads"."""
        return f"{self.thing(kind, count)} of {home}" if home else self.thing(kind, count)

    def titled(self, title: str, count: int) -> str:
        """A heading with how many follow."""
        return f"{title} ({number(count)})"

    def account(self, host: str, account_id: object) -> str:
        """Which account this is."""
        return f"{host} (account {account_id})" if account_id is not None else host

    def effort(self, requests: int, seconds: float | None) -> str:
        """What the reading took."""
        asked = f"{number(requests)} request{'s' if requests != 1 else ''}"
        return asked if seconds is None else f"{asked}, {seconds:.1f} s"

    def needs(self, allowance: str) -> str:
        """What lifts the brakes. allowance: fit for a shell."""
        return f"needs --allow {allowance}"

    def records(self, count: int, of: str = "", *, least: bool = False) -> str:
        """How many cards a change touches. of: the list they are in. least: there may be more."""
        one, many = NOUNS.get(of, ("record", "records"))
        return f"{'at least ' if least else ''}{number(count)} {one if count == 1 else many}"

    def each(self, count: int, of: str, *, least: bool) -> str:
        """The most records that one of several changes touches."""
        if least:
            return f"one of them {self.records(count, of, least=True)}"
        nothing = f"no {NOUNS.get(of, ('record', 'records'))[1]}"
        return f"up to {self.records(count, of)}" if count else nothing

    def uncounted(self, count: int) -> str:
        """So many could not be counted to the end."""
        return f", {number(count)} not counted"

    def position(self, before: str, after: str) -> str:
        """A place among siblings."""
        return f"position {before} -> {after}"

    def spec_sets_back(self, after: str) -> str:
        """After "none -> all": whose doing it is and what apply will do. after: "" where it is too long to repeat."""
        says = f"says {after} and " if after else ""
        return f"by hand; the spec {says}will set it back"

    def both_differ(self, name: str, before: str, after: str, last: str) -> tuple[tuple[str, ...], ...]:
        """Clauses, each in pieces: an attribute that both sides changed since the last apply."""
        return (f"{name}: ", before, " in the CRM"), (after, " in the spec"), (last, " at the last apply")

    def more(self, count: int) -> str:
        """After a list that is not whole."""
        return f"and {number(count)} more (-v)"

    def first_waits(self, verb: str) -> str:
        """What apply does once a person has prepared it."""
        return f"then apply can {verb} it"

    def plan_counts(self, counts: Mapping[str, int]) -> list[str]:
        """The line "Plan: …" up to what no change touches, in pieces between which it may be broken."""
        named = ("create", "update", "move", "replace", "archive", "restore", "delete", "manual")
        shown = [name for name in named if name != "restore" or counts.get(name)]
        parts = [f"{number(counts.get(name, 0))} {self.actions.get(name, name)}" for name in shown]
        return [f"Plan: {parts[0]}", *parts[1:]]

    def standing(self, counts: Mapping[str, int]) -> str:
        """What no change touches."""
        return f"{number(counts.get('unchanged', 0))} unchanged, {number(counts.get('unlisted', 0))} unlisted"

    def cost(self, writes: int, seconds: float | None, emptied: Mapping[str, int]) -> str:
        """The line "Cost: …". seconds: None where the pace is off; emptied: how many things lose data, by data step."""
        text = f"Cost: {number(writes)} write{'s' if writes != 1 else ''}"
        if seconds is not None and writes:
            text += f", about {duration(seconds)}"
        if moved := self.moving.cost(emptied):
            text += f"; {moved}"
        return f"{text}."

    def blocked(self, allowances: int, hopeless: int) -> str:
        """The line "Blocked: …". hopeless: changes that no allowance lifts."""
        parts = (
            [f"{number(allowances)} allowance{'s' if allowances != 1 else ''} missing"] if allowances else []
        )
        if hopeless:
            parts.append(f"{number(hopeless)} change{'s' if hopeless != 1 else ''} that no allowance lifts")
        return f"Blocked: {', '.join(parts)} (see {self.attention})."

    def idle(self, allowance: str) -> str:
        """An allowance that nothing needed."""
        return f"--allow {allowance} was not needed"

    def idle_account(self, account: str) -> str:
        """`plan` and `apply` that found nothing to do."""
        return f"{account}: nothing to do, it is as the spec says."

    def in_sync(self, counts: Mapping[str, int]) -> str:
        """`drift` where there is nothing to tell."""
        return f"in sync; {self.standing(counts)}"

    def origin(self, origin: str | None) -> tuple[str, str]:
        """(heading of the differences that came about this way, how to settle them)."""
        return {
            "drift": (
                "Changed by hand in the CRM",
                "amoconf apply puts the spec's value back; to keep the CRM's, write it into the spec.",
            ),
            "both": (
                "Changed on both sides",
                "Decide which is right: correct the spec if it is the CRM, then run amoconf apply.",
            ),
            "spec": ("Changed in the spec, not applied yet", "amoconf apply brings it to the CRM."),
            None: (
                "Different, and never applied from this spec",
                "amoconf apply makes it as the spec says; to keep the CRM's, edit the spec.",
            ),
        }[origin]

    def drift_total(self, count: int, counts: Mapping[str, int]) -> str:
        """The last line of `drift`."""
        return f"Drift: {number(count)} difference{'s' if count != 1 else ''}; {self.standing(counts)}."

    def apply_counts(self, counts: Mapping[str, int], done: str) -> str:
        """The line "Applied: …". done: that word."""
        names = {"manual": "by hand", "skipped": "not started"}
        order = ("done", "failed", "blocked", "skipped", "manual")
        return f"{done}: {', '.join(f'{number(counts.get(s, 0))} {names.get(s, s)}' for s in order)}."

    def verdict(self, counts: Mapping[str, int], left: int, converged: bool, goal: str) -> str:
        """The last word of `apply` and `undo`: whether the account is as it should be. goal: as what."""
        wrong = [
            *(f"{number(counts[name])} {name}" for name in ("failed", "blocked") if counts.get(name)),
            *([f"{number(counts['skipped'])} not started"] if counts.get("skipped") else []),
            *([f"{number(left)} still different"] if left else []),
        ]
        if wrong or not converged:
            return f"The account is NOT {goal}: {', '.join(wrong) or 'something differs'}."
        if counts.get("manual"):
            return f"The account is {goal}, but for {self._by_hand(counts['manual'])}."
        return f"The account is {goal}."

    def _by_hand(self, count: int) -> str:
        return (
            "1 thing that only a person can do"
            if count == 1
            else f"{number(count)} things that only people can do"
        )

    def next_step(self, wrong: bool, command: str) -> str:
        """What to type next. wrong: something failed or differs; otherwise manual steps are open."""
        lead = "When the reasons above are gone: " if wrong else "When these are done: "
        return lead + command

    def made(self, key: object) -> str:
        """The id of what a step made or changed."""
        return f"id {key}"

    def progress(self, done: int, total: int, what: str) -> str:
        """The status line of a running apply."""
        return f"step {number(min(done + 1, total))} of {number(total)}: {what}"

    def waiting(self, seconds: float, why: str) -> str:
        """Why nothing seems to happen."""
        return f"waiting {seconds:.0f} s: {why}"

    def explained(self, kind: str, where: str | None, key: object) -> tuple[str, str]:
        """(in the spec, in the account) for the head of `explain`."""
        spec = f"written at {where}" if where else "not in the spec: left alone, and counted"
        return f"{kind}, {spec}", f"id {key} in the account" if key is not None else "not in the account"

    explain_columns = ("attribute", "spec", "account")
    not_managed = "(not managed)"
    not_kept = "(not kept in the CRM)"
    same = "(same)"
    no_change = "Nothing would change."
    why = "Why"
    would_be = "Would be"
    origins: Mapping[str | None, str] = {
        "spec": "the spec changed since the last apply",
        "drift": "somebody changed it by hand in the CRM since the last apply",
        "both": "the spec and the CRM both changed since the last apply",
        None: "never applied from this spec",
    }

    def apply_alone(self, command: str) -> str:
        """How to do only this."""
        return f"To do only this: {command}"

    def good(self, name: str, count: int) -> str:
        """A spec file without problems."""
        return f"{name}: good, {number(count)} thing{'s' if count != 1 else ''}"

    def problems(self, count: int, files: int) -> str:
        """The last line of `validate` where something is wrong."""
        return f"{number(count)} problem{'s' if count != 1 else ''} in {number(files)} file{'s' if files != 1 else ''}"


def number(count: int) -> str:
    """Digits in threes: 148 203."""
    return f"{count:,}".replace(",", " ")


def duration(seconds: float) -> str:
    """A rough length of time: "3 s", "7 min", "7.4 h"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


WORDS: Mapping[str, English] = {"en": English()}
