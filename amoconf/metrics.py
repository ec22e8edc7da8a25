"""A run's document as Prometheus metrics: the text exposition format, version 0.0.4.

Labels hold codes, kinds and names of figures. Figures of one named thing, such as `pipeline_won[Retail]`, are left
out, for names of things are written by people and may be those of people.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ENTITIES = ("leads", "contacts", "companies", "customers")
Labels = dict[str, str]
Sample = tuple[Labels, float]


@dataclass(frozen=True)
class Run:
    """What is said of every run. account: "acme.amocrm.ru", or "" where it is not known; at: Unix seconds."""

    command: str
    account: str
    at: float
    success: bool


@dataclass(frozen=True)
class Metric:
    """One metric: its samples share a name, a sentence of help and the type gauge."""

    name: str
    help: str
    samples: tuple[Sample, ...]


def exposition(run: Run, document: Mapping[str, Any] | None = None) -> str:
    """The text. document: what the run came to; None where it failed."""
    account = {"account": run.account} if run.account else {}
    metrics = [*(_of(document) if document else ()), *_always(run)]
    return "".join(line for metric in metrics for line in _lines(metric, account))


def _always(run: Run) -> list[Metric]:
    label = {"command": run.command}
    return [
        Metric(
            "amoconf_last_run_timestamp_seconds", "When the last run ended, Unix time.", ((label, run.at),)
        ),
        Metric(
            "amoconf_last_run_success",
            "Whether the last run came to a result; findings and differences are one.",
            ((label, run.success),),
        ),
    ]


def _of(document: Mapping[str, Any]) -> list[Metric]:
    makers = {"audit": _audit, "drift": _drift, "board": _board}
    return [metric for metric in makers[document["command"]](document) if metric.samples]


def _audit(document: Mapping[str, Any]) -> list[Metric]:
    score = document["score"]
    found = Counter((row["rule"], row["severity"]) for row in document["findings"])
    figures = {name: value for name, value in document["figures"].items() if _is_open(name)}
    return [
        Metric(
            "amoconf_audit_score", "Score of the audit, 0 to 100.", () if score is None else (({}, score),)
        ),
        Metric(
            "amoconf_audit_findings",
            "Findings by rule and severity.",
            tuple(
                ({"rule": rule, "severity": severity}, number) for (rule, severity), number in found.items()
            ),
        ),
        Metric("amoconf_audit_figure", "Figures that the rules counted.", _named(figures.items())),
    ]


def _is_open(name: str) -> bool:
    """Whether a figure's name holds no name that people gave."""
    _, _, rest = name.partition("[")
    return not rest or rest.removesuffix("]") in ENTITIES


def _drift(document: Mapping[str, Any]) -> list[Metric]:
    found = Counter((row["kind"], row["action"]) for row in document["differences"])
    return [
        Metric(
            "amoconf_drift_differences",
            "Differences between account and spec by kind and action.",
            tuple(({"kind": kind, "action": action}, number) for (kind, action), number in found.items()),
        ),
        Metric("amoconf_in_sync", "Whether the account is as the spec says.", (({}, document["in_sync"]),)),
    ]


def _board(document: Mapping[str, Any]) -> list[Metric]:
    rows = ((row["name"], row["value"]) for row in document["indicators"])
    return [Metric("amoconf_board_indicator", "Indicators of the board.", _named(rows))]


def _named(values: Iterable[tuple[str, float | None]]) -> tuple[Sample, ...]:
    return tuple(({"name": name}, value) for name, value in values if value is not None)


def _lines(metric: Metric, more: Labels) -> Iterator[str]:
    yield f"# HELP {metric.name} {_help(metric.help)}\n"
    yield f"# TYPE {metric.name} gauge\n"
    for labels, value in metric.samples:
        yield f"{sample(metric.name, {**more, **labels}, value)}\n"


def sample(name: str, labels: Labels, value: float) -> str:
    """One line without its end. Inside a label's quotes backslash, quote and line feed are escaped, all else stands."""
    inside = ",".join(f'{key}="{_label(text)}"' for key, text in labels.items())
    return f"{name}{{{inside}}} {number(value)}" if inside else f"{name} {number(value)}"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _help(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def number(value: float) -> str:
    """A number as Go reads it; True is 1."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))
