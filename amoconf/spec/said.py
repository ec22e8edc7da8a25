"""What the language can say of a found thing: attributes that read back as they are, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from amoconf.changes import View
from amoconf.kind import Attr, Kind
from amoconf.kinds import KINDS, parent_of
from amoconf.model import Account, Marks, Resource
from amoconf.tongue import tr
from amoconf.values import Address, Value, addresses_in, normal

# A thing is looked for by its code before its name, so a code that several have helps nobody.
CODE = "code"


def said(kind: Kind, item: Resource, view: View) -> Resource:
    """The thing with those attributes that a spec would hold. view.wanted: what is listed.

    Left out: what is as everywhere, what cannot be sent back (a colour outside the palette), references to things
    that are not listed.
    """
    brief = kind.brief(item, view)
    name = brief.attrs.get(kind.identity)
    if isinstance(name, str):
        brief = brief.with_map({kind.identity: normal(name)})
    attrs = {
        attr.name: value
        for attr in kind.attrs
        if (value := _wanted(attr, brief.attrs.get(attr.name), item.address, view)) is not None
        and not (attr.name == CODE and _is_shared(item, view.found))
        and (attr.required or attr.told or attr.name == kind.identity or not same(value, attr.default))
    }
    return replace(item, attrs=attrs, marks=Marks())


def _is_shared(item: Resource, account: Account) -> bool:
    code = item.attrs.get(CODE)
    rivals = account.within(item.address.kind, item.address.home)
    return code is not None and sum(bool(other.attrs.get(CODE) == code) for other in rivals) > 1


def same(one: Value, other: Value) -> bool:
    """Whether two values mean the same to a reader of a spec; an empty list is none."""
    if isinstance(one, str) and isinstance(other, str):
        return normal(one) == normal(other)
    if isinstance(one, tuple | Mapping) or isinstance(other, tuple | Mapping):
        return bool((one or None) == (other or None))
    return bool(one == other)


def _wanted(attr: Attr, value: Value, at: Address, view: View) -> Value:
    """The value as far as the spec can say it; None where it cannot or need not."""
    if value is None or attr.channel == "local":
        return None
    value = _linked(value, view.wanted)
    if value is None or not all(_leads(address, view.wanted) for address in addresses_in(value)):
        return None
    return value if reads_back(attr, value, at) else None


def _linked(value: Value, wanted: Account) -> Value:
    """Links to children of things that are not listed are kept as found by whoever compares them; so they are left out."""
    if not isinstance(value, tuple):
        return value
    return tuple(item for item in value if not isinstance(item, Address) or _parent_listed(item, wanted))


def _parent_listed(address: Address, wanted: Account) -> bool:
    parent = parent_of(address)
    return parent is None or wanted.get(parent) is not None


def _leads(address: Address, wanted: Account) -> bool:
    """Whether a spec that lists these things may name the address."""
    if address.key in (*KINDS[address.kind].reserved, "*"):
        return _parent_listed(address, wanted)
    return wanted.get(address) is not None


def reads_back(attr: Attr, value: Value, at: Address) -> bool:
    """Whether the codec takes what it gives."""
    codec = attr.codec
    try:
        _utf8(value)
        loaded = codec.load(codec.dump(value))
        again = codec.resolve(loaded, at) if codec.resolve is not None else loaded
    except ValueError:
        return False
    return same(again, value)


def _utf8(value: Value) -> None:
    """UnicodeEncodeError, a ValueError, where the text holds half of a character."""
    if isinstance(value, str):
        value.encode()


def complaint(kind: Kind, thing: Resource, found: Resource) -> str:
    """Why a thing cannot be listed at all, or ""."""
    if kind.identity not in thing.attrs:
        return tr(
            "{name}: {value!r} cannot be written in a spec",
            name=kind.identity,
            value=found.attrs.get(kind.identity),
        )
    if kind.by_name[kind.identity].inner and normal(str(thing.attrs[kind.identity])) != thing.address.key:
        return tr("another one is called {name!r} too", name=thing.attrs[kind.identity])
    required = [attr.name for attr in kind.attrs if attr.required and not thing.marks.leaves]
    missing = [name for name in required if name not in thing.attrs]
    return (
        tr(
            "{name}: {value!r} cannot be written in a spec",
            name=missing[0],
            value=found.attrs.get(missing[0]),
        )
        if missing
        else ""
    )


def mended(kind: Kind, thing: Resource, account: Account) -> tuple[Resource, str]:
    """(the thing without attributes that a spec may not have together, what is still wrong with it)."""
    while True:
        wrong = list(kind.check(thing, account))
        if not wrong:
            return thing, ""
        less = next(
            (
                other
                for other in _lesser(kind, thing)
                if len(list(kind.check(other, _with(account, other)))) < len(wrong)
            ),
            None,
        )
        if less is None:
            return thing, "; ".join(wrong)
        thing, account = less, _with(account, less)


def _lesser(kind: Kind, thing: Resource) -> Iterable[Resource]:
    """The thing with one attribute less, the last one first."""
    for attr in reversed(kind.attrs):
        if attr.name in thing.attrs and not attr.required and attr.name != kind.identity:
            attrs = {name: value for name, value in thing.attrs.items() if name != attr.name}
            yield replace(thing, attrs=attrs)


def _with(account: Account, thing: Resource) -> Account:
    resources = tuple(thing if item.address == thing.address else item for item in account.resources)
    return replace(account, resources=resources)
