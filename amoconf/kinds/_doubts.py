"""What stands between a spec and an account, and only a person can settle."""

from collections.abc import Iterable, Mapping, Sequence

from amoconf.changes import View
from amoconf.errors import Problem
from amoconf.kinds import KINDS
from amoconf.kinds._fields import LISTED, unmakable
from amoconf.model import Resource
from amoconf.tongue import tr
from amoconf.values import Address


def barred(old: Mapping[Address, Resource], view: View) -> Iterable[Problem]:
    """Things that cannot become what the spec wants of them, and fields that the API does not make."""
    for address, item in old.items():
        want = view.wanted.index[address]
        sentence = KINDS[address.kind].barrier(item, want, view)
        if sentence:
            yield Problem(f"{address}: {sentence}", "", want.where, str(address))
    for want in view.wanted.of("field"):
        if view.found.get(want.address) is None and want.address not in old and not want.marks.leaves:
            sentence = unmakable(str(want.attrs.get("type")), want.address.path[0])
            if sentence:
                todo = tr("take a type that it makes, or the field out of the spec")
                yield Problem(f"{want.address}: {sentence}", todo, want.where, str(want.address))


def taken_codes(old: Mapping[Address, Resource], view: View) -> Iterable[Problem]:
    """Codes that another field keeps: no two of one scope have the same (guess: config page C7.3).

    old: predecessors, which hand theirs over.
    """
    gone = {item.address for item in old.values()}
    for want in view.wanted.of("field"):
        code = want.attrs.get("code")
        if not code or want.marks.leaves:
            continue
        for item in view.found.within("field", want.address.home):
            is_other = item.address != want.address and item.address not in gone
            if is_other and item.attrs.get("code") == code and _keeps(item, view):
                yield Problem(
                    tr(
                        "{address}: the code {code!r} belongs to {name!r} (id {id})",
                        address=want.address,
                        code=code,
                        name=item.attrs["name"],
                        id=item.id,
                    ),
                    tr("write down that field too, with another code; or give this one another"),
                    want.where,
                    str(want.address),
                )


def _keeps(item: Resource, view: View) -> bool:
    """Archiving leaves the code where it is; what is deleted goes last."""
    want, code = view.wanted.get(item.address), item.attrs["code"]
    return want is None or want.marks.leaves or bool(want.attrs.get("code", code) == code)


def emptied_lists(view: View) -> Iterable[Problem]:
    """Fields that would lose their last option, or never have one: the service demands one (official: config page C7.3)."""
    for want in view.wanted.of("field"):
        have = view.found.get(want.address)
        kind = have.attrs["type"] if have is not None else want.attrs.get("type")
        if kind not in LISTED or want.marks.leaves:
            continue
        listed = view.wanted.within("option", want.address.path)
        if not listed or any(not item.marks.leaves for item in listed):
            continue
        gone = {item.address for item in listed if item.marks.absent is not None}
        there = {item.address for item in view.found.within("option", want.address.path)}
        if have is None:
            text = tr("{address}: it has no option that stays, and a list needs one", address=want.address)
        elif there and there <= gone:
            text = tr(
                "{address}: its last option would be dropped, and a list needs one", address=want.address
            )
        else:
            continue
        yield Problem(
            text, tr("list an option that stays, or let the field go"), want.where, str(want.address)
        )


def never_called(want: Resource) -> Problem:
    """A notice: no live thing has any of the earlier names."""
    text = tr(
        "{address}: nothing in the account is called {names}; it will be created",
        address=want.address,
        names=", ".join(want.marks.was),
    )
    return Problem(text, tr("take the `was` out once it is done"), want.where)


def several(want: Resource, items: Sequence[Resource], names: Iterable[str]) -> Problem:
    """More than one live thing may be meant. names: what those things are called, each once."""
    text = tr(
        "{address}: the account has {number} things called {names} (ids {ids})",
        address=want.address,
        number=len(items),
        names=tr(" or ").join(map(repr, names)),
        ids=", ".join(str(item.id) for item in items),
    )
    return Problem(text, tr("say which one: twin: 1 (the first by id), twin: 2 …"), want.where)


def rename_or_new(want: Resource, mine: str, item: Resource, other: str) -> Problem:
    """A wanted thing that is not there, and one that is there, unlisted, under a name much like its own."""
    text = tr(
        "{address} ({mine!r}) is not in the account, but {other!r} (id {id}) is and looks alike",
        address=want.address,
        mine=mine,
        other=other,
        id=item.id,
    )
    todo = tr(
        'if it is a rename, add   was: ["{other}"]\n    if it is a new one, add   new: true', other=other
    )
    return Problem(text, todo, want.where, str(want.address))
