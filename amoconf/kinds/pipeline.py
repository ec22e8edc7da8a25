"""Pipelines (config page C4). A new one is made together with its stages, in one request."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import (
    ARCHIVE,
    CREATE,
    DELETE,
    MANUAL,
    MOVE,
    RESTORE,
    UPDATE,
    Change,
    Learn,
    Step,
    Steps,
    View,
)
from amoconf.codecs import BOOLEAN, text
from amoconf.kind import Attr, Home, Kind, Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Account, Resource
from amoconf.tongue import later, tr
from amoconf.touch import PIPELINE, Touch
from amoconf.values import Address, Ref, Value

ATTRS = (
    Attr("name", text(), ("Name of the pipeline", "Название воронки"), wire="name"),
    Attr(
        "main",
        BOOLEAN,
        ("The account's main pipeline", "Главная воронка аккаунта"),
        wire="is_main",
        default=False,
    ),
    Attr(
        "unsorted",
        BOOLEAN,
        ("Whether the incoming-leads stage is on", "Включён ли этап «Неразобранное»"),
        wire="is_unsorted_on",
        default=True,
    ),
    # Read only (config page C4): the flag is set by a person.
    Attr(
        "in_archive",
        BOOLEAN,
        ("Archived in the interface", "В архиве"),
        wire="is_archive",
        channel=MANUAL,
        inner=True,
        default=False,
    ),
)
WRITTEN = tuple(attr for attr in ATTRS if not attr.inner)
PATH = ("leads", "pipelines")
SOURCE = Source("leads/pipelines", "pipelines", paged=False)
FLAGS = ("is_main", "is_archive")


def sources(need: Need) -> Iterable[Source]:
    """Pipelines come with all their stages in one answer."""
    return (SOURCE,) if need.asks("pipeline") else ()


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One pipeline; its stages are read by their own kind."""
    if source.key != SOURCE.key:
        return
    key, main, archived = read.number(item.get("id")), *(read.flag(item, name) for name in FLAGS)
    yield Resource(
        rest.live("pipeline", key),
        {**rest.decoded(ATTRS, item), "name": read.named(item, "name")},
        id=key,
        fixed=bool(main),
        aside=bool(archived),
        raw={"sort": item.get("sort"), "main": main, "unsure": main is None or archived is None},
    )


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """A pipeline's own requests."""
    return tuple(step for change in changes for step in _one(change, view))


def _one(change: Change, view: View) -> Steps:
    if change.action == CREATE:
        return (*_create(change), *rest.sorts(change, PATH))
    own = (*PATH, Ref(change.address))
    if change.channel == MANUAL:
        return (rest.by_hand(change, by_hand(change)),)
    if change.action == DELETE:
        return (rest.delete(change, own),)
    if change.action in (UPDATE, MOVE, ARCHIVE, RESTORE):
        sort = {"sort": change.numbers[change.address]} if change.address in change.numbers else {}
        body = {**rest.body_of(WRITTEN, change.after), **sort}
        learns = (_incoming(change),) if change.after.get("unsorted") else ()
        return (rest.patch(change, own, body, learns=learns), *rest.sorts(change, PATH))
    raise ValueError(f"{change.address}: no step for {change.action}")


def by_hand(change: Change) -> str:
    """Where a person sets or takes away the archive flag."""
    if change.after.get("in_archive"):
        return tr("Leads → pipeline menu → pipeline settings → “Archive”")
    return tr("Leads → pipeline menu → archive → bring the pipeline back")


def _create(change: Change) -> Steps:
    assert change.want is not None
    stages = [part for part in change.parts if part.want is not None]
    body = {
        "is_main": False,
        "is_unsorted_on": True,
        **rest.body_of(WRITTEN, change.want.attrs),
        "sort": change.numbers.get(change.address, 100),
        "_embedded": {
            "statuses": [_stage(part.want, index) for index, part in enumerate(stages) if part.want]
        },
    }
    learns = (
        Learn(change.address),
        Learn(_child(change, "won"), ("_embedded", "statuses", ("id", 142), "id")),
        Learn(_child(change, "lost"), ("_embedded", "statuses", ("id", 143), "id")),
        _incoming(change),
        *(_learn(part.want) for part in stages if part.want and part.want.address.key not in ("won", "lost")),
    )
    return (rest.create(change, PATH, "pipelines", body, learns=learns), *_hints(change, stages))


