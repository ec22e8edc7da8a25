"""Whether a plain value has the shape that a small JSON Schema asks for: for values that no codec looks into."""

import re
from collections.abc import Mapping
from typing import Any

from amoconf.tongue import later, tr

Schema = Mapping[str, Any]

FORMS: Mapping[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
}
NAMES = {
    "object": later("a map"),
    "array": later("a list"),
    "string": later("text"),
    "boolean": later("true or false"),
    "integer": later("a whole number"),
}


def complaint(value: Any, schema: Schema) -> str:
    """What is wrong with the value, as a sentence; "" where nothing is.

    Knows: type, enum, const, pattern, minimum, minLength, properties, propertyNames,
    required, additionalProperties, items, anyOf, and oneOf where its choices are about required keys.
    """
    if "anyOf" in schema:
        return _one_of(value, schema["anyOf"])
    form = schema.get("type")
    if form and (not isinstance(value, FORMS[form]) or (isinstance(value, bool) and form != "boolean")):
        return tr("{form} is expected here", form=tr(NAMES[form]))
    words = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if words is not None and (value not in words or isinstance(value, bool)):
        return tr(
            "{value!r} is not known here; one of: {words}", value=value, words=", ".join(map(str, words))
        )
    if isinstance(value, Mapping):
        return _of_map(value, schema)
    if isinstance(value, list | tuple):
        rows = (complaint(item, schema.get("items", {})) for item in value)
        return next((said for said in rows if said), "")
    return _of_scalar(value, schema)


def _one_of(value: Any, choices: Any) -> str:
    """The complaint of the choice that has the value's form, for that is what was meant."""
    said = [complaint(value, choice) for choice in choices]
    if "" in said:
        return ""
    meant = [text for text, choice in zip(said, choices, strict=True) if not _other_form(value, choice)]
    return tr(" or ").join(dict.fromkeys(meant or said))


def _other_form(value: Any, choice: Schema) -> bool:
    form = choice.get("type", "string" if "const" in choice or "enum" in choice else None)
    return form is not None and not isinstance(value, FORMS[form])


def _of_map(value: Mapping[str, Any], schema: Schema) -> str:
    known = schema.get("properties", {})
    missing = next((key for key in schema.get("required", ()) if key not in value), None)
    if missing is not None:
        return tr("{missing} is missing", missing=missing)
    if "oneOf" in schema and sum(not complaint(value, choice) for choice in schema["oneOf"]) != 1:
        either = (key for choice in schema["oneOf"] for key in choice.get("required", ()))
        return tr("exactly one of these is expected: {keys}", keys=", ".join(either))
    for key, item in value.items():
        if said := complaint(key, schema.get("propertyNames", {})):
            return said
        inside = known.get(key, schema.get("additionalProperties", {}))
        if inside is False:
            return tr("unknown key {key!r}; known keys: {keys}", key=key, keys=", ".join(known))
        said = complaint(item, inside)
        if said:
            return f"{key}: {said}"
    return ""


def _of_scalar(value: Any, schema: Schema) -> str:
    if isinstance(value, str) and not re.search(ending(schema.get("pattern", "")), value):
        return tr("{value!r} is not written as it should be here", value=value)
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        return tr("this text must not be empty")
    if isinstance(value, int) and value < schema.get("minimum", value):
        return tr("{value} is too small here", value=value)
    return ""


def ending(pattern: str) -> str:
    """A pattern of JSON Schema for Python: there `$` is the very end, here also the place before a last line break."""
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern
