"""Family C, configuration: pipelines and stages as they are set up."""

from collections.abc import Iterator

from amoconf.audit import wording
from amoconf.audit.case import Case
from amoconf.audit.proposals import proposed
from amoconf.audit.rule import Family, Figure, Said, Skip
from amoconf.facts import CLOSING, LIVE, SPEC, name_of
from amoconf.model import Resource
from amoconf.tongue import later, tr, trn
from amoconf.values import Address

FAMILY = Family()
rule = FAMILY.rule


def ids(items: list[Resource]) -> list[int | str]:
    """Ids, or addresses where nothing has an id yet."""
    return [item.id if item.id is not None else str(item.address) for item in items]


@rule(
    "C01",
    later("Too many stages"),
    how=later("ordinary stages of a pipeline, closing and unsorted ones aside"),
    todo=later(
        "keep the stages that a client passes; make tasks and fields of the rest, with absent: and move_deals_to:"
    ),
    limits={"warn": 12, "error": 20},
    needs=("leads/pipelines",),
    figures={"pipelines": later("pipelines in use"), "stages": later("ordinary stages, by pipeline")},
)
def too_many(case: Case) -> Iterator[Said]:
    """Each pipeline by itself."""
    yield Figure("pipelines", len(case.facts.pipelines))
    for pipeline in case.facts.pipelines:
        rows = case.facts.stages_of(pipeline)
        yield Figure("stages", len(rows), name_of(pipeline))
        yield from case.over(
            trn(
                "“{name}” has {number} stage",
                "“{name}” has {number} stages",
                len(rows),
                name=name_of(pipeline),
            ),
            len(rows),
            address=pipeline.address,
            ids=ids(rows),
            entity="stages",
        )


@rule(
    "C02",
    later("Stages that are states"),
    how=later(
        "stage names with words such as думает, ждём ответа, в работе, thinking, waiting (RU, UK, EN, PT, ES)"
    ),
    todo=later(
        "name the action that is completed, or take the stage away: {absent: <why>, move_deals_to: …}"
    ),
    limits={"warn": 0},
    needs=("leads/pipelines",),
    figures={"stages_state": later("stages named after a state")},
)
def states(case: Case) -> Iterator[Said]:
    """A state tells nothing of what was done."""
    found = [item for item in case.facts.stages if wording.STATES.search(name_of(item))]
    yield Figure("stages_state", len(found))
    yield from case.listed(
        tr("stages named after a state"),
        found,
        entity="stages",
        spec=proposed(case, found, absent=tr("no stage"), move_deals_to="…"),
    )


@rule(
    "C03",
    later("Stages that are tasks"),
    how=later("stage names that begin with an order (Отправить, Send), or equal a task type's name"),
    todo=later("make a task type of it, and name the stage after what is done"),
    limits={"warn": 0},
    needs=("leads/pipelines",),
    figures={"stages_task": later("stages named after a task")},
)
def tasks(case: Case) -> Iterator[Said]:
    """A verb in the infinitive is work to do."""
    types = {wording.fold(name_of(item)) for item in case.things("task_type")}
    found = [
        item
        for item in case.facts.stages
        if wording.ORDERS.search(name_of(item)) or wording.fold(name_of(item)) in types
    ]
    yield Figure("stages_task", len(found))
    yield from case.listed(
        tr("stages named after a task"),
        found,
        entity="stages",
        spec=proposed(case, found, absent=tr("no stage"), move_deals_to="…"),
    )


@rule(
    "C04",
    later("Default stages never customised"),
    how=later("pipelines in which at least three stages have the names that the service gives"),
    todo=later("name the stages after what your client passes"),
    limits={"warn": 0, "stages": 3},
    needs=("leads/pipelines",),
    figures={"pipelines_default": later("pipelines with the service's own stages")},
)
def defaults(case: Case) -> Iterator[Said]:
    """Some default names are good names: only several of them count."""
    found = [
        item
        for item in case.facts.pipelines
        if sum(name_of(stage).casefold() in wording.USUAL for stage in case.facts.stages_of(item))
        >= case.limits["stages"]
    ]
    yield Figure("pipelines_default", len(found))
    yield from case.listed(tr("stages as the service made them"), found, entity="pipelines")


@rule(
    "C05",
    later("Incoming-leads stage on against the spec"),
    how=later("pipelines with is_unsorted_on for which the spec says unsorted: false"),
    todo=later("`amoconf apply` switches it off"),
    limits={"warn": 0},
    needs=(LIVE, SPEC, "leads/pipelines"),
    figures={"pipelines_unsorted": later("pipelines with the incoming-leads stage on")},
)
def unsorted(case: Case) -> Iterator[Said]:
    """An enquiry that waits there is seen by no search for open deals (guess: protocol page 7.9)."""
    wanted = case.facts.wanted
    assert wanted is not None
    on = [item for item in case.facts.pipelines if item.attrs.get("unsorted")]
    yield Figure("pipelines_unsorted", len(on))
    against = [
        item for item in on if (want := wanted.get(item.address)) and want.attrs.get("unsorted") is False
    ]
    yield from case.listed(
        tr("the incoming-leads stage is on although the spec says off"),
        against,
        entity="pipelines",
        spec="    unsorted: false",
    )