def _incoming(change: Change) -> Learn:
    """The incoming-leads stage, where the answer has one."""
    return Learn(_child(change, "unsorted"), ("_embedded", "statuses", ("type", 1), "id"))


def _child(change: Change, key: str) -> Address:
    return Address("stage", (*change.address.path, key))


def _learn(stage: Resource) -> Learn:
    return Learn(stage.address, ("_embedded", "statuses", ("name", stage.attrs["name"]), "id"))


def _stage(stage: Resource, index: int) -> dict[str, Value]:
    name = {"name": stage.attrs["name"]}
    # The closing stages are named by their fixed ids (config page C4).
    if stage.address.key in ("won", "lost"):
        return {"id": 142 if stage.address.key == "won" else 143, **name}
    colour = {"color": stage.attrs["color"]} if stage.attrs.get("color") else {}
    return {**name, "sort": 20 + 10 * index, **colour}


def _hints(change: Change, stages: list[Change]) -> Steps:
    """Hints cannot travel with the pipeline: one PATCH a stage that has some."""
    from amoconf.kinds._hints import descriptions
    from amoconf.kinds.stage import stage_path

    return tuple(
        Step(
            (change.address,),
            tr("hints of {address}", address=part.address),
            method="PATCH",
            path=stage_path(part.address),
            body={"descriptions": descriptions(part.want.attrs, {})},
        )
        for part in stages
        if part.want is not None and descriptions(part.want.attrs, {})
    )


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Prefix and, by hand, the archive flag."""
    return {"name": rest.prefixed(have.attrs["name"], view.settings.archive_prefix), "in_archive": True}


def complete(want: Resource, have: Resource | None, view: View) -> Resource:
    """A pipeline that the spec lists is no archived one."""
    return want if want.marks.leaves else want.with_map({"in_archive": False})


def check(resource: Resource, account: Account) -> Iterable[str]:
    """One main pipeline at most."""
    mains = [item.address for item in account.of("pipeline") if item.attrs.get("main")]
    if resource.attrs.get("main") and mains[0] != resource.address:
        yield tr("only one pipeline can be the main one; {main} says so too", main=mains[0])


def never(change: Change, view: View) -> str:
    """The main pipeline leaves only when another becomes the main one."""
    heir = any(
        item.attrs.get("main") and item.address != change.address for item in view.wanted.of("pipeline")
    )
    if change.have is None or heir or change.have.raw["main"] is False:
        return ""
    if change.have.raw["main"] is None:
        return tr("the service does not say whether it is the main pipeline")
    return tr("it is the main pipeline: give another one main: true first")


# Official: config page C4; the help centre speaks of closed deals too.
FULL = later(
    "deals stand in it ({count}), and the service deletes no such pipeline, be they open or closed: move them in amoCRM first, or write archived instead of absent"
)


def touches(change: Change, view: View) -> Iterable[Touch]:
    """Deals that stand there, where it is taken away."""
    if change.have is not None and change.action in (ARCHIVE, DELETE):
        yield Touch("leads", PIPELINE, (int(str(change.have.id)),))


KIND = Kind(
    name="pipeline",
    example={"name": "Розница", "stages": {"offer": {"name": "Предложение отправлено", "stall_limit": "3d"}}},
    titles=("pipeline", "воронка"),
    about=("Pipelines, in the order of the menu", "Воронки, по порядку меню"),
    homes=(Home("pipelines"),),
    attrs=ATTRS,
    sources=sources,
    decode=decode,
    steps=steps,
    rank=30,
    order="sort",
    complete=complete,
    archive=archive,
    touches=touches,
    check=check,
    never=never,
    full=FULL,
    usual=lambda resource: False,
)
