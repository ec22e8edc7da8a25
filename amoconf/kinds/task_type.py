"""Task types: read with the account; written only through the web client's own endpoint (config page C2, third party)."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import CREATE, DELETE, MANUAL, WEB, Change, Learn, Step, Steps, View
from amoconf.codecs import INTEGER, colour, text
from amoconf.kind import Attr, Home, Kind, Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Resource, Settings
from amoconf.touch import TASK_TYPE, Touch
from amoconf.values import Address, Value

ATTRS = (
    Attr("name", text(), ("Name of the task type", "Название типа задачи"), wire="name"),
    Attr("color", colour((), "568FFA"), ("Colour, hex without #", "Цвет, hex без #"), wire="color"),
    Attr("icon", INTEGER, ("Number of the icon", "Номер иконки"), wire="icon_id"),
)
SECTION = "task_types"
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
    hand = tuple(rest.by_hand(change, by_hand(change)) for change in changes if change.channel == MANUAL)
    web = tuple(change for change in changes if change.channel == WEB)
    return (*hand, _save(web, view)) if web else hand


def _save(changes: tuple[Change, ...], view: View) -> Step:
    after = {change.address: change for change in changes}
    rows: list[tuple[Any, Mapping[str, Value]]] = []
    for item in view.found.of("task_type"):
        change = after.get(item.address)
        if not item.fixed and not (change and change.action == DELETE):
            rows.append((item.id, {**item.attrs, **(change.after if change else {})}))
    made = [change for change in changes if change.action == CREATE and change.want]
    rows += [(None, change.want.attrs) for change in made if change.want]
    gone = [after[item.address] for item in view.found.of("task_type") if item.address in after]
    fields = [("ACTION", "ALL_EDIT"), *(pair for index, row in enumerate(rows) for pair in _row(index, *row))]
    fields += [
        ("delete[]", str(change.have.id)) for change in gone if change.action == DELETE and change.have
    ]
    return Step(
        tuple(change.address for change in changes),
        "save the list of task types",
        method="POST",
        path=("ajax", "tasks", "types"),
        body=tuple(fields),
        channel=WEB,
        form=True,
        creates=True,
        learns=tuple(Learn(change.address, ()) for change in made),
        fallback="; ".join(by_hand(change) for change in changes),
    )


def _row(index: int, key: Any, values: Mapping[str, Value]) -> list[tuple[str, str]]:
    # An item with an id keeps that type (guess: config page C2).
    row = {
        "id": key,
        "name": values["name"],
        "sort": index,
        "icon_id": values.get("icon"),
        "color": values.get("color"),
    }
    return [(f"add[{index}][{name}]", str(value)) for name, value in row.items() if value is not None]


def by_hand(change: Change) -> str:
    """Where a person edits task types."""
    place = "Задачи → «…» → «Типы задач»"
    name = change.have.attrs["name"] if change.have else ""
    if change.action == CREATE or change.have is None:
        attrs = change.want.attrs if change.want else {}
        return f"{place}: добавить «{attrs.get('name', change.address.key)}»"
    if change.want is not None and change.want.marks.absent is not None:
        return f"{place}: удалить «{name}»"
    return f"{place}: «{name}» → {', '.join(f'{item.name}: {item.after}' for item in change.attributes)}"


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


KIND = Kind(
    name="task_type",
    titles=("task type", "тип задачи"),
    about=("Task types besides the two that amoCRM has itself", "Типы задач, кроме двух встроенных"),
    homes=(Home(SECTION),),
    attrs=ATTRS,
    sources=sources,
    decode=decode,
    steps=steps,
    rank=50,
    archive=archive,
    touches=touches,
    channel_of=channel,
    group=lambda change: Address("task_type", ("*",)),
)
