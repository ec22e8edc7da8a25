"""Words of the regulations: kinds of fields, rights, levels of hints, durations."""

from collections.abc import Mapping, Sequence

from amoconf.kinds.stage import spoken_duration
from amoconf.report.paper import Span, Words, plain
from amoconf.tongue import later, spoken, tr

NOTHING = plain("–")
TYPES: Mapping[str, str] = {
    "text": later("text"),
    "numeric": later("number"),
    "checkbox": later("checkbox"),
    "select": later("one of a list"),
    "multiselect": later("several of a list"),
    "radiobutton": later("one of a list (switch)"),
    "date": later("date"),
    "date_time": later("date and time"),
    "birthday": later("birthday"),
    "url": later("link"),
    "textarea": later("long text"),
    "streetaddress": later("short address"),
    "smart_address": later("address"),
    "legal_entity": later("legal entity"),
    "price": later("price"),
    "category": later("category"),
    "items": later("goods"),
    "multitext": later("several values"),
    "monetary": later("sum of money"),
    "chained_list": later("chained lists"),
    "file": later("file"),
    "tracking_data": later("tracking data"),
    "linked_entity": later("linked card"),
    "payer": later("payer"),
    "supplier": later("supplier"),
}
CARDS: Mapping[str, str] = {
    "leads": later("Fields of deals"),
    "contacts": later("Fields of contacts"),
    "companies": later("Fields of companies"),
    "customers": later("Fields of customers"),
    "segments": later("Fields of segments"),
}
# Whose tags and rights.
THINGS: Mapping[str, str] = {
    "leads": later("deals"),
    "contacts": later("contacts"),
    "companies": later("companies"),
    "customers": later("customers"),
    "tasks": later("tasks"),
    "catalogs": later("lists"),
}
DEEDS: Mapping[str, str] = {
    "view": later("See"),
    "add": later("Add"),
    "edit": later("Change"),
    "delete": later("Delete"),
    "export": later("Export"),
}
RIGHTS: Mapping[str, str] = {
    "all": later("all"),
    "group": later("own department's"),
    "own": later("own ones"),
    "linked": later("linked ones"),
    "none": later("no"),
}
LEVELS: Mapping[str, str] = {
    "newbie": later("Newcomer"),
    "candidate": later("Candidate"),
    "master": later("Master"),
}


def listed(texts: Sequence[str], between: str = ", ") -> Words:
    """Texts in one cell; a dash where there are none."""
    return plain(between.join(texts)) if texts else NOTHING


def duration(seconds: int | None) -> str:
    """A limit in the spoken language; "" where there is none."""
    return "" if seconds is None else spoken_duration(seconds, spoken())


def right(word: str | None, deed: str) -> Words:
    """A right in words; a dash where the spec does not speak of it."""
    if word is None:
        return NOTHING
    if deed == "add" and word == "all":
        return plain(tr("yes"))
    return plain(tr(RIGHTS[word]))


def thing(entity: str) -> str:
    """An entity in words; as it is where no word is known."""
    return tr(THINGS[entity]) if entity in THINGS else entity


def stage_words(place: Mapping[str, str | None]) -> str:
    """A stage of a pipeline, or all its stages."""
    stage = place["stage_name"] or tr("all stages")
    return f"{place['pipeline_name']}: {stage}"


def code(text: str) -> Words:
    """A key, to copy."""
    return (Span(text, "code"),)
