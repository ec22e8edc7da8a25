"""What a change touches in the records: a question that a mirror, or a walk over the API's own items, can answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

FIELD, OPTION, TAG, STAGE, PIPELINE, REASON, TASK_TYPE, ALL = (
    "field",
    "option",
    "tag",
    "stage",
    "pipeline",
    "reason",
    "task_type",
    "all",
)


@dataclass(frozen=True)
class Touch:
    """Records of a list (leads, contacts, companies, customers, tasks, catalogs/ID/elements).

    ids by kind of question: field (field id) · option (field id, option id) · tag (id) · stage (pipeline id, stage
    id) · pipeline (id) · reason (id) · task_type (id; open tasks only) · all ().
    """

    entity: str
    by: str
    ids: tuple[int, ...] = ()

    def holds(self, item: Mapping[str, Any]) -> bool:
        """Whether an item of the list, as the API gives it, is one of them."""
        return _TESTS[self.by](item, self.ids)


@dataclass(frozen=True)
class Impact:
    """records: how many, None where nobody counted. exact False: there are at least so many. as_of: account time.

    of: the list, where all are of one.
    """

    records: int | None
    exact: bool = True
    as_of: int | None = None
    of: str = ""


def _has_field(item: Mapping[str, Any], ids: tuple[int, ...]) -> bool:
    return any(row.get("field_id") == ids[0] for row in item.get("custom_fields_values") or ())


def _has_option(item: Mapping[str, Any], ids: tuple[int, ...]) -> bool:
    return any(
        value.get("enum_id") == ids[1]
        for row in item.get("custom_fields_values") or ()
        if row.get("field_id") == ids[0]
        for value in row.get("values") or ()
    )


def _has_tag(item: Mapping[str, Any], ids: tuple[int, ...]) -> bool:
    return any(tag.get("id") == ids[0] for tag in (item.get("_embedded") or {}).get("tags") or ())


def _is_open(item: Mapping[str, Any], ids: tuple[int, ...]) -> bool:
    return item.get("task_type_id") == ids[0] and not item.get("is_completed")


_TESTS: Mapping[str, Callable[[Mapping[str, Any], tuple[int, ...]], bool]] = {
    FIELD: _has_field,
    OPTION: _has_option,
    TAG: _has_tag,
    STAGE: lambda item, ids: (item.get("pipeline_id"), item.get("status_id")) == ids,
    PIPELINE: lambda item, ids: item.get("pipeline_id") == ids[0],
    REASON: lambda item, ids: item.get("loss_reason_id") == ids[0],
    TASK_TYPE: _is_open,
    ALL: lambda item, ids: True,
}
