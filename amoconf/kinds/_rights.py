"""The rights matrix: words in the spec, letters on the wire, blocks that are written whole (config page C10)."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import Change, View
from amoconf.codecs import RIGHTS, Codec, right, suggest
from amoconf.kind import Attr
from amoconf.kinds import _read as read
from amoconf.kinds._fields import stage_pair, will_never_be
from amoconf.tongue import tr
from amoconf.values import Address, Ref, Value

BLOCKS = {
    "leads": ("view", "edit", "add", "delete", "export"),
    "contacts": ("view", "edit", "add", "delete", "export"),
    "companies": ("view", "edit", "add", "delete", "export"),
    "tasks": ("edit", "delete"),
}
SCOPE = right("all", "group", "own", "none")
ADD = right("all", "none")
ENTITIES = {"leads": "сделки", "contacts": "контакты", "companies": "компании", "tasks": "задачи"}

ATTRS = tuple(
    Attr(
        f"rights.{block}.{name}",
        ADD if name == "add" else SCOPE,
        (f"{name} {block}", f"{ENTITIES[block]}: {name}"),
        default="none",
        # A right that nobody has must be seen when somebody gets it.
        told=True,
    )
    for block, names in BLOCKS.items()
    for name in names
)
STAGE_RIGHTS = ("view", "edit", "delete", "export")
LIST_RIGHTS = ("view", "add", "edit", "delete", "export")
# Breadth, official: config page C10.
BREADTH = ("none", "own", "group", "linked", "all")
LIMITS = (("edit", "view"), ("delete", "view"), ("delete", "edit"), ("export", "view"))


def decode_blocks(given: Mapping[str, Any]) -> dict[str, Value]:
    """The four blocks of a rights object, flat."""
    blocks = {name: read.block(given.get(name), name) for name in BLOCKS}
    return {
        attr.name: attr.codec.decode(blocks[attr.name.split(".")[1]].get(attr.name.split(".")[2]))
        for attr in ATTRS
    }


def none_blocks() -> dict[str, dict[str, str]]:
    """Everything denied."""
    return {block: dict.fromkeys(names, RIGHTS["none"]) for block, names in BLOCKS.items()}


def encode_blocks(changed: Mapping[str, Value], whole: Mapping[str, Value]) -> dict[str, Any]:
    """Each block with a changed right, all its rights with it; what nobody named is denied."""
    touched = {name.split(".")[1] for name in changed if name.startswith("rights.") and name.count(".") == 2}
    return {
        block: {name: RIGHTS[whole.get(f"rights.{block}.{name}", "none")] for name in BLOCKS[block]}
        for block in BLOCKS
        if block in touched
    }


def _load_rows(value: Value, names: tuple[str, ...], words: tuple[str, ...]) -> dict[str, dict[str, str]]:
    if not isinstance(value, Mapping):
        raise ValueError(tr("a map is expected here: {retail/*: none}"))
    return {str(key): _load_row(row, names, words) for key, row in value.items()}


def _load_row(row: Value, names: tuple[str, ...], words: tuple[str, ...]) -> dict[str, str]:
    if isinstance(row, str):
        row = dict.fromkeys(names, row)
    if not isinstance(row, Mapping):
        raise ValueError(tr("a right or a map of rights is expected here: none, or {view: all}"))
    for name, word in row.items():
        if name not in names:
            raise ValueError(
                tr(
                    "{name!r} is no right here{near}; rights: {names}",
                    name=name,
                    near=suggest(str(name), names),
                    names=", ".join(names),
                )
            )
        if word not in words:
            raise ValueError(
                tr("{word!r} is not known here; one of: {words}", word=word, words=", ".join(words))
            )
    return {name: row.get(name, "none") for name in names}


def _to_stage(text: str) -> Address:
    pipeline, _, stage = text.partition("/")
    if not stage:
        raise ValueError(tr("{text!r}: write pipeline/stage, or pipeline/* for all its stages", text=text))
    return Address("stage", (pipeline, stage))


def _short(row: Mapping[str, str]) -> Any:
    """One word where all rights are the same; otherwise what is not denied."""
    rights = set(row.values())
    return rights.pop() if len(rights) == 1 else {name: word for name, word in row.items() if word != "none"}


def _rows(names: tuple[str, ...], words: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """JSON Schema of rows: one word for all rights, or a word each."""
    word = {"enum": list(words)}
    each = {"type": "object", "properties": dict.fromkeys(names, word), "additionalProperties": False}
    return {"type": "object", "additionalProperties": {"anyOf": [word, each]}, **more}


STAGE_WORDS = ("all", "none")
LIST_WORDS = ("all", "linked", "none")
STAGES = Codec(
    schema=_rows(STAGE_RIGHTS, STAGE_WORDS, examples=[{"retail/*": "none", "retail/won": {"view": "all"}}]),
    load=lambda value: _load_rows(value, STAGE_RIGHTS, STAGE_WORDS),
    dump=lambda rows: {"/".join(stage.path): _short(row) for stage, row in rows.items()},
    resolve=lambda rows, home: {_to_stage(text): row for text, row in rows.items()},
)
CATALOGS = Codec(
    schema=_rows(LIST_RIGHTS, LIST_WORDS, examples=[{"equipment": {"view": "linked"}}]),
    load=lambda value: _load_rows(value, LIST_RIGHTS, LIST_WORDS),
    dump=lambda rows: {catalog.key: _short(row) for catalog, row in rows.items()},
    resolve=lambda rows, home: {Address("catalog", (text,)): row for text, row in rows.items()},
)


def _words(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    back = {letter: word for word, letter in RIGHTS.items()}
    return {name: back.get(given.get(name, "D"), "none") for name in names}


def decode_stages(rows: Any) -> dict[Address, dict[str, str]]:
    """status_rights as a map; rows of other entities are left out."""
    return {
        stage_pair(row): _words(read.block(row.get("rights"), "rights"), STAGE_RIGHTS)
        for row in read.rows(rows, "status_rights")
        if (row.get("entity_type") or "leads") == "leads"
    }


def decode_catalogs(rows: Any) -> dict[Address, dict[str, str]]:
    """catalog_rights as a map; administrators have another form (config page C10), which reads as nothing."""
    items = read.values(rows, "catalog_rights")
    if isinstance(rows, Mapping) and not all(isinstance(row, Mapping) for row in items):
        return {}
    return {
        Address("catalog", (f"#{read.number(row.get('catalog_id'), 'catalog_id')}",)): _words(
            read.block(row.get("rights"), "rights"), LIST_RIGHTS
        )
        for row in read.rows(items, "catalog_rights")
    }


def encode_stages(rows: Mapping[Address, Mapping[str, str]]) -> list[dict[str, Any]]:
    """The whole list; unsorted stages, shown or not, take no `export` (official: config page C10)."""
    return [
        {
            "entity_type": "leads",
            "pipeline_id": Ref(Address("pipeline", stage.home)),
            "status_id": Ref(stage),
            "rights": {
                name: RIGHTS[word]
                for name, word in row.items()
                if name != "export" or not (stage.key == "unsorted" or stage.key.startswith("#"))
            },
        }
        for stage, row in rows.items()
    ]


def without_own(rows: Mapping[Address, dict[str, str]]) -> dict[Address, dict[str, str]]:
    """The rows without the server's own: those that deny everything on an unsorted stage (official: config page C10).

    Where the unsorted stage is switched off no list shows it, and its address ends in its id.
    """
    return {
        stage: row
        for stage, row in rows.items()
        if set(row.values()) != {"none"} or not (stage.key == "unsorted" or stage.key.startswith("#"))
    }


def encode_catalogs(rows: Mapping[Address, Mapping[str, str]]) -> list[dict[str, Any]]:
    """The whole list."""
    return [
        {"catalog_id": Ref(catalog), "rights": {name: RIGHTS[word] for name, word in row.items()}}
        for catalog, row in rows.items()
    ]


def denied(rows: Mapping[Address, Mapping[str, str]]) -> dict[Address, dict[str, str]]:
    """The same rows with nothing allowed."""
    return {address: dict.fromkeys(row, "none") for address, row in rows.items()}


def spread(
    wanted: Mapping[Address, dict[str, str]], found: Mapping[Address, dict[str, str]], view: View
) -> dict[Address, dict[str, str]]:
    """Rows for every stage of the pipelines that are named; other pipelines' rows as found.

    Denying everything on an unsorted stage is what the server does by itself: such a row is left out, as it is when
    it is read.
    """
    named = {stage.home for stage in wanted}
    result = {stage: row for stage, row in found.items() if stage.home not in named or _hidden(stage, view)}
    for home in sorted(named):
        everything = wanted.get(Address("stage", (*home, "*")))
        for stage in _stages(home, view):
            row = wanted.get(stage, everything)
            row = found.get(stage) if row is None and stage.key == "unsorted" else row
            if row is not None:
                result[stage] = _cut(stage, row)
    return without_own(result)


def _hidden(stage: Address, view: View) -> bool:
    """A stage that no list shows: an unsorted stage that is switched off, and stays so."""
    return stage.key.startswith("#") and not _switched_on(stage.home, view)


def _switched_on(home: tuple[str, ...], view: View) -> bool:
    """Whether a pipeline is to get its unsorted stage; a new one has it unless the spec says otherwise."""
    want, have = (account.get(Address("pipeline", home)) for account in (view.wanted, view.found))
    if want is None:
        return False
    if have is None:
        return bool(want.attrs.get("unsorted", True))
    return bool(want.attrs.get("unsorted")) and not have.attrs.get("unsorted")


def _cut(stage: Address, row: dict[str, str]) -> dict[str, str]:
    return {**row, "export": "none"} if stage.key == "unsorted" else row


def _stages(home: tuple[str, ...], view: View) -> list[Address]:
    """Every stage of a pipeline as it will be; a new one gets its closing and unsorted stages from the server."""
    gone = {item.address for item in view.wanted.within("stage", home) if item.marks.absent is not None}
    found = [item.address for item in view.found.within("stage", home)]
    wanted = [item.address for item in view.wanted.within("stage", home)]
    own = ["won", "lost", *(["unsorted"] if _switched_on(home, view) else [])]
    closing = [Address("stage", (*home, key)) for key in own]
    known = dict.fromkeys((*found, *wanted, *closing))
    return [stage for stage in known if stage not in gone and not will_never_be(stage, view)]


def out_of_order(attrs: Mapping[str, Value]) -> Iterable[str]:
    """Rights broader than those they depend on: the service refuses such a matrix (guess for the answer: C10)."""
    for block in BLOCKS:
        for narrow, broad in LIMITS:
            one, other = attrs.get(f"rights.{block}.{narrow}"), attrs.get(f"rights.{block}.{broad}")
            if one and other and BREADTH.index(one) > BREADTH.index(other):
                yield tr(
                    "rights.{block}: {narrow} ({one}) cannot be broader than {broad} ({other})",
                    block=block,
                    narrow=narrow,
                    one=one,
                    broad=broad,
                    other=other,
                )


def _is_broader(one: str | None, other: str | None) -> bool:
    return BREADTH.index(one or "none") > BREADTH.index(other or "none")


def is_wider(change: Change, block: str, name: str) -> bool:
    """Whether a change widens a right."""
    for item in change.attributes:
        if item.name == f"rights.{block}.{name}":
            return _is_broader(item.after, item.before)
    return False


def opened(
    change: Change, name: str, usual: Mapping[str, str], usual_after: Mapping[str, str]
) -> Iterable[Address]:
    """What a change of rows (stages, lists) gives more rights on. usual: what holds where there is no row, before and after."""
    for item in change.attributes:
        if item.name == name:
            before, after = item.before or {}, item.after or {}
            for address in dict.fromkeys((*before, *after)):
                one, other = before.get(address, usual), after.get(address, usual_after)
                if any(_is_broader(word, one.get(right)) for right, word in other.items()):
                    yield address
