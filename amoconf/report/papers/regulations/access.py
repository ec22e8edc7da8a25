"""Roles as tables of rights: by card, on stages, in lists; the people who have them, where they were asked for."""

from collections.abc import Iterator, Mapping, Sequence

from amoconf.digits import number
from amoconf.report.paper import Block, Column, Document, Note, Section, Table, Words, dim, plain
from amoconf.report.papers.regulations.words import DEEDS, NOTHING, right, stage_words, thing
from amoconf.tongue import tr

ORDER = ("view", "add", "edit", "delete", "export")


def access(document: Document) -> list[Section]:
    """Everything about who may do what."""
    if not document["roles"] and not document["people"]:
        return []
    return [Section(tr("Roles and rights"), list(blocks(document)))]


def blocks(document: Document) -> Iterator[Block]:
    """The tables."""
    roles = document["roles"]
    if roles:
        yield Note(dim(tr("A dash: the spec does not speak of it, the account decides.")))
        yield from matrices(roles)
        yield others(roles)
    yield from on_places(
        tr("Rights on stages"),
        [(role["name"], place(row, role), row) for role, row in _rows(roles, "stages")],
    )
    yield from on_places(
        tr("Rights in lists"), [(role["name"], row["name"], row) for role, row in _rows(roles, "catalogs")]
    )
    if document["people"]:
        yield people(document["people"])


def matrices(roles: Sequence[Document]) -> Iterator[Table]:
    """A table for each sort of card: roles down, rights across."""
    for block in roles[0]["rights"]:
        deeds = [deed for deed in ORDER if deed in roles[0]["rights"][block]]
        heads = [Column(text) for text in (tr("Role"), *(tr(DEEDS[deed]) for deed in deeds))]
        rows = [
            (plain(role["name"]), *(right(role["rights"][block][deed], deed) for deed in deeds))
            for role in roles
        ]
        yield Table(heads, rows, thing(block).capitalize())


def others(roles: Sequence[Document]) -> Table:
    """Mail, lists, and how many people have the role."""
    heads = (
        Column(tr("Role")),
        Column(tr("Mail")),
        Column(tr("Lists")),
        Column(tr("People in the spec"), numeric=True),
    )
    rows = [
        (plain(role["name"]), _flag(role["mail"]), _flag(role["lists"]), plain(number(role["people"])))
        for role in roles
    ]
    return Table(heads, rows, tr("Besides"))


def _flag(value: bool | None) -> Words:
    return NOTHING if value is None else plain(tr("yes") if value else tr("no"))


def _rows(roles: Sequence[Document], name: str) -> Iterator[tuple[Document, Document]]:
    for role in roles:
        for row in role[name]:
            yield role, row


def place(row: Document, role: Document) -> str:
    """A stage; a whole pipeline, or what is left of it beside the stages that the role names."""
    others = [other for other in role["stages"] if other["pipeline"] == row["pipeline"]]
    if row["stage_name"] is None and len(others) > 1:
        return tr("{pipeline}: all other stages", pipeline=row["pipeline_name"])
    return stage_words(row)


def on_places(title: str, rows: Sequence[tuple[str, str, Document]]) -> list[Block]:
    """Rights on stages or in lists, a row each."""
    if not rows:
        return []
    heads = [Column(text) for text in (tr("Role"), tr("Where"), tr("What it may do"))]
    told = [(plain(role), plain(place), plain(deeds(row["rights"]))) for role, place, row in rows]
    return [Table(heads, told, title)]


def deeds(rights: Mapping[str, str]) -> str:
    """What is allowed; or that nothing is."""
    given = {deed: rights[deed] for deed in ORDER if rights.get(deed, "none") != "none"}
    if not given:
        return tr("nothing at all")
    if set(given) == set(rights) and set(given.values()) == {"all"}:
        return tr("everything")
    return ", ".join(
        tr(DEEDS[deed]).lower()
        if word == "all"
        else f"{tr(DEEDS[deed]).lower()} ({right(word, deed)[0].text})"
        for deed, word in given.items()
    )


def people(rows: Sequence[Document]) -> Table:
    """Who has which role."""
    heads = [Column(text) for text in (tr("Person"), tr("Role"), tr("Department"))]
    told = [
        (plain(row["email"]), plain(row["role_name"] or "–"), plain(row["department"] or "–")) for row in rows
    ]
    return Table(heads, told, tr("People"))
