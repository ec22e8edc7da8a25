"""What one record needs: the value that its new field is to hold, and whether anything stands against writing it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from amoconf.converting import Conversion, Moved, Stop, conversion
from amoconf.errors import AmoconfError
from amoconf.kinds import _read as read
from amoconf.readings import EMPTY
from amoconf.recipe import Recipe
from amoconf.records.ledger import Cell, Ledger, Values
from amoconf.records.shapes import filled
from amoconf.tongue import tr
from amoconf.values import Address
from amoconf.wiretext import Side

SHOWN = 20  # ids told of each value that maps to nothing
Item = Mapping[str, Any]


@dataclass
class Unmapped:
    """A value that maps to nothing: in how many records, and the first of them."""

    count: int = 0
    ids: list[int] = field(default_factory=list)


@dataclass
class Tally:
    """What the last walk saw; half of it where `stopped`, or `half_cleared` for old values. Numbers are records.

    written: what the service took, in all walks of this run. option: where `otherwise` has put what maps to nothing, "".
    moved: the new field holds what the old one means. kept: it maps to nothing. own: a person has filled the new field
    otherwise, theirs: the first of these. emptied: a person has emptied what was moved. cleared: old values that were
    emptied once they had arrived; None where nobody asked for that. waiting: incoming leads that were left alone, ends: their
    lowest and highest id. refused: what the service said, by record.
    """

    moved: int = 0
    kept: int = 0
    own: int = 0
    theirs: list[int] = field(default_factory=list)
    emptied: int = 0
    cleared: int | None = None
    waiting: int = 0
    ends: tuple[int, int] = (0, 0)
    unmapped: dict[str, Unmapped] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    written: int = 0
    stopped: bool = False
    half_cleared: bool = False
    option: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """The numbers alone, without what stands in records; of half a walk only what is certain."""
        if self.stopped:
            return {"written": self.written}
        names = ("moved", "kept", "own", "emptied", "waiting", "cleared")
        found = {name: getattr(self, name) for name in names} | {"refused": len(self.refused)}
        return {name: count for name, count in found.items() if count is not None}

    def leave(self, record: int) -> None:
        """A person has filled the new field."""
        self.own += 1
        if len(self.theirs) < SHOWN:
            self.theirs.append(record)

    def wait(self, record: int) -> None:
        """An incoming lead that is left alone."""
        self.waiting += 1
        self.ends = (min(self.ends[0] or record, record), max(self.ends[1], record))

    def note(self, text: str, record: int) -> None:
        """A value that maps to nothing."""
        row = self.unmapped.setdefault(text, Unmapped())
        row.count += 1
        if len(row.ids) < SHOWN:
            row.ids.append(record)


@dataclass
class Job:
    """One field that becomes another. places: stages of incoming leads. clears: the old field is to be emptied.

    only: ids of the records that are written, None for all. asked: records whose old value was told to go. written: records
    that the service took.
    """

    address: Address
    entity: str
    old: int
    new: int
    conversion: Conversion
    places: Collection[tuple[int, int]] = ()
    take_out: bool = False
    clears: bool = False
    only: Collection[int] | None = None
    asked: set[int] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)
    written: int = 0

    def begin(self) -> None:
        """A new walk counts anew."""
        otherwise = self.conversion.otherwise
        self.tally = Tally(option=otherwise["option"] if isinstance(otherwise, Mapping) else "")

    def book(self, cells: Iterable[Cell]) -> None:
        """Cells that the service took, those of other jobs among them."""
        own = self.old if self.clears else self.new
        self.written += sum(1 for cell in cells if cell.field == own)

    def cell(
        self, item: Item, ledger: Ledger, late: bool, refused: Mapping[int, str], *, fresh: bool = False
    ) -> Cell | None:
        """What is to be written, None where nothing is. fresh: the record was written so lately that a read may lag."""
        key, (old, new) = int(item["id"]), both_in(item, self.old, self.new)
        if self.clears and key in self.asked and not old:
            self.tally.cleared = (self.tally.cleared or 0) + 1
        if not old or (self.only is not None and key not in self.only):
            return None
        made = self.conversion.convert(old)
        if isinstance(made, Stop) and self.clears:
            return None  # it has arrived nowhere, so it stays
        if isinstance(made, Stop):
            raise self._stopped(made, key)
        wanted = [dict(part) for part in made.values] if isinstance(made, Moved) else None
        if self.clears:
            return self._emptied(item, wanted, old, new)
        if made.reason not in ("", EMPTY):
            self.tally.note(made.text, key)
        if self._same(wanted, new):
            self.tally.moved += bool(new or wanted)
            self.tally.kept += not (new or wanted)
        elif new and not self._ours(ledger, key, new):
            self.tally.leave(key)
        elif self._waits(item, late):
            self.tally.wait(key)
        elif key in refused:
            self.tally.refused[key] = refused[key]
        elif not (new or fresh) and wanted and ledger.was_filled(self.entity, key, self.new):
            self.tally.emptied += 1
        else:
            leaves = self._waits(item, late=False)
            kind = self.conversion.new.type
            return Cell(self.entity, key, self.new, kind, new, wanted, old, leaves=leaves)
        return None

    def _stopped(self, made: Stop, key: int) -> AmoconfError:
        text = tr(
            "{address}: {text!r} of {record} maps to nothing, and otherwise says stop",
            address=self.address,
            text=made.text,
            record=f"{self.entity}/{key}",
        )
        return AmoconfError(text, tr("add it to the map, then amoconf apply"))

    def _emptied(self, item: Item, wanted: Values, old: Values, new: Values) -> Cell | None:
        """Only what has verifiably arrived is taken away where it was."""
        if not wanted or not self._same(wanted, new) or self._waits(item, late=False):
            return None
        key = int(item["id"])
        self.asked.add(key)
        return Cell(self.entity, key, self.old, self.conversion.old.type, old, None, new)

    def _same(self, wanted: Values, new: Values) -> bool:
        return self.conversion.holds(Moved(tuple(wanted or ())), new)

    def _waits(self, item: Item, late: bool) -> bool:
        """Any write takes a deal out of the incoming ones (protocol page 8.6, SDK)."""
        return (
            not (late and self.take_out) and (item.get("pipeline_id"), item.get("status_id")) in self.places
        )

    def _ours(self, ledger: Ledger, key: int, new: Values) -> bool:
        return any(self._same(meant, new) for meant in ledger.written(self.entity, key, self.new))


def job_of(
    recipe: Recipe,
    new: int,
    ids: Mapping[Address, int | str],
    places: Collection[tuple[int, int]],
    *,
    clears: bool = False,
) -> Job:
    """The job of a recipe, now that the ids of the new field and its options are known."""
    return Job(
        recipe.field,
        recipe.entity,
        recipe.old,
        new,
        conversion_of(recipe, {row.address: ids[row.address] for row in recipe.options}),
        places,
        recipe.takes_out,
        clears,
        recipe.only,
    )


def conversion_of(recipe: Recipe, ids: Mapping[Address, Any]) -> Conversion:
    """The rules of a recipe. ids: of the new field's options. AmoconfError where the spec contradicts itself."""
    old = Side(recipe.before, {name: key for key, name in recipe.had.items()})
    options = {row.name: ids[row.address] for row in recipe.options}
    called = {word: row.name for row in recipe.options for word in row.called}
    was = {word: row.name for row in recipe.options for word in row.was}
    new = Side(recipe.after, options, called, recipe.currency, was)
    zone = ZoneInfo(recipe.zone)
    try:
        return conversion(old, new, recipe.said, zone, auto=recipe.pinned, language=recipe.language)
    except ValueError as error:
        raise AmoconfError(f"{recipe.field}: convert: {error}", tr("correct the spec")) from error


