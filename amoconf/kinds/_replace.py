"""A field of another type: make the new one, move the values, hand over, archive the old one (spec language, "Types")."""

from collections.abc import Mapping
from typing import Any

from amoconf.changes import Change, Step, Steps, View
from amoconf.kinds import _archived as archived
from amoconf.kinds import _fields as fields
from amoconf.kinds import _passing as passing
from amoconf.kinds import _rest as rest
from amoconf.model import Resource
from amoconf.recipe import TAKE_OUT, WAIT, Recipe, Wanted
from amoconf.tongue import tr
from amoconf.values import Address, Value, normal

# What the new field gets only after the old one has let go of it.
LATER = ("code", "required_at")
# What it takes over from the old one where the spec is silent. Other attributes are of one type only, and a code
# stays where programs know it.
KEPT = ("group", "required_at", "hidden_at", "api_only", "visible", "required")
CONVERT = "convert"
# What can become of the values of one type in another.
SAFE, LOSSY, IMPOSSIBLE = "safe", "lossy", "impossible"
_DAYS = ("date", "birthday", "date_time")
_FIGURES = ("numeric", "price", "monetary", "checkbox")


def pair(before: str, after: str) -> str:
    """SAFE: every value fits (between lists, if the options do). LOSSY: with `convert`. IMPOSSIBLE: no value makes sense."""
    if {before, after} & fields.ALONE:
        return IMPOSSIBLE
    if (before in _DAYS and after in _FIGURES) or (before in _FIGURES and after in _DAYS):
        return IMPOSSIBLE
    return SAFE if (before, after) in fields.SAFE else LOSSY


def barrier(old: Resource, want: Resource, view: View) -> str:
    """Why a type cannot become another at all, or not without a map; "" where it can."""
    before, after = old.attrs["type"], want.attrs["type"]
    for kind in (before, after):
        if kind in fields.ALONE:
            return tr(
                "a field of type {before} cannot become {after}: {kind} shares no values with other "
                "types; give the new field a key of its own and archive the old one",
                before=before,
                after=after,
                kind=kind,
            )
    if pair(before, after) == IMPOSSIBLE:
        return tr(
            "a field of type {before} cannot become {after}: a day is no number; give the new "
            "field a key of its own and archive the old one",
            before=before,
            after=after,
        )
    if sentence := fields.unmakable(after, want.address.path[0]):
        return sentence
    if CONVERT in want.marks.extras or keeps_everything(old, want, view):
        return ""
    return tr(
        "the account has a field of type {before}, the spec wants {after}, and not every "
        "value fits: add convert: {{values: auto}}, or a map of options to their spellings; "
        "or give the new field a key and a name of its own",
        before=before,
        after=after,
    )


def precedes(old: Resource, want: Resource) -> bool:
    """Whether an unlisted field of the wanted name is what an unfinished replace replaces.

    Built-in fields stand beside people's own of the same name in any account: one of them is meant only where the
    spec says how its values move, or where it is read-only already, as the first step of a replace makes it.
    Of several that bear one name the spec means the one that it counts out.
    """
    if want.marks.twin and CONVERT not in want.marks.extras:
        return False
    if not old.fixed:
        return True
    is_begun = CONVERT in want.marks.extras or bool(old.attrs.get("api_only"))
    return is_begun and pair(old.attrs["type"], want.attrs["type"]) != IMPOSSIBLE


def keeps(old: Resource, want: Resource, view: View) -> Mapping[str, Value]:
    """Attributes of the old field that the spec does not name and the new one would not have by itself."""
    from amoconf.kinds.field import BY_NAME

    found: dict[str, Value] = {}
    for name in KEPT:
        value = old.attrs.get(name)
        if name in want.attrs or not value or value == BY_NAME[name].default:
            continue
        if name in ("required_at", "hidden_at"):
            value = tuple(stage for stage in value if not fields.will_never_be(stage, view))
        if value and not (isinstance(value, Address) and value.key == "default"):
            found[name] = value
    if want.attrs.get("required_at"):
        found.pop("api_only", None)  # the two exclude each other (SDK: config page C7.3)
    if want.attrs.get("api_only"):
        found.pop("required_at", None)
    return found


def keeps_everything(old: Resource, want: Resource, view: View) -> bool:
    """Pairs of types that lose nothing; between lists, where every old option is in the new list."""
    before, after = old.attrs["type"], want.attrs["type"]
    if pair(before, after) != SAFE:
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
        whole = change.want.with_map({**change.kept, **change.want.attrs})
        made.append(field.create(change, whole, change.numbers, without=LATER))
        made += field.regroup(change, whole.attrs)
        made += rest.sorts(change, path)
    elif options:
        made += passing.written(options, view, lambda some: field.write(change, {}, some, view))
    if "api_only" in old.attrs and not old.attrs["api_only"]:
        made.append(_read_only(change, path))
    made += _moving(change, view)
    made += _hand_over(change, own, view)
    made += archived.group_step(change.address, view)
    made += _archive(change, own, view)
    return _in_order(made)


