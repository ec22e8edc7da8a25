"""The JSON Schema of the spec language, made of the kinds and the sections: for editors, and as a second opinion."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from amoconf.codecs import SAYS_SOMETHING
from amoconf.kind import Attr, Home, Kind
from amoconf.kinds import KINDS, children_of, places, sections, undocumented
from amoconf.schemawords import described
from amoconf.sections import MANUAL, MARKS, SECTIONS, VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

# Keys of things that have children hold no "/": it separates the segments of addresses.
KEY_OF_PARENT = r"^[^/]*[^\s/][^/]*$"
SECTION_WORDS: Mapping[str, tuple[str, str]] = {
    "account": (
        "Which account this is; apply refuses any other",
        "Какой это аккаунт; в другой ничего не пишется",
    ),
    "defaults": ("Words that amoconf writes into the account", "Слова, которые пишутся в аккаунт"),
    "policy": ("What must never be", "Чего быть не должно"),
    "kpi": ("Norms that the deviation board measures", "Нормы для доски отклонений"),
}


def build() -> Schema:
    """The schema of a whole spec file, draft 2020-12."""
    whole = {
        "$schema": DIALECT,
        "title": "amoconf account",
        "description": _words(
            ("An amoCRM (Kommo) account as it should be", "Аккаунт amoCRM, каким он должен быть")
        ),
        "type": "object",
        "properties": {**_head(), **_rules(), **_settings(), **_things(), "manual": _manual()},
        "required": ["amoconf", "account"],
        "additionalProperties": False,
        "$defs": _definitions(),
    }
    return dict(described(whole))


def text() -> str:
    """The schema as it is kept in git."""
    return json.dumps(build(), ensure_ascii=False, indent=2) + "\n"


def _words(about: tuple[str, str]) -> str:
    return " — ".join(about)


def _head() -> Schema:
    """Keys that speak of the file itself."""
    return {
        "amoconf": {
            "type": "integer",
            "const": VERSION,
            "description": _words(("Version of this language", "Версия языка")),
        },
        "include": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "description": _words(("More files, relative to this one", "Другие файлы, от папки этого")),
            "examples": [["roles.yaml", "fields/*.yaml"]],
        },
        "variables": {
            "type": "object",
            "propertyNames": {"minLength": 1},
            "additionalProperties": {"type": ["string", "number", "boolean"]},
            "description": _words(("Texts for ${name}", "Значения для ${имя}")),
        },
    }


def _rules() -> Schema:
    """Keys that speak of whole sections."""
    return {
        "allow_undocumented": {
            "type": "array",
            "items": {"enum": undocumented()},
            "description": _words(
                (
                    "What may be written by the web client's own calls",
                    "Что можно менять запросами веб-интерфейса",
                )
            ),
        },
        "manage": {
            "type": "object",
            "properties": {
                place: {"enum": ["all", "listed"] if KINDS[path[0]].can_be_swept else ["listed"]}
                for place, path in places().items()
            },
            "additionalProperties": False,
            "description": _words(
                (
                    "all: archive what the account has and this file does not list; listed: leave it alone",
                    "all: архивировать то, чего нет в файле; listed: не трогать",
                )
            ),
            "examples": [{"tags/leads": "all"}],
        },
    }


def _settings() -> Schema:
    return {name: _map_of(attrs, SECTION_WORDS[name]) for name, attrs in SECTIONS.items()}


def _manual() -> Schema:
    about = ("What a person attests, for no API sees it", "Что подтверждает человек: API этого не видит")
    return {
        "type": "object",
        "additionalProperties": _map_of(MANUAL, ("One item", "Один пункт")),
        "description": _words(about),
    }


def _map_of(attrs: Sequence[Attr], about: tuple[str, str]) -> Schema:
    """A map with these attributes and nothing else."""
    required = [attr.name for attr in attrs if attr.required]
    return {
        "type": "object",
        "properties": _properties(attrs),
        **({"required": required} if required else {}),
        "additionalProperties": False,
        "description": _words(about),
    }


def _properties(attrs: Iterable[Attr]) -> Schema:
    """Attributes by key; dots in their names are maps in maps."""
    tree: Schema = {}
    for attr in attrs:
        *path, last = attr.name.split(".")
        home = tree
        for part in path:
            below = home.setdefault(part, {"type": "object", "properties": {}, "additionalProperties": False})
            home = below["properties"]
        home[last] = _leaf(attr)
    return tree


def _leaf(attr: Attr) -> Schema:
    return {**attr.codec.schema, "description": _words(attr.about)}


def _things() -> Schema:
    """Top-level sections of things; `integrations` holds sections itself."""
    result: Schema = {}
    for section, homes in sections().items():
        for kind, home in homes:
            inner = home.key.partition(".")[2]
            if not inner:
                result[section] = _home(kind, home)
                continue
            outer = result.setdefault(
                section, {"type": "object", "properties": {}, "additionalProperties": False}
            )
            outer["properties"][inner] = _home(kind, home)
    return result


def _home(kind: Kind, home: Home) -> Schema:
    """A level of scopes, where the home has one, and the things of the kind below it."""
    if not home.scopes:
        return {"$ref": f"#/$defs/{_plural(kind)}"}
    return {
        "type": "object",
        "properties": {scope: {"$ref": f"#/$defs/{_plural(kind)}"} for scope in home.scopes},
        "additionalProperties": False,
        "description": _words(kind.about),
    }


def _plural(kind: Kind) -> str:
    return f"{kind.name}s"


def _definitions() -> Schema:
    defined: Schema = {}
    for kind in KINDS.values():
        defined[kind.name] = _thing(kind)
        defined[_plural(kind)] = _collection(kind)
    return defined


def _collection(kind: Kind) -> Schema:
    """Things by key, or a list of their names where a name is enough."""
    key = {"pattern": KEY_OF_PARENT if any(children_of(kind.name)) else SAYS_SOMETHING}
    needs_more = any(attr.required for attr in kind.attrs)
    names: Schema = {"type": "array", "items": {"type": "string", **key}, "uniqueItems": True}
    return {
        "anyOf": [
            {
                "type": "object",
                "propertyNames": key,
                "additionalProperties": {"$ref": f"#/$defs/{kind.name}"},
            },
            {"type": "array", "maxItems": 0} if needs_more else names,
        ],
        "description": _words(kind.about),
    }


def _thing(kind: Kind) -> Schema:
    """One thing; plain text is short for one attribute, where no other is required."""
    whole = {
        "type": "object",
        "properties": {
            **_properties(attr for attr in kind.attrs if not attr.inner),
            **_properties(attr for attr in MARKS if attr.name in kind.verbs or attr.name not in LEAVING),
            **_properties(kind.extras),
            **_children(kind),
        },
        "additionalProperties": False,
        **_demands(kind),
    }
    about = {"description": _words(kind.titles), **({"examples": [kind.example]} if kind.example else {})}
    if any(attr.required and attr.name != kind.short for attr in kind.attrs):
        return {**whole, **about}
    return {"anyOf": [kind.by_name[kind.short].codec.schema, whole], **about}


LEAVING = ("archived", "absent")


def _children(kind: Kind) -> Schema:
    result: Schema = {}
    for child, home in children_of(kind.name):
        result[home.key] = _home(child, home)
        result |= {key: {"$ref": f"#/$defs/{child.name}"} for key in home.inline}
    return result


def _demands(kind: Kind) -> Schema:
    """What a thing must have, unless it leaves, and what excludes what."""
    verbs = [verb for verb in LEAVING if verb in kind.verbs]
    required = [attr.name for attr in kind.attrs if attr.required]
    protected = {"properties": {"protected": {"const": True}}, "required": ["protected"]}
    return {
        **(
            {"anyOf": [{"required": keys} for keys in (required, *([verb] for verb in verbs))]}
            if required
            else {}
        ),
        **({"not": {"required": verbs}} if len(verbs) > 1 else {}),
        "if": protected,
        "then": {"properties": dict.fromkeys(verbs, False)},
    }


if __name__ == "__main__":
    sys.stdout.write(text())
