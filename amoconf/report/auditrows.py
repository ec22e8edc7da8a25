"""What the document of an audit says besides findings: its rules, its stages in their order, places in the spec."""

from collections.abc import Callable, Mapping

from amoconf.audit import Audit, rules
from amoconf.errors import Where
from amoconf.facts import Facts, name_of
from amoconf.model import by_place
from amoconf.report.document import Document
from amoconf.tongue import tr
from amoconf.values import Address


def where_row(where: Where | None) -> Document | None:
    """A place in the spec; None where there is none."""
    return {"file": where.file, "line": where.line, "column": where.column} if where else None


def places(facts: Facts) -> Callable[[str], Document | None]:
    """Address → where the spec speaks of it, or else of what it lies in."""
    wanted = [item for item in facts.wanted.resources if item.where] if facts.wanted else []
    own = {str(item.address): item.where for item in wanted}
    homes = {address.partition("/")[2]: where for address, where in own.items()}

    def place(address: str) -> Document | None:
        home = address.partition("/")[2].rpartition("/")[0]
        return where_row(own.get(address) or (homes.get(home) if home else None))

    return place


def rule_rows(result: Audit) -> list[Document]:
    """Every rule that was asked, by code, with what it means: those that found nothing too."""
    asked = {*result.evaluated, *result.skipped}
    return [
        {"rule": rule.code, "title": tr(rule.title), "computed": tr(rule.how), "todo": tr(rule.todo)}
        for rule in sorted(rules(), key=lambda rule: rule.code)
        if rule.code in asked
    ]


def stage_rows(result: Audit, facts: Facts) -> list[Document]:
    """The stages of each pipeline in their order.

    passed: deals that came at least so far, as `report funnel` says; of the stage of won deals those won. reached, won:
    deals made since events are known that stood there, and of them won. stuck: deals beyond the stage's limit.
    """
    account, further = facts.account, _passed(result, facts)
    return [
        {
            "pipeline": name_of(pipeline),
            "stage": name_of(stage),
            "address": str(stage.address),
            "passed": further.get(stage.address),
            **{
                name: result.figures.get(f"{figure}[{name_of(pipeline)} / {name_of(stage)}]")
                for name, figure in STAGES.items()
            },
        }
        for pipeline in sorted(account.of("pipeline"), key=by_place)
        for stage in account.by_home.get(("stage", (*pipeline.address.home, pipeline.address.key)), ())
    ]


STAGES = {"reached": "stage_reached", "won": "stage_reached_won", "stuck": "stage_stuck"}


def _passed(result: Audit, facts: Facts) -> Mapping[Address, int]:
    """Only where events were read, and the stages were asked about."""
    if "C14" not in result.evaluated:
        return {}
    from amoconf.kpi.audited import passed

    return passed(facts)
