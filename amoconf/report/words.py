"""Every sentence and heading of the text reports, in one place: English here, other languages from the catalogues."""

from collections.abc import Mapping

from amoconf.digits import number
from amoconf.report.convertwords import ConvertWords
from amoconf.report.explainwords import ExplainWords
from amoconf.report.movewords import MoveWords
from amoconf.report.nouns import COUNTS, NONE, NOUNS, OUTCOMES, THINGS, duration
from amoconf.report.said import Said, Told
from amoconf.report.undowords import UndoWords
from amoconf.tongue import later, tr, trn


class Words(ExplainWords):
    """Headings are attributes, sentences with something in them are methods. Nothing here measures or cuts."""

    # Kind → the section it is listed in; sections stand in the order in which they are first named.
    sections: Mapping[str, str] = Told(
        {
            "pipeline": later("Pipelines"),
            "stage": later("Pipelines"),
            "field_group": later("Fields"),
            "field": later("Fields"),
            "option": later("Fields"),
            "tag": later("Tags"),
            "task_type": later("Task types"),
            "role": later("Roles"),
            "user": later("Users"),
            "catalog": later("Lists"),
            "loss_reason": later("Loss reasons"),
            "widget": later("Integrations"),
            "webhook": later("Integrations"),
        }
    )
    # The word of a row.
    row_words: Mapping[str, str] = Told(
        {
            "create": later("create"),
            "update": later("update"),
            "move": later("move"),
            "replace": later("replace"),
            "archive": later("archive"),
            "restore": later("restore"),
            "delete": later("delete"),
            "manual": later("manual"),
            "drift": later("drift"),
        }
    )
    statuses: Mapping[str, str] = Told(
        {
            "done": later("Done"),
            "manual": later("By hand (the API cannot)"),
            "skipped": later("Not started"),
            "blocked": later("Blocked"),
            "failed": later("Failed"),
        }
    )
    undo = UndoWords()
    moving = MoveWords()
    converting = ConvertWords()
    goal = Said("as the spec says")
    done = Said("Applied")
    attention = Said("NEEDS ATTENTION")
    by_hand = Said("By hand (the API cannot), checked by the next plan")
    drifted = Said("Changed in the CRM since the last apply")
    notes = Said("Notes")
    unset = Said("not set")
    unlisted_title = Said("Not in the spec, left alone")
    left = Said("Still different after reading back")
    if_meant = Said("If that is meant: ")
    look_alike = Said("(they look the same: Latin letters and Cyrillic ones)")
    moved_here = Said("changed by hand in the CRM")
    erased = Said("gone from the CRM; the spec has it and will make it again")
    both_moved = Said("changed by hand in the CRM, and the spec changed too")
    spec_moved = Said("the spec changed")

    def section(self, kind: str) -> str:
        """The section of a kind; one that the table does not know is called by its own name."""
        return self.sections[kind] if kind in self.sections else kind.replace("_", " ").capitalize()

    def thing(self, kind: str, count: int) -> str:
        """ "1 stage", "6 stages"."""
        return THINGS[kind](count) if kind in THINGS else f"{number(count)} {kind.replace('_', ' ')}"

    def things_of(self, kind: str, count: int, home: str) -> str:
        """ "41 fields of leads"."""
        things = self.thing(kind, count)
        return tr("{things} of {home}", things=things, home=home) if home else things

    def titled(self, title: str, count: int) -> str:
        """A heading with how many follow."""
        return f"{title} ({number(count)})"

    def account(self, host: str, account_id: object) -> str:
        """Which account this is."""
        return host if account_id is None else tr("{host} (account {id})", host=host, id=account_id)

    def effort(self, reads: int, counts: int, seconds: float | None, apart: bool) -> str:
        """What the reading took. counts: requests that records were counted with, told apart where that is asked."""
        requests = reads if apart else reads + counts
        asked = trn("{number} request", "{number} requests", requests, number=number(requests))
        if counts and apart:
            asked = tr("{asked} and {number} to count records", asked=asked, number=number(counts))
        return asked if seconds is None else tr("{asked}, {seconds:.1f} s", asked=asked, seconds=seconds)

    def needs(self, allowance: str) -> str:
        """What lifts the brakes. allowance: fit for a shell."""
        return tr("needs --allow {allowance}", allowance=allowance)

    def records(self, count: int, of: str = "", *, least: bool = False) -> str:
        """How many cards a change touches. of: the list they are in. least: there may be more."""
        records = NOUNS[of if of in NOUNS else ""](count)
        return tr("at least {records}", records=records) if least else records

    def each(self, count: int, of: str, *, least: bool) -> str:
        """The most records that one of several changes touches."""
        if least:
            return tr("one of them {records}", records=self.records(count, of, least=True))
        if not count:
            return tr(NONE.get(of, NONE[""]))
        return tr("up to {records}", records=self.records(count, of))

    def uncounted(self, count: int) -> str:
        """So many could not be counted to the end."""
        return tr(", {count} not counted", count=number(count))

    def position(self, before: str, after: str) -> str:
        """A place among siblings."""
        return tr("position {before} -> {after}", before=before, after=after)

    def spec_sets_back(self, after: str) -> str:
        """After "none -> all": whose doing it is and what apply will do. after: "" where it is too long to repeat."""
        if not after:
            return tr("by hand; the spec will set it back")
        return tr("by hand; the spec says {after} and will set it back", after=after)

    def both_differ(self, name: str, before: str, after: str, last: str) -> tuple[tuple[str, ...], ...]:
        """Clauses, each in pieces: an attribute that both sides changed since the last apply."""
        crm, spec, apply = tr(" in the CRM"), tr(" in the spec"), tr(" at the last apply")
        return (f"{name}: ", before, crm), (after, spec), (last, apply)

    def more(self, count: int) -> str:
        """After a list that is not whole."""
        return tr("and {count} more (-v)", count=number(count))

    def first_waits(self, verb: str) -> str:
        """What apply does once a person has prepared it."""
        word = self.row_words.get(verb, verb)
        return tr("then apply can {verb} it", verb=word)

    def plan_counts(self, counts: Mapping[str, int]) -> list[str]:
        """The line "Plan: …" up to what no change touches, in pieces between which it may be broken."""
        shown = [name for name in COUNTS if name != "restore" or counts.get(name)]
        parts = [COUNTS[name](number(counts.get(name, 0))) for name in shown]
        return [tr("Plan: {counts}", counts=parts[0]), *parts[1:]]

    def standing(self, counts: Mapping[str, int]) -> str:
        """What no change touches."""
        same, more = number(counts.get("unchanged", 0)), number(counts.get("unlisted", 0))
        return tr("{same} unchanged, {more} unlisted", same=same, more=more)

    def cost(self, writes: int, seconds: float | None, emptied: Mapping[str, int]) -> str:
        """The line "Cost: …". seconds: None where the pace is off; emptied: how many things lose data, by data step."""
        text = trn("Cost: {number} write", "Cost: {number} writes", writes, number=number(writes))
        if seconds is not None and writes:
            text += tr(", about {time}", time=duration(seconds))
        if moved := self.moving.cost(emptied):
            text += f"; {moved}"
        return f"{text}."

    def blocked(self, allowances: int, hopeless: int) -> str:
        """The line "Blocked: …". hopeless: changes that no allowance lifts."""
        missing, stuck = number(allowances), number(hopeless)
        parts = []
        if allowances:
            parts.append(trn("{number} allowance missing", "{number} allowances missing", allowances, number=missing))  # fmt: skip
        if hopeless:
            parts.append(
                trn(
                    "{number} change that no allowance lifts",
                    "{number} changes that no allowance lifts",
                    hopeless,
                    number=stuck,
                )
            )
        return tr("Blocked: {what} (see {heading}).", what=", ".join(parts), heading=self.attention)

    def idle(self, allowance: str) -> str:
        """An allowance that nothing needed."""
        return tr("--allow {allowance} was not needed", allowance=allowance)

    def idle_account(self, account: str) -> str:
        """`plan` and `apply` that found nothing to do."""
        return tr("{account}: nothing to do, it is as the spec says.", account=account)

    def in_sync(self, counts: Mapping[str, int]) -> str:
        """`drift` where there is nothing to tell."""
        return tr("in sync; {standing}", standing=self.standing(counts))

    def origin(self, origin: str | None) -> tuple[str, str]:
        """(heading of the differences that came about this way, how to settle them)."""
        title, settle = ORIGINS[origin]
        return tr(title), tr(settle)

    def drift_total(self, count: int, counts: Mapping[str, int]) -> str:
        """The last line of `drift`."""
        found = trn("Drift: {number} difference", "Drift: {number} differences", count, number=number(count))
        return f"{found}; {self.standing(counts)}."

    def apply_counts(self, counts: Mapping[str, int], done: str) -> str:
        """The line "Applied: …". done: that word."""
        return f"{done}: {', '.join(say(number(counts.get(name, 0))) for name, say in OUTCOMES.items())}."

    def verdict(
        self, counts: Mapping[str, int], left: int, converged: bool, goal: str, *, records: int = 0
    ) -> str:
        """The last word of `apply` and `undo`: whether the account is as it should be. goal: as what.

        records: how many have not been given back what they held.
        """
        bad = [name for name in ("failed", "blocked", "skipped") if counts.get(name)]
        wrong = [OUTCOMES[name](number(counts[name])) for name in bad]
        wrong += [tr("{count} still different", count=number(left))] if left else []
        wrong += [tr("records not given back: {count}", count=number(records))] if records else []
        if wrong or not converged:
            what = ", ".join(wrong) or tr("something differs")
            return tr("The account is NOT {goal}: {what}.", goal=goal, what=what)
        if counts.get("manual"):
            return tr(
                "The account is {goal}, but for {things}.", goal=goal, things=_by_people(counts["manual"])
            )
        return tr("The account is {goal}.", goal=goal)

    def next_step(self, wrong: bool, command: str) -> str:
        """What to type next. wrong: something failed or differs; otherwise manual steps are open."""
        lead = tr("When the reasons above are gone: ") if wrong else tr("When these are done: ")
        return lead + command

    def made(self, key: object) -> str:
        """The id of what a step made or changed."""
        return f"id {key}"

    def progress(self, done: int, total: int, what: str) -> str:
        """The status line of a running apply."""
        now, of = number(min(done + 1, total)), number(total)
        return tr("step {now} of {total}: {what}", now=now, total=of, what=what)

    def waiting(self, seconds: float, why: str) -> str:
        """Why nothing seems to happen."""
        return tr("waiting {seconds:.0f} s: {why}", seconds=seconds, why=why)

    def apply_alone(self, command: str) -> str:
        """How to do only this."""
        return tr("To do only this: {command}", command=command)

    def good(self, name: str, count: int) -> str:
        """A spec file without problems."""
        return trn("{name}: good, {number} thing", "{name}: good, {number} things", count, name=name, number=number(count))  # fmt: skip

    def problems(self, count: int, files: int) -> str:
        """The last line of `validate` where something is wrong."""
        found = trn("{number} problem", "{number} problems", count, number=number(count))
        place = trn("in {number} file", "in {number} files", files, number=number(files))
        return f"{found} {place}"


ORIGINS: Mapping[str | None, tuple[str, str]] = {
    "drift": (
        later("Changed by hand in the CRM"),
        later("amoconf apply puts the spec's value back; amoconf drift --accept takes the CRM's over."),
    ),
    "both": (
        later("Changed on both sides"),
        later("Decide which is right: correct the spec if it is the CRM, then run amoconf apply."),
    ),
    "spec": (
        later("Changed in the spec, not applied yet"),
        later("amoconf apply brings it to the CRM."),
    ),
    None: (
        later("Different, and never applied from this spec"),
        later("amoconf apply makes it as the spec says; to keep the CRM's, edit the spec."),
    ),
}


def _by_people(count: int) -> str:
    return trn(
        "{number} thing that only a person can do",
        "{number} things that only people can do",
        count,
        number=number(count),
    )


WORDS = Words()
