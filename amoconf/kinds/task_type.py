"""Task types: read with the account; written only through the web client's own endpoint (config page C2, third party)."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import CREATE, DELETE, MANUAL, WEB, Change, Learn, Step, Steps, View
from amoconf.codecs import INTEGER, colour, reference, text
from amoconf.kind import Attr, Home, Kind, Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Account, Resource, Settings
from amoconf.tongue import tr
from amoconf.touch import TASK_TYPE, Touch
from amoconf.values import Address, Ref, Value

ATTRS = (
    Attr("name", text(), ("Name of the task type", "Название типа задачи"), wire="name"),
    Attr("color", colour((), "568FFA"), ("Colour, hex without #", "Цвет, hex без #"), wire="color"),
    Attr("icon", INTEGER, ("Number of the icon", "Номер иконки"), wire="icon_id"),
)
MOVE = "move_tasks_to"
EXTRAS = (
    Attr(
        MOVE,
        reference(lambda name, home: Address("task_type", (name,)), lambda address: address.key),
        ("Type that open tasks of an absent one get", "Тип, который получат открытые задачи удаляемого"),
    ),
)
SECTION = "task_types"
ALL = Address("task_type", ("*",))
# The types of the platform (config page C2, official).
SYSTEM = (1, 2)


def sources(need: Need) -> Iterable[Source]:
    """Task types are told with the account, which is always read."""
    return (rest.ACCOUNT,)


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """All task types of the account document."""
    rows = read.rows(read.block(item.get("_embedded"), "_embedded").get("task_types"), "task_types")
    for index, row in enumerate(rows):
        key = read.number(row.get("id"))
        system = key in SYSTEM
        attrs = {**rest.decoded(ATTRS, row), "name": read.named(row, "name")}
        yield Resource(rest.live("task_type", key), attrs, id=key, place=index, fixed=system, aside=system)


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """One save of the whole list, as the settings page does it; or one line for a person each."""
    hand = tuple(
        step
        for change in changes
        if change.channel == MANUAL
        for step in (*_emptied(change), rest.by_hand(change, by_hand(change)))
    )
    return (*hand, *_saves(tuple(change for change in changes if change.channel == WEB), view))


def _saves(changes: tuple[Change, ...], view: View) -> Steps:
    """Open tasks get the successor before the list is saved without their type; one that is new is saved before that."""
    emptied = tuple(step for change in changes for step in _emptied(change))
    made = {change.address for change in changes if change.action == CREATE}
    waits = tuple(change for change in changes if change.action == DELETE and _target(change) in made)
    if not waits:
        return (*emptied, _save(changes, view)) if changes else ()
    now = tuple(change for change in changes if change not in waits)
    before = tuple(step for step in emptied if step.data.get("to") not in made)
    after = tuple(step for step in emptied if step not in before)
    # The ids of those made by the first save are known by the second.
    return (*before, _save(now, view), *after, _save(changes, view, now))


def _target(change: Change) -> Address | None:
    return change.want.marks.extras.get(MOVE) if change.want else None


def _emptied(change: Change) -> Steps:
    """Never while open tasks use it (spec language): they get the successor, or it is made sure that there are none."""
    target = _target(change)
    if change.action != DELETE or (target is None and change.channel == MANUAL):
        return ()
    data = {"work": "move_tasks", "entity": "tasks", "from": change.address}
    to = {"to": target} if target is not None else {}
    text = (
        tr("give open tasks of {address} the type {target}", address=change.address, target=target)
        if to
        else tr("make sure that no open task has {address}", address=change.address)
    )
    after = (target,) if target is not None else ()
    return (Step((change.address,), text, data={**data, **to}, after=after, chain=ALL),)


def _save(changes: tuple[Change, ...], view: View, saved: tuple[Change, ...] = ()) -> Step:
    """The whole list. saved: changes that an earlier save has made already."""
    after = {change.address: change for change in changes}
    rows: list[tuple[Any, Mapping[str, Value]]] = []
    for item in view.found.of("task_type"):
        change = after.get(item.address)
        if not item.fixed and not (change and change.action == DELETE):
            rows.append((item.id, {**item.attrs, **(change.after if change else {})}))
    made = [change for change in changes if change.action == CREATE and change.want]
    served = tuple(change for change in changes if change not in saved)
    rows += [
        (Ref(change.address) if change in saved else None, change.want.attrs)
        for change in made
        if change.want
    ]
    fields = [("ACTION", "ALL_EDIT"), *(pair for index, row in enumerate(rows) for pair in _row(index, *row))]
    gone = {change.have.id for change in served if change.action == DELETE and change.have}
    listed = [item.id for item in view.found.of("task_type")]
    fields += [("delete[]", str(key)) for key in listed if key in gone]
    return Step(
        tuple(change.address for change in served),
        tr("save the list of task types"),
        method="POST",
        path=("ajax", "tasks", "types"),
        body=tuple(fields),
        channel=WEB,
        form=True,
        creates=True,
        learns=tuple(Learn(change.address, ()) for change in made if change not in saved),
        fallback="; ".join(by_hand(change) for change in served),
        chain=ALL,
    )


def _row(index: int, key: Any, values: Mapping[str, Value]) -> list[tuple[str, Any]]:
    # An item with an id keeps that type (guess: config page C2).
    row = {
        "id": key,
        "name": values["name"],
        "sort": index,
        "icon_id": values.get("icon"),
        "color": values.get("color"),
    }
    return [
        (f"add[{index}][{name}]", value if isinstance(value, Ref) else str(value))
        for name, value in row.items()
        if value is not None
    ]


def by_hand(change: Change) -> str:
    """Where a person edits task types."""
    place = tr("Tasks → “…” → “Task types”")
    name = change.have.attrs["name"] if change.have else ""
    if change.action == CREATE or change.have is None:
        attrs = change.want.attrs if change.want else {}
        return tr("{place}: add “{name}”", place=place, name=attrs.get("name", change.address.key))
    if change.want is not None and change.want.marks.absent is not None:
        return tr("{place}: delete “{name}”", place=place, name=name)
    wish = ", ".join(f"{item.name}: {item.after}" for item in change.attributes)
    return tr("{place}: “{name}” → {wish}", place=place, name=name, wish=wish)


def channel(address: Address, action: str, settings: Settings) -> str:
    """The web channel only where the spec allows it."""
    return WEB if SECTION in settings.undocumented else MANUAL


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Prefix; tasks keep the type."""
    return {"name": rest.prefixed(have.attrs["name"], view.settings.archive_prefix)}


def touches(change: Change, view: View) -> Iterable[Touch]:
    """Open tasks of the type."""
    if change.have is not None:
        yield Touch("tasks", TASK_TYPE, (int(str(change.have.id)),))


def check(resource: Resource, account: Account) -> Iterable[str]:
    """Tasks go to another type, and only from one that leaves."""
    target = resource.marks.extras.get(MOVE)
    if target is not None and resource.marks.absent is None:
        yield tr(
            "{mark} belongs to a task type that is to be absent: an archived one keeps its tasks", mark=MOVE
        )
    if target == resource.address:
        yield tr("{mark} names the task type itself", mark=MOVE)


KIND = Kind(
    name="task_type",
    example={"name": "Замер", "color": "568FFA"},
    titles=("task type", "тип задачи"),
    about=("Task types besides the two that amoCRM has itself", "Типы задач, кроме двух встроенных"),
    homes=(Home(SECTION),),
    attrs=ATTRS,
    extras=EXTRAS,
    sources=sources,
    decode=decode,
    steps=steps,
    rank=50,
    archive=archive,
    touches=touches,
    moves=lambda change: change.action == DELETE and _target(change) is not None,
    check=check,
    channel_of=channel,
    group=lambda change: ALL,
)
