"""Options that leave and pass their values on: the list without them is written once nothing holds them any more."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from amoconf.changes import CREATE, DELETE, Change, Step, Steps, View
from amoconf.kinds import _rest as rest
from amoconf.kinds._fields import unmakable
from amoconf.kinds._options import letters
from amoconf.tongue import tr
from amoconf.values import Address, Ref

MOVE = "move_values_to"
Written = Callable[[tuple[Change, ...]], Step]


def passes(change: Change) -> bool:
    """Whether it is an option that leaves and whose values have a place to go to."""
    return change.action == DELETE and change.want is not None and MOVE in change.want.marks.extras


def written(options: tuple[Change, ...], view: View, write: Written, *, always: bool = False) -> Steps:
    """The list with all that stays and comes; values moved; the list as wanted. write: the field with its options.

    always: the field itself changes too.
    """
    leaving = tuple(change for change in options if passes(change))
    rest_of = tuple(change for change in options if change not in leaving)
    dropped = tuple(change for change in rest_of if change.action == DELETE)
    keeping = tuple(step for change in dropped for step in kept(change, view))
    first = [write(rest_of)] if rest_of or always else []
    if keeping:
        first = [replace(step, chain=keeping[0].chain) for step in first]
    if not leaving:
        return (*keeping, *first)
    home = Address("field", leaving[0].address.home)
    return (
        *keeping,
        *first,
        *(_moved(change, home, view) for change in leaving),
        _last(write(options), (*leaving, *dropped), options),
    )


def kept(change: Change, view: View) -> Steps:
    """What records hold of a field or an option is written down before it is deleted, where it can be written back."""
    address = change.address
    is_field = address.kind == "field"
    home = address if is_field else Address("field", address.home)
    field = view.found.get(home)
    if field is None or address.path[0] == "segments":
        return ()  # segments are changed one by one (config page C13)
    if is_field and unmakable(field.attrs["type"], address.path[0]):
        return ()  # nothing they could be given back to
    return (
        Step(
            (address,),
            tr("values of {address} kept for undo", address=address),
            data={
                "work": "keep_values",
                "entity": rest.records_of(home.home, view),
                "field": home,
                "from": address,
                "type": field.attrs["type"],
            },
            last=is_field,
            chain=home,
        ),
    )


def _moved(change: Change, home: Address, view: View) -> Step:
    assert change.want is not None
    target = change.want.marks.extras[MOVE]
    return Step(
        (change.address,),
        tr("move the values of {address} to {target}", address=change.address, target=target),
        data={
            "work": "move_values",
            "entity": rest.records_of(change.address.home[:-1], view),
            "field": home,
            "from": change.address,
            "to": target,
            **rest.consent(change),
        },
        after=(target,),
        last=True,
        chain=home,
    )


def _last(step: Step, leaving: tuple[Change, ...], options: tuple[Change, ...]) -> Step:
    """What came with the first list has an id by now, and is sent with it."""
    made = {item.address for item in options if item.action == CREATE and item.want}
    names = {
        item.want.attrs["name"]: Ref(item.address) for item in options if item.address in made and item.want
    }
    known = {letters(address): Ref(address) for address in made}
    body = dict(step.body)
    # The name of the field and the like went out with the first list.
    body = {key: value for key, value in body.items() if key in ("id", "enums", "nested")}
    if "enums" in body:
        body["enums"] = [row if "id" in row else {"id": names[row["value"]], **row} for row in body["enums"]]
    if "nested" in body:
        body["nested"] = [_node(row, known) for row in body["nested"]]
    home = Address("field", leaving[0].address.home)
    return replace(
        step,
        serves=tuple(change.address for change in leaving),
        text=tr("drop {addresses}", addresses=", ".join(str(change.address) for change in leaving)),
        body=body,
        learns=(),
        creates=False,
        last=True,
        chain=home,
    )


def _node(row: dict[str, Any], known: dict[str, Ref]) -> dict[str, Any]:
    """A node of a category, with its id and its parent's."""
    row = dict(row)
    if "request_id" in row:
        row = {"id": known[row.pop("request_id")], **row}
    if "parent_request_id" in row:
        row["parent_id"] = known[row.pop("parent_request_id")]
    return row
