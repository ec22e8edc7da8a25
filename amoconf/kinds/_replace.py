"""A field of another type: make the new one, hand over code and duties, archive the old one (spec language, "Types")."""

from collections.abc import Mapping
from typing import Any

from amoconf.changes import Change, Step, Steps, View
from amoconf.kinds import _archived as archived
from amoconf.kinds import _fields as fields
from amoconf.kinds import _rest as rest
from amoconf.model import Resource
from amoconf.values import normal

# What the new field gets only after the old one has let go of it.
LATER = ("code", "required_at")
NOT_MOVED = "values are not moved by this version: they stay in the archived field"


def barrier(old: Resource, want: Resource, view: View) -> str:
    """Why a type cannot become another at all, or not without a map; "" where it can."""
    before, after = old.attrs["type"], want.attrs["type"]
    for kind in (before, after):
        if kind in fields.ALONE:
            return (
                f"a field of type {before} cannot become {after}: {kind} shares no values with other types; "
                "give the new field a key of its own and archive the old one"
            )
    if "convert" in want.marks.extras or _keeps_everything(old, want, view):
        return ""
    return (
        f"the account has a field of type {before}, the spec wants {after}, and not every value fits: add "
        "convert: {values: auto}, or a map of options to their spellings; or give the new field a key and a name of its own"
    )


def _keeps_everything(old: Resource, want: Resource, view: View) -> bool:
    """Pairs of types that lose nothing; between lists, where every old option is in the new list."""
    before, after = old.attrs["type"], want.attrs["type"]
    if (before, after) not in fields.SAFE:
        return False
    known = {normal(item.attrs["name"]) for item in view.wanted.within("option", want.address.path)}
    known |= {
        normal(name) for item in view.wanted.within("option", want.address.path) for name in item.marks.was
    }
    had = {normal(item.attrs["name"]) for item in view.found.within("option", old.address.path)}
    return after not in fields.LISTED or had <= known


def steps(change: Change, options: tuple[Change, ...], view: View) -> Steps:
    """The steps that are still missing: an unfinished replace goes on where it stopped."""
    from amoconf.kinds import field

    assert change.want is not None
    assert change.old is not None
    old, path = change.old, field.collection(change.address)
    own = (*path, str(old.id))
    made: list[Step] = []
    if change.have is None:
        made.append(field.create(change, change.want, change.numbers, without=LATER))
        made += field.regroup(change, change.want.attrs)
        made += rest.sorts(change, path)
    elif options:
        made.append(field.write(change, {}, options, view))
    if "api_only" in old.attrs and not old.attrs["api_only"]:
        made.append(_patch(change, own, {"is_api_only": True}, "old field read-only for people"))
    made += _hand_over(change, own, view)
    made += archived.group_step(change.address, view)
    made += _archive(change, own, view)
    return _in_order(made)


def _hand_over(change: Change, own: rest.Path, view: View) -> list[Step]:
    """The code leaves the old field before the new one takes it; then the stages that require it."""
    from amoconf.kinds import field
    from amoconf.values import Ref

    assert change.want is not None
    assert change.old is not None
    made = []
    new = (*field.collection(change.address), Ref(change.address))
    have = change.have.attrs if change.have else {}
    code = change.want.attrs.get("code")
    if code and change.old.attrs.get("code") == code:
        made.append(_patch(change, own, {"code": None}, "take the code off the old field"))
    later = {
        name: change.want.attrs[name]
        for name in change.want.attrs
        if have.get(name) != change.want.attrs[name]
    }
    if change.have is None:
        later = {name: later[name] for name in LATER if later.get(name)}
    later.pop("type", None)
    body = field.body_of(change.address, later)
    if body:
        made.append(_patch(change, new, body, "hand over to the new field"))
    return [*made, *field.regroup(change, later)]


def _archive(change: Change, own: rest.Path, view: View) -> list[Step]:
    from amoconf.kinds import field

    assert change.old is not None
    wanted = field.archive(change.old, view)
    wanted = {name: value for name, value in wanted.items() if change.old.attrs.get(name) != value}
    wanted.pop("api_only", None)
    body = field.body_of(change.address, wanted)
    made = [_patch(change, own, body, f"archive the old field; {NOT_MOVED}")] if body else []
    return [*made, *field.regroup(change, wanted, change.old.id)]


def _patch(change: Change, path: rest.Path, body: Mapping[str, Any], text: str) -> Step:
    return Step((change.address,), f"{change.address}: {text}", method="PATCH", path=path, body=dict(body))


def _in_order(made: list[Step]) -> Steps:
    """Steps of one change keep their order: the plan never reorders steps that serve the same thing."""
    return tuple(made)
