"""One change of a plan as a row of a document: plain JSON, in the words of YAML, secrets masked."""

from collections.abc import Mapping
from typing import Any

from amoconf.brakes import taken_apart
from amoconf.changes import CREATE, DELETE, LOCAL, MANUAL, AttrChange, Change, Step
from amoconf.diff import inside, same
from amoconf.kinds import KINDS
from amoconf.lock import Entry, Lock
from amoconf.model import Resource
from amoconf.plan import Plan
from amoconf.report.masked import beside, masked
from amoconf.values import Address, Hidden, Value

Document = dict[str, Any]
NOTHING_KNOWN = Entry(None)


def change_row(change: Change, plan: Plan, lock: Lock | None = None) -> Document:
    """One change.

    home: what it lies in, as in addresses. verb: what it would be if nobody had to do it by hand. waits: what a person does first. stops: what stands against
    it, with the allowances that lift it. kept: what a new thing takes over from the old one. moves: data that is moved before. manual: where to click.
    """
    known = lock.entries.get(change.address, NOTHING_KNOWN) if lock else NOTHING_KNOWN
    attributes = [attribute_row(change, item, known, lock) for item in change.attributes]
    by_hand = change.channel == MANUAL
    blocked_by = list(plan.blocked.get(change.address, ()))
    return {
        "address": str(change.address),
        "kind": change.address.kind,
        "home": "/".join(change.address.home),
        "action": MANUAL if by_hand else change.action,
        "verb": change.action,
        "reason": change.waits or change.reason or None,
        "waits": change.waits or None,
        "channel": change.channel,
        "before": {row["name"]: row["before"] for row in attributes} if change.have else None,
        "after": {row["name"]: row["after"] for row in attributes} if change.action != DELETE else None,
        "attributes": attributes,
        "kept": [
            {"name": name, "value": told(change.address.kind, name, value)}
            for name, value in change.kept.items()
        ],
        "parts": [str(part.address) for part in change.parts],
        "title": title(change),
        "impact": impact_row(plan, change),
        "blocked_by": blocked_by,
        "stops": [stop(sentence) for sentence in blocked_by],
        "origin": change.origin,
        "moves": moves(change, plan),
        "manual": [step.text for step in plan.steps_for(change.address) if by_hand and step.is_manual],
        "where": place(change),
    }


def place(change: Change) -> Document | None:
    """Where the spec says so: {file, line, column}; None for what no spec speaks of."""
    where = change.want.where if change.want else None
    return {"file": where.file, "line": where.line, "column": where.column} if where else None


def title(change: Change) -> str:
    """The thing's name as people see it now, or will."""
    thing, kind = change.have or change.want, KINDS[change.address.kind]
    identity = kind.by_name.get(kind.identity)
    if change.want is not None and identity is not None and identity.codec.secret:
        thing = change.want  # it says its secrets by their names
    name = thing.attrs.get(kind.identity) if thing else None
    return str(masked(name)) if name is not None else change.address.key


def stop(sentence: str) -> Document:
    """One of the brakes' sentences taken apart: why, and the addresses or patterns that lift it (none: nothing does)."""
    why, allowances = taken_apart(sentence)
    return {"why": why, "allow": list(allowances)}


def moves(change: Change, plan: Plan) -> list[Document]:
    """Data that steps of this change move first: what, from where, to where. A person's part of a change has none of its own."""
    if change.channel == MANUAL and any(
        change is not item and change.address == item.address for item in plan.changes
    ):
        return []
    return [
        {
            **{
                key: value if isinstance(value, int) else str(value)
                for key, value in step.data.items()
                if key not in ("recipe", "tag")
            },
            **_map(step),
        }
        for step in plan.steps_for(change.address)
        if step.data
    ]


def _map(step: Step) -> Document:
    """The map of values that the plan has fixed (spelling → option), and how the values that there are fit."""
    recipe = step.data.get("recipe")
    if recipe is None:
        return {}
    told: Document = {"map": dict(recipe.pinned)} if recipe.pinned is not None else {}
    if recipe.fit is not None:
        known = recipe.fit
        otherwise = (recipe.said or {}).get("otherwise", "keep")
        told["fit"] = {
            "records": known.records,
            "mapped": known.mapped,
            "options": known.options if recipe.options else None,
            "rest": known.rest,
            "otherwise": otherwise if isinstance(otherwise, str) else dict(otherwise),
        }
    return told


def attribute_row(change: Change, item: AttrChange, known: Entry, lock: Lock | None = None) -> Document:
    """One attribute before and after. inside: what differs in a nested value. last: as last applied, where known.

    silent: the value that the account has anyway when nobody says anything.
    """
    kind, attr = change.address.kind, KINDS[change.address.kind].by_name.get(item.name)
    row = {
        "name": item.name,
        "before": told(kind, item.name, item.before, item.after),
        "after": told(kind, item.name, item.after, item.before),
    }
    if not _secret(kind, item.name):
        row["inside"] = nested(item.before, item.after)
    if change.action == CREATE:
        row["silent"] = item.after in (None, "", (), {}) or (attr is not None and item.after == attr.default)
    if attr is not None and lock is not None and item.name in known.attrs:
        row["origin"] = lock.origin(change.address, item.name, item.before, item.after)
        row["last"] = (
            told(kind, item.name, known.attrs[item.name], item.after)
            if attr.codec.secret
            else known.attrs[item.name]
        )
    return row


def told(kind: str, name: str, value: Value, other: Value = None) -> Any:
    """A canonical value as YAML would hold it; URLs and secrets without what must not be seen.

    other: what stands beside it, of the spec or the account; a secret in that makes this one secret too.
    """
    attr = KINDS[kind].by_name.get(name)
    if value is None or attr is None:
        return value
    if attr.codec.secret or isinstance(value, Hidden):
        return beside(value, other)
    return spoken(attr.codec.dump(value))


def spoken(value: Any) -> Any:
    """Addresses as text, tuples as lists, all the way down."""
    if isinstance(value, Address):
        return str(value)
    if isinstance(value, tuple | list):
        return [spoken(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): spoken(item) for key, item in value.items()}
    return value


def compared(kind: str, name: str, want: Resource | None, have: Resource | None) -> Document:
    """One attribute as the spec has it and as the account has it.

    managed: the spec speaks of it. same: no difference, secrets included. local: amoconf's own, the account has none.
    """
    spec = want.attrs.get(name) if want else None
    account = have.attrs.get(name) if have else None
    managed = bool(want and name in want.attrs)
    return {
        "name": name,
        "spec": told(kind, name, spec),
        "account": told(kind, name, account, spec),
        "managed": managed,
        "same": managed and same(spec, account),
        "local": name in KINDS[kind].by_name and KINDS[kind].by_name[name].channel == LOCAL,
        "inside": nested(account, spec) if managed and have and not _secret(kind, name) else [],
    }


def nested(before: Value, after: Value) -> list[Document]:
    """What differs inside two values."""
    return [{"path": list(path), "before": old, "after": new} for path, old, new in inside(before, after)]


def _secret(kind: str, name: str) -> bool:
    attr = KINDS[kind].by_name.get(name)
    return attr is not None and attr.codec.secret


def impact_row(plan: Plan, change: Change) -> Document:
    """How many records the change touches. exact False: there are at least so many; as_of: account time."""
    known = plan.impacts.get(change.address)
    if known is None:
        return {"records": None, "detail": None}
    more = {"exact": known.exact, "as_of": known.as_of, "of": known.of}
    return {"records": known.records, "detail": None, **more}