@rule(
    "C11",
    later("Closing stages whose meaning flips"),
    how=later(
        "won stages named as a loss, lost stages named as a win, and closing names that are an ordinary stage elsewhere"
    ),
    todo=later("give won and lost names that say so: won: …, lost: …"),
    limits={"warn": 0},
    needs=("leads/pipelines",),
    figures={"stages_flipped": later("closing stages with a name of another meaning")},
)
def flipped(case: Case) -> Iterator[Said]:
    """Reports count by 142 and 143, people read the names."""
    ordinary = {wording.fold(name_of(item)) for item in case.facts.stages}
    found = []
    for item in case.things("stage"):
        end, name = item.reserved or item.address.key, name_of(item)
        if end in ("won", "lost"):
            wrong, right = (wording.BAD, wording.GOOD) if end == "won" else (wording.GOOD, wording.BAD)
            flips = bool(wrong.search(name)) and not right.search(name)
            found += [item] if flips or wording.fold(name) in ordinary else []
    yield Figure("stages_flipped", len(found))
    yield from case.listed(tr("closing stages with a name of another meaning"), found, entity="stages")


@rule(
    "C12",
    later("Names that cannot be told apart"),
    how=later("pipelines with the same or a nearly equal name; stages of one pipeline with the same name"),
    todo=later("rename one of them, with was: in the spec"),
    limits={"warn": 0},
    needs=("leads/pipelines",),
    figures={
        "pipelines_alike": later("pipelines with nearly equal names"),
        "stages_alike": later("stages with equal names in a pipeline"),
    },
)
def alike(case: Case) -> Iterator[Said]:
    """Case, spaces, punctuation and look-alike letters do not count."""
    rows = case.facts.pipelines
    near = wording.look_alikes(rows)
    equal = [item for pipeline in rows for item in wording.twins(case.facts.stages_of(pipeline))]
    yield Figure("pipelines_alike", len(near))
    yield Figure("stages_alike", len(equal))
    yield from case.listed(
        tr("pipelines with nearly equal names"), near, address="pipeline/alike", entity="pipelines"
    )
    yield from case.listed(tr("stages with one name"), equal, address="stage/alike", entity="stages")


@rule(
    "C13",
    later("Stages without a criterion"),
    how=later("ordinary stages without `entry` in the spec and without any hint in the account"),
    todo=later("write when a deal enters the stage: entry: …, and let defaults.stage_hint show it"),
    limits={"warn": 0},
    needs=("leads/pipelines",),
    figures={"stages_without_criterion": later("ordinary stages without criterion")},
)
def criteria(case: Case) -> Iterator[Said]:
    """The criterion is the spec's own; the hint is what managers see."""
    wanted = case.facts.wanted
    found = [
        item
        for item in case.facts.stages
        if not _said(item) and not _said(wanted.get(item.address) if wanted else None)
    ]
    yield Figure("stages_without_criterion", len(found))
    spec = proposed(case, found[:3], entry="…", stall_limit="3d")
    yield from case.listed(
        tr("stages that do not say when a deal enters"),
        found,
        total=len(case.facts.stages),
        entity="stages",
        spec=spec,
    )


def _said(item: Resource | None) -> bool:
    return item is not None and any(
        value for name, value in item.attrs.items() if name == "entry" or name.startswith("hints.")
    )


@rule(
    "C17",
    later("Stages without a time limit"),
    how=later("ordinary stages of the spec without stall_limit"),
    todo=later("say how long a deal may stay: stall_limit: 3d"),
    limits={"warn": 0},
    needs=(SPEC,),
    figures={"stages_without_limit": later("stages of the spec without a limit")},
)
def limits(case: Case) -> Iterator[Said]:
    """Only the spec knows limits; the account has none."""
    wanted = case.facts.wanted
    assert wanted is not None
    rows = [item for item in wanted.of("stage") if not item.marks.leaves and item.address.key not in CLOSING]
    rows = [
        item
        for item in rows
        if (above := wanted.get(Address("pipeline", item.address.home))) and not above.marks.leaves
    ]
    if not rows:
        raise Skip(tr("the spec names no stages"))
    found = [item for item in rows if not item.attrs.get("stall_limit")]
    yield Figure("stages_without_limit", len(found))
    yield from case.listed(tr("stages without stall_limit"), found, total=len(rows), entity="stages")
