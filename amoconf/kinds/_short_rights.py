"""Rights on stages and lists as a person would write them: a pattern for a pipeline, the exceptions beside it."""

from collections.abc import Iterator, Mapping

from amoconf.changes import View
from amoconf.kinds._rights import spread
from amoconf.values import Address

Row = Mapping[str, str]
Rows = dict[Address, dict[str, str]]


def stages(rows: Mapping[Address, dict[str, str]], view: View) -> Rows:
    """The fewest rows that `spread` turns into the found ones, for the pipelines that are listed.

    Left out, and so kept as found: pipelines that are not listed, and what cannot be said (a row on a stage that
    the spec has no word for).
    """
    result: Rows = {}
    for home in dict.fromkeys(stage.home for stage in rows):
        own = {stage: row for stage, row in rows.items() if stage.home == home}
        if view.wanted.get(Address("pipeline", home)) is not None:
            good = [form for form in _forms(home, own, view) if _means(form, own, view)]
            shortest: Rows = min(good, key=len) if good else {}
            result |= shortest
    return result


def _forms(home: tuple[str, ...], rows: Rows, view: View) -> Iterator[Rows]:
    """Ways to write the rows of one pipeline: each by itself, or a pattern and its exceptions."""
    yield rows
    everything, unsorted = Address("stage", (*home, "*")), Address("stage", (*home, "unsorted"))
    for row in {tuple(row.items()): row for row in rows.values()}.values():
        others = {stage: other for stage, other in rows.items() if _told(stage, row) != other}
        # Where the incoming-leads stage has no row, the service denies everything there (config page C10).
        denied = {unsorted: dict.fromkeys(row, "none")}
        spared = (
            unsorted not in rows and view.found.get(unsorted) is not None and set(row.values()) != {"none"}
        )
        yield {everything: row, **others, **(denied if spared else {})}


def _told(stage: Address, row: Row) -> Row:
    """Unsorted stages have no export (config page C10, official)."""
    return {**row, "export": "none"} if stage.key == "unsorted" else row


def _means(form: Rows, rows: Rows, view: View) -> bool:
    known = all(stage.key in WORDS or view.wanted.get(stage) is not None for stage in form)
    return known and spread(form, rows, view) == rows


WORDS = ("*", "won", "lost", "unsorted")


def catalogs(rows: Mapping[Address, dict[str, str]], view: View) -> Rows:
    """Rows of listed lists that allow something: denied is how every list begins (config page C10)."""
    return {
        catalog: row
        for catalog, row in rows.items()
        if view.wanted.get(catalog) is not None and set(row.values()) != {"none"}
    }
