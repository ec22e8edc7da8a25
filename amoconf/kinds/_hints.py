"""Hints of stages: one text for each level of staff (official: config page C5)."""

from collections.abc import Mapping
from typing import Any

from amoconf.kinds import _read as read
from amoconf.values import Value

LEVELS = ("newbie", "candidate", "master")


def decode_hints(item: Mapping[str, Any]) -> tuple[dict[str, Value], dict[str, Any]]:
    """(attributes, ids by level) of one stage's hints."""
    rows = read.rows(item.get("descriptions"), "descriptions")
    texts = {read.named(row, "level"): read.line(row.get("description"), "description") for row in rows}
    ids = {row["level"]: read.numbered(row.get("id"), "id") for row in rows}
    return {f"hints.{level}": texts.get(level) for level in LEVELS}, ids


def descriptions(after: Mapping[str, Value], raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The wire form of changed hints: by id where one exists, without text where it goes (C5, official)."""
    ids = raw.get("descriptions") or {}
    rows = []
    for level in LEVELS:
        if f"hints.{level}" not in after:
            continue
        hint = after[f"hints.{level}"]
        row = {"level": level, **({"id": ids[level]} if ids.get(level) else {})}
        if hint is not None:
            rows.append({**row, "description": hint})
        elif "id" in row:
            rows.append(row)
    return rows
