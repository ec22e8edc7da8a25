"""Distinct values of a field, their clusters and the suggestion, as the JSON document of `values`."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.report.document import Document, head
from amoconf.spellings import Cluster, Suggestion


def values_document(
    field: str,
    counts: Mapping[str, int],
    clusters: Sequence[Cluster],
    suggestion: Suggestion,
    account: Mapping[str, Any],
    *,
    as_of: str,
    filled: int | None = None,
    type_: str = "select",
) -> Document:
    """field: as it was asked for. filled: records, where a record may hold several values. coverage: in per cent.

    type_: of the field with these options.
    """
    convert = {name: list(texts) for name, texts in suggestion.convert.items() if texts}
    return {
        **head("values", account),
        "field": field,
        "as_of": as_of,
        "filled": sum(counts.values()) if filled is None else filled,
        "distinct": len(counts),
        "values": _rows(sorted(counts.items(), key=lambda row: (-row[1], row[0]))),
        "clusters": [
            {"name": item.name, "count": item.count, "spellings": _rows(item.spellings)} for item in clusters
        ],
        "suggestion": {
            "type": type_,
            "options": list(suggestion.options),
            "convert": {"values": convert, "otherwise": "keep"},
        },
        "coverage": percent(suggestion.covered),
        "left_over": [{"name": item.name, "count": item.count} for item in suggestion.left_over],
    }


def _rows(pairs: Sequence[tuple[str, int]]) -> list[Document]:
    return [{"value": value, "count": count} for value, count in pairs]


def percent(share: float) -> float:
    """A share with one digit, never rounded up: what is not all is not 100."""
    return math.floor(share * 1000 + 1e-9) / 10