def cells_of(
    item: Item,
    jobs: Sequence[Job],
    ledger: Ledger,
    *,
    late: bool,
    refused: Mapping[int, str],
    fresh: bool = False,
) -> list[Cell]:
    """Everything that one record needs. fresh: as in `Job.cell`."""
    found = (job.cell(item, ledger, late, refused, fresh=fresh) for job in jobs)
    return [cell for cell in found if cell is not None]


def values_in(item: Item, field_id: int) -> Values:
    """The values of a field of a record; None where it is empty (protocol page 6.1)."""
    return all_values(item, (field_id,)).get(field_id)


def both_in(item: Item, old: int, new: int | None) -> tuple[Values, Values]:
    """The same of an old field and of the new one, where there is one already."""
    found = all_values(item, (old,) if new is None else (old, new))
    return found.get(old), None if new is None else found.get(new)


def all_values(item: Item, fields: Collection[int]) -> dict[int, Values]:
    """The same of several fields, by id, without those that are empty."""
    found: dict[int, Values] = {}
    for row in filled(item):
        number = read.numbered(row.get("field_id"), "field_id")
        if number is not None and number in fields and number not in found:
            found[number] = [dict(value) for value in read.rows(row.get("values"), "values")] or None
            if len(found) == len(fields):
                break
    return found