def _read_only(change: Change, path: rest.Path) -> Step:
    """In one request for all fields of a scope, so that one walk over the records serves all of them."""
    assert change.old is not None
    text = tr("{address}: old field read-only for people", address=change.address)
    body = {"id": change.old.id, "is_api_only": True}
    return Step((change.address,), text, method="PATCH", path=path, body=body, array="custom_fields")


def _moving(change: Change, view: View) -> list[Step]:
    """The values, where records of the scope can be written in batches; elements of lists keep theirs."""
    if change.address.path[0] not in fields.CARDS:
        return []
    made = recipe(change, view)
    data = {"work": CONVERT, "entity": made.entity, "field": str(change.address), "recipe": made}
    if made.pipelines:
        data["unsorted"] = TAKE_OUT if made.takes_out else WAIT
    return [
        Step(
            (change.address,),
            tr("{address}: values moved", address=change.address),
            data=data,
            after=(change.address,),
        )
    ]


def recipe(change: Change, view: View) -> Recipe:
    """How the values of the old field become those of the new one."""
    assert change.want is not None
    assert change.old is not None
    scope, old, want = change.address.path[0], change.old, change.want
    return Recipe(
        scope,
        int(str(old.id)),
        change.address,
        old.attrs["type"],
        want.attrs["type"],
        {int(str(item.id)): item.attrs["name"] for item in view.found.within("option", old.address.path)},
        _options(want, view),
        want.marks.extras.get(CONVERT),
        pipelines="leads/pipelines" if scope == "leads" else "",
        zone=view.found.facts.get("timezone") or "UTC",
        language=view.settings.language,
        currency=want.attrs.get("currency") or "",
    )


def _options(want: Resource, view: View) -> tuple[Wanted, ...]:
    """The options that the new field will have."""
    listed = view.wanted.within("option", want.address.path)
    went: dict[Address, list[str]] = {}  # what an option takes over from one that is to be absent
    for item in listed:
        if passing.MOVE in item.marks.extras:
            words = went.setdefault(item.marks.extras[passing.MOVE], [])
            words += (item.attrs["name"], *item.marks.was)
    return tuple(
        Wanted(
            item.attrs["name"],
            item.address,
            (item.address.key, *item.marks.was, *went.get(item.address, ())),
        )
        for item in listed
        if not item.marks.leaves
    )


def _hand_over(change: Change, own: rest.Path, view: View) -> list[Step]:
    """The code leaves the old field before the new one takes it; then the stages that require it."""
    from amoconf.kinds import field
    from amoconf.values import Ref

    assert change.want is not None
    assert change.old is not None
    made = []
    new = (*field.collection(change.address), Ref(change.address))
    have = change.have.attrs if change.have else {}
    wanted = {**{name: change.kept[name] for name in LATER if name in change.kept}, **change.want.attrs}
    code = wanted.get("code")
    if code and change.old.attrs.get("code") == code:
        made.append(_patch(change, own, {"code": None}, tr("take the code off the old field")))
    later = {name: value for name, value in wanted.items() if have.get(name) != value}
    if change.have is None:
        later = {name: later[name] for name in LATER if later.get(name)}
    later.pop("type", None)
    body = field.body_of(change.address, later)
    if body:
        made.append(_patch(change, new, body, tr("hand over to the new field")))
    return [*made, *field.regroup(change, later)]


def _archive(change: Change, own: rest.Path, view: View) -> list[Step]:
    from amoconf.kinds import field

    assert change.old is not None
    wanted = field.archive(change.old, view)
    wanted = {name: value for name, value in wanted.items() if change.old.attrs.get(name) != value}
    wanted.pop("api_only", None)
    body = field.body_of(change.address, wanted)
    made = [_patch(change, own, body, tr("archive the old field"))] if body else []
    return [*made, *field.regroup(change, wanted, change.old.id)]


def _patch(change: Change, path: rest.Path, body: Mapping[str, Any], text: str) -> Step:
    return Step((change.address,), f"{change.address}: {text}", method="PATCH", path=path, body=dict(body))


def _in_order(made: list[Step]) -> Steps:
    """Steps of one change keep their order: the plan never reorders steps that serve the same thing."""
    return tuple(made)
