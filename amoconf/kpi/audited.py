"""What the board and the reports say of the stretch that an audit knows events of: one truth for both."""

from amoconf.facts import Facts, name_of
from amoconf.kpi.funnel import funnel
from amoconf.kpi.ground import Ground, ground
from amoconf.kpi.window import DAY, Window
from amoconf.tongue import tr
from amoconf.values import Address


def known(facts: Facts) -> tuple[Ground, Window]:
    """The ground, and the whole days up to now of which events are known: of `--events 30` the board's 30d."""
    assert facts.since is not None
    window = Window(facts.now - (facts.now - facts.since) // DAY * DAY, facts.now)
    return ground(facts, window.start), window


def passed(facts: Facts) -> dict[Address, int]:
    """Stage → deals that came at least so far, by the report's funnel; a pipeline's own stage of won deals is its end."""
    rows = {(row["pipeline"], row["stage"]): row["all"] for row in funnel(*known(facts))[0].rows}
    found = {}
    for pipeline in facts.account.of("pipeline"):
        for stage in facts.account.within("stage", pipeline.address.path):
            name = tr("Won") if stage.reserved == "won" else name_of(stage)
            if (name_of(pipeline), name) in rows:
                found[stage.address] = rows[name_of(pipeline), name]
    return found
