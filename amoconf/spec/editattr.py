"""What the account has, written over what the spec says: attribute by attribute, and the order of siblings."""

from collections.abc import Mapping
from typing import Any

from amoconf.changes import View
from amoconf.kind import Attr, Kind
from amoconf.kinds import KINDS, parent_of
from amoconf.kinds._rights import spread
from amoconf.model import Account, Resource, by_place
from amoconf.spec.editbook import Book
from amoconf.spec.editpage import Page, Path
from amoconf.spec.editwords import spelt
from amoconf.spec.said import reads_back
from amoconf.tongue import tr
from amoconf.values import Address, Value, addresses_in, normal, plain

POSITION = "position"


def write_attr(book: Book, want: Resource, have: Resource, name: str, view: View) -> None:
    """The found value of one attribute instead of the wanted one. Unwritable says why not, and where.

    want: as the spec says it, without what is completed from the account. view: both sides, to understand patterns.
    """
    kind = KINDS[want.address.kind]
    with book.whole():
        page, path = book.place(want.where)
        if name == POSITION:
            write_order(book, kind, have, view)
            return
        attr = kind.by_name[name]
        if attr.codec.secret:
            raise page.refuse(
                page.at(path[:-1]), tr("{name} may hold a secret: change it by hand", name=name)
            )
        value = have.attrs.get(name)
        if isinstance(want.attrs.get(name), Mapping):
            _write_rows(page, (*path, name), attr, want.attrs[name], _rows(attr, want, have, view))
        elif isinstance(value, tuple):
            _write_list(page, (*path, name), attr, want.attrs[name], _sayable(page, path, value, view))
        elif value is None:
            _take_out(page, path, name)
        else:
            _write_value(page, path, kind, attr, _worded(page, path, kind, attr, have, view))


def _worded(page: Page, path: Path, kind: Kind, attr: Attr, have: Resource, view: View) -> Any:
    """The value as YAML holds it; Unwritable where the language has no words for it."""
    value = have.attrs[attr.name]
    if attr.name == kind.identity and isinstance(value, str):
        value = normal(value)
    _check_listed(page, path, value, view)
    if not reads_back(attr, value, have.address):
        what = tr("{value!r} cannot be written in a spec", value=str(plain(value)))
        raise page.refuse(page.at(path[:-1]), f"{attr.name}: {what}")
    return spelt(attr.codec.dump(value))


def _check_listed(page: Page, path: Path, value: Value, view: View) -> None:
    for address in addresses_in(value):
        if not _is_listed(address, view.wanted):
            what = tr("it names {address}, which the spec does not list: list that first", address=address)
            raise page.refuse(page.at(path[:-1]), what)


def _is_listed(address: Address, wanted: Account) -> bool:
    return address.key in KINDS[address.kind].reserved or wanted.get(address) is not None


def _sayable(page: Page, path: Path, value: tuple[Value, ...], view: View) -> tuple[Value, ...]:
    """Links as a spec has them: those on what is not listed are kept as found, and are not written."""
    said = tuple(item for item in value if not isinstance(item, Address) or _parent_listed(item, view.wanted))
    _check_listed(page, path, said, view)
    return said


def _parent_listed(address: Address, wanted: Account) -> bool:
    parent = parent_of(address)
    return parent is None or wanted.get(parent) is not None


def _write_value(page: Page, path: Path, kind: Kind, attr: Attr, value: Any) -> None:
    """A single value, in the short form where the thing has nothing else."""
    if page.at(path[:-1]).form == "list":
        page.list_to_map(path[:-1])
    spot = page.at(path)
    empty = spot.form == "map" and not spot.entries
    if attr.name == kind.short and (spot.form == "scalar" or empty):
        page.replace(path, value)
        return
    if spot.form == "scalar":
        page.guard(spot)
        page.open_map(path, kind.short)
    order = [item.name.split(".")[0] for item in kind.attrs]
    page.put((*path, *attr.name.split(".")), value, order)


