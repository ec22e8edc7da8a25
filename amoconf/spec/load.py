"""A spec as an Account: YAML nodes in, wanted resources and settings out, or every problem at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from amoconf.codecs import suggest
from amoconf.errors import Problem, SpecError, in_order
from amoconf.kinds import KINDS, places, sections, undocumented
from amoconf.model import Account, Resource, Settings
from amoconf.sections import MANUAL, SECTIONS, VERSION
from amoconf.spec.attrs import Notes, load_tree, tree_of, unknown
from amoconf.spec.node import Node, Template
from amoconf.spec.references import resolved
from amoconf.spec.things import Reader
from amoconf.tongue import tr
from amoconf.values import Address, Value, normal

OWN = ("amoconf", "include", "variables", "allow_undocumented", "manage", "manual", *SECTIONS)


def load(root: Node, secrets: Callable[[Template], str | None] = lambda template: None) -> Account:
    """The account that a spec wants. SpecError holds every problem, in the order of the file."""
    reader = Reader(secrets)
    notes = reader.notes
    if not isinstance(root.value, dict):
        raise SpecError([Problem(tr("a spec is a map"), tr("start with: amoconf: 1"), root.where)])
    _version(root, notes)
    settings = _settings(root, notes)
    _things(root, reader)
    resources = [KINDS[item.address.kind].prepare(item, settings) for item in reader.resources]
    account = Account(tuple(resources), settings)
    account = resolved(account, reader.nodes, notes)
    _check(account, notes)
    if notes.problems:
        raise SpecError(in_order(notes.problems))
    return account


def _version(root: Node, notes: Notes) -> None:
    node = root.get("amoconf")
    if node is None:
        notes.add(
            root.where,
            tr("the version of the language is missing"),
            tr("start the file with: amoconf: {version}", version=VERSION),
        )
    elif isinstance(node.value, bool | float) or node.value != VERSION:
        notes.add(
            node.where,
            tr("this amoconf reads version {version}, not {text}", version=VERSION, text=node.text),
            tr("write amoconf: {version}", version=VERSION),
        )


def _things(root: Node, reader: Reader) -> None:
    known = sections()
    assert isinstance(root.value, dict)
    for key in root.value:
        if key not in known and key not in OWN:
            unknown(key, root, [*known, *OWN], reader.notes, tr("spec"))
    for section, homes in known.items():
        node = root.get(section)
        if node is None:
            continue
        if any("." in home.key for _, home in homes):
            _nested(section, homes, node, reader)
        else:
            for kind, home in homes:
                reader.home(kind, home, node, ())


def _nested(section: str, homes: Sequence[Any], node: Node, reader: Reader) -> None:
    """`integrations`: a map whose keys are sections."""
    names = {home.key.partition(".")[2]: (kind, home) for kind, home in homes}
    if not isinstance(node.value, dict):
        reader.notes.add(
            node.where,
            tr("{section}: a map is expected here", section=section),
            tr("keys: {names}", names=", ".join(names)),
        )
        return
    for key, child in node.value.items():
        if key in names:
            kind, home = names[key]
            reader.home(kind, home, child, ())
        else:
            unknown(key, node, list(names), reader.notes, section)


def _settings(root: Node, notes: Notes) -> Settings:
    values = {}
    for section, attrs in SECTIONS.items():
        node = root.get(section)
        if node is not None:
            values[section] = load_tree(tree_of(attrs), node, notes, what=section)
    account: dict[str, Any] = values.get("account", {})
    if "subdomain" not in account:
        where = root.keys.get("account", root.where)
        notes.add(where, tr("account.subdomain is missing"), tr("add account: {subdomain: yourcompany}"))
    return Settings(
        **account,
        **values.get("defaults", {}),
        undocumented=_undocumented(root.get("allow_undocumented"), notes),
        manage=_manage(root.get("manage"), notes),
        policy=values.get("policy", {}),
        kpi=values.get("kpi", {}),
        manual=_manual(root.get("manual"), notes),
    )


def _undocumented(node: Node | None, notes: Notes) -> frozenset[str]:
    known = undocumented()
    names = node.value if node is not None else []
    if not isinstance(names, list):
        notes.add(
            node.where if node else None, tr("allow_undocumented is a list of sections"), "[task_types]"
        )
        return frozenset()
    for item in names:
        if item.value not in known:
            notes.add(
                item.where,
                tr("{text!r} has no undocumented channel", text=item.text),
                suggest(str(item.text), known).removeprefix("; "),
            )
    return frozenset(str(item.value) for item in names)


def _manage(node: Node | None, notes: Notes) -> Mapping[tuple[str, ...], str]:
    result: dict[tuple[str, ...], str] = {}
    if node is None:
        return result
    if not isinstance(node.value, dict):
        notes.add(node.where, tr("manage is a map"), "tags/leads: all")
        return result
    known = places()
    for key, child in node.value.items():
        if key not in known:
            unknown(key, node, list(known), notes, "manage")
        elif child.value not in ("all", "listed"):
            notes.add(
                child.where,
                tr("manage {key}: all or listed, not {text!r}", key=key, text=child.text),
                suggest(str(child.text), ["all", "listed"]).removeprefix("; "),
            )
        elif child.value == "all" and not KINDS[known[key][0]].can_be_swept:
            notes.add(
                child.where,
                tr("manage {key}: all would take nothing away, for {key} are not archived", key=key),
                "listed",
            )
        else:
            result[known[key]] = str(child.value)
    return result


def _manual(node: Node | None, notes: Notes) -> Mapping[str, Value]:
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        notes.add(node.where, tr("manual is a map"), "{key: {title: …, every: 90d}}")
        return {}
    items: dict[str, Value] = {}
    for key, child in node.value.items():
        items[key] = load_tree(tree_of(MANUAL), child, notes, what=f"manual/{key}")
        for attr in MANUAL:
            if isinstance(child.value, dict) and attr.required and attr.name not in child.value:
                notes.add(
                    child.where,
                    tr("manual/{key}: {name} is missing", key=key, name=attr.name),
                    tr("add {name}: …", name=attr.name),
                )
    return items


def _check(account: Account, notes: Notes) -> None:
    for resource in account.resources:
        if account.index[resource.address] is not resource:
            notes.add(
                resource.where,
                tr("{address} is written down twice", address=resource.address),
                tr("keep one of them"),
            )
    for resource in account.resources:
        for sentence in KINDS[resource.address.kind].check(resource, account):
            notes.add(resource.where, f"{resource.address}: {sentence}")
    for (kind, _), siblings in account.by_home.items():
        _claims(kind, siblings, notes)


def _claims(kind: str, siblings: Iterable[Resource], notes: Notes) -> None:
    """Nobody may claim a name, present or earlier, that another claims in the same way.

    The platform's own things are found by their reserved key, so their names are nobody's concern.
    """
    identity = KINDS[kind].identity
    names: dict[tuple[str, int], Address] = {}
    for item in siblings:
        if item.address.key in KINDS[kind].reserved:
            continue
        claims = [(normal(str(item.attrs.get(identity, ""))), max(item.marks.twin, 1))]
        claims += [(f"was\0{normal(name)}", 1) for name in item.marks.was]
        for claim in claims:
            first = names.setdefault(claim, item.address)
            if first != item.address:
                name = claim[0].removeprefix("was\0")
                todo = tr("give one another name, or say which is meant with twin: 2 (the second by id)")
                notes.add(
                    item.where,
                    tr(
                        "{address} and {first} both claim the name {name!r}",
                        address=item.address,
                        first=first,
                        name=name,
                    ),
                    todo,
                )