def _take_out(page: Page, path: Path, name: str) -> None:
    """The account has nothing there: the spec says nothing of it any more."""
    whole = (*path, *name.split("."))
    if page.find(whole) is None:
        what = tr("the account has no {name}, and the spec cannot say so: change it by hand", name=name)
        raise page.refuse(page.at(path[:-1]), what)
    page.remove(whole, keep=len(path))


def _write_list(page: Page, path: Path, attr: Attr, now: tuple[Value, ...], then: tuple[Value, ...]) -> None:
    """Items that went are taken out, those that came stand at the end; the rest stays where it is."""
    gone, came = ([item for item in one if item not in other] for one, other in ((now, then), (then, now)))
    lost = [str(item) for item in attr.codec.dump(tuple(gone))]
    if not then:
        page.replace(path, [])
        return
    for item in attr.codec.dump(tuple(came)):
        page.insert_item(path, spelt(str(item)), len(page.at(path).entries))
    for item in lost:
        if page.find((*path, spelt(item))) is None:
            page.guard(page.at(path))
            raise page.refuse(page.at(path), tr("{item} was not found in this list", item=item))
        page.remove((*path, spelt(item)), keep=len(path))


def _write_rows(
    page: Page, path: Path, attr: Attr, now: Mapping[Address, Value], then: Mapping[Address, Value]
) -> None:
    """Rows that mean the same keep their words."""
    for address in dict.fromkeys((*now, *then)):
        if now.get(address) == then.get(address):
            continue
        if address in then:
            ((key, row),) = attr.codec.dump({address: then[address]}).items()
            page.put((*path, key), spelt(row))
    for address in [address for address in now if address not in then]:
        ((key, _),) = attr.codec.dump({address: now[address]}).items()
        _take_row(page, (*path, key))


def _take_row(page: Page, path: Path) -> None:
    if page.find(path) is None:
        raise page.refuse(page.at(path[:-1]), tr("{item} was not found in this list", item=path[-1]))
    page.remove(path, keep=len(path) - 1)


def _rows(attr: Attr, want: Resource, have: Resource, view: View) -> Mapping[Address, Value]:
    """The rows to say: for patterns, the spec's own with exceptions for what differs, as few as there can be."""
    said, there = want.attrs[attr.name], have.attrs.get(attr.name) or {}
    if not any(address.kind == "stage" for address in said):
        nothing = {address: dict.fromkeys(row, "none") for address, row in said.items()}
        return {address: there.get(address, nothing[address]) for address in said}
    result: dict[Address, Value] = {}
    brief = KINDS[want.address.kind].brief(have, view).attrs[attr.name]
    for home in dict.fromkeys(stage.home for stage in said):
        own = {stage: row for stage, row in said.items() if stage.home == home}
        result |= _excepted(own, there, home, view) or {
            stage: row for stage, row in brief.items() if stage.home == home
        }
    return result


def _excepted(
    own: Mapping[Address, dict[str, str]],
    there: Mapping[Address, dict[str, str]],
    home: tuple[str, ...],
    view: View,
) -> dict[Address, dict[str, str]]:
    """The spec's rows of one pipeline with rows of their own for stages that differ; {} where that cannot be said."""
    found = {stage: row for stage, row in there.items() if stage.home == home}
    spoken = spread(own, found, view)
    form = {**own, **{stage: row for stage, row in found.items() if spoken.get(stage) != row}}
    form = {stage: row for stage, row in form.items() if stage.key == "*" or stage in found}
    known = all(stage.key == "*" or _is_listed(stage, view.wanted) for stage in form)
    return form if known and spread(form, found, view) == found else {}


def write_order(book: Book, kind: Kind, have: Resource, view: View) -> None:
    """All siblings of a thing that the spec lists, in the order of the account."""
    group = kind.siblings(have)
    places: dict[tuple[str, Path], list[str]] = {}
    for item in sorted(view.found.within(kind.name, have.address.home), key=by_place):
        want = view.wanted.get(item.address)
        if want is None or want.marks.leaves or item.reserved or kind.siblings(item) != group:
            continue
        page, path = book.place(want.where)
        places.setdefault((page.name, path[:-1]), []).append(path[-1])
    for (name, path), keys in places.items():
        book.pages[name].reorder(path, keys)
