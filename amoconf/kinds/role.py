"""Roles with the full rights matrix (config page C10, official but for catalog_rights, which are the SDK's)."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import ARCHIVE, CREATE, DELETE, Change, Steps, View
from amoconf.codecs import BOOLEAN, text
from amoconf.kind import Attr, Home, Kind, Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.kinds import _rights as rights
from amoconf.kinds import _short_rights as short
from amoconf.kinds._forbidden import policy_asks
from amoconf.model import Account, Resource
from amoconf.tongue import tr
from amoconf.touch import ALL, STAGE, Touch
from amoconf.values import Address, Ref, Value

ATTRS = (
    Attr("name", text(), ("Name of the role", "Название роли"), wire="name"),
    *rights.ATTRS,
    Attr("rights.mail", BOOLEAN, ("Mail", "Доступ к почте"), default=False),
    Attr("rights.lists", BOOLEAN, ("Lists", "Доступ к спискам"), default=False),
    Attr("stages", rights.STAGES, ("Rights on stages", "Права на этапы"), default={}),
    Attr("catalogs", rights.CATALOGS, ("Rights on lists", "Права на списки"), default={}),
)
FLAGS = {"rights.mail": "mail_access", "rights.lists": "catalog_access"}
PATH = ("roles",)


def sources(need: Need) -> Iterable[Source]:
    """Roles with the ids of their users."""
    listed = need.asks("role")
    if listed or policy_asks(need, "rights.forbid"):
        yield Source("roles", "roles", (("with", "users"),), spare=not listed)


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One role; a block or letter that is missing reads as denied."""
    key, given = read.number(item.get("id")), read.block(item.get("rights"), "rights")
    attrs: dict[str, Value] = {"name": read.named(item, "name"), **rights.decode_blocks(given)}
    attrs |= {name: bool(read.flag(given, key)) for name, key in FLAGS.items()}
    attrs["stages"] = rights.decode_stages(given.get("status_rights"))
    attrs["catalogs"] = rights.decode_catalogs(given.get("catalog_rights"))
    within = read.block(item.get("_embedded"), "_embedded")
    users = read.values(within["users"], "users") if "users" in within else None
    yield Resource(rest.live("role", key), attrs, id=key, raw={"users": users})


def settle(found: Resource) -> Resource:
    """The role without the rows that the server adds by itself."""
    return found.with_attrs(stages=rights.without_own(found.attrs["stages"]))


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """POST [..], PATCH by id, DELETE once nobody has it."""
    return tuple(_one(change, view) for change in changes)


def _one(change: Change, view: View) -> Any:
    if change.action == DELETE:
        return rest.delete(change, (*PATH, Ref(change.address)))
    if change.action == CREATE:
        assert change.want is not None
        blocks = {**rights.none_blocks(), **body_of(change.want.attrs, change.want.attrs)}
        return rest.create(change, PATH, "roles", {"name": change.want.attrs["name"], "rights": blocks})
    have = change.have.attrs if change.have else {}
    body = {"name": change.after["name"]} if "name" in change.after else {}
    blocks = body_of(change.after, {**have, **change.after})
    return rest.patch(
        change, (*PATH, Ref(change.address)), {**body, **({"rights": blocks} if blocks else {})}
    )


def body_of(changed: Mapping[str, Value], whole: Mapping[str, Value]) -> dict[str, Any]:
    """The blocks that hold a change, each whole: PATCH replaces block by block (config page C10)."""
    body: dict[str, Any] = rights.encode_blocks(changed, whole)
    body |= {key: whole[name] for name, key in FLAGS.items() if name in changed}
    if "stages" in changed:
        body["status_rights"] = rights.encode_stages(whole["stages"])
    if "catalogs" in changed:
        body["catalog_rights"] = rights.encode_catalogs(whole["catalogs"])
    return body


def complete(want: Resource, have: Resource | None, view: View) -> Resource:
    """Patterns spread over every stage of the named pipelines; rows that the spec does not speak of are kept."""
    more: dict[str, Value] = {}
    found = have.attrs if have else {}
    if "stages" in want.attrs:
        more["stages"] = rights.spread(want.attrs["stages"], found.get("stages", {}), view)
    if "catalogs" in want.attrs:
        more["catalogs"] = {**found.get("catalogs", {}), **want.attrs["catalogs"]}
    return want.with_map(more)


def brief(resource: Resource, view: View) -> Resource:
    """Patterns instead of a row for every stage."""
    attrs = resource.attrs
    return resource.with_attrs(
        stages=short.stages(attrs["stages"], view), catalogs=short.catalogs(attrs["catalogs"], view)
    )


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Prefix and every right none, those on stages and lists too: they would widen the others (config page C10)."""
    name = rest.prefixed(have.attrs["name"], view.settings.archive_prefix)
    nothing: dict[str, Value] = {attr.name: "none" for attr in rights.ATTRS}
    stages, lists = have.attrs.get("stages") or {}, have.attrs.get("catalogs") or {}
    return {
        "name": name,
        **nothing,
        "rights.mail": False,
        "rights.lists": False,
        "stages": stages if stages == rights.denied(stages) else {},
        "catalogs": rights.denied(lists),
    }


def waits(change: Change, view: View) -> str:
    """A role leaves only once nobody has it."""
    if change.action not in (ARCHIVE, DELETE) or change.have is None:
        return ""
    users, name = change.have.raw["users"], change.have.attrs["name"]
    if users is None:
        # Nobody is said to have it, and nobody not to.
        return tr("Settings → Users: see who has the role “{name}” and give them another", name=name)
    if users:
        return tr(
            "Settings → Users: give another role to those who have the role “{name}” ({number} of them)",
            name=name,
            number=len(users),
        )
    return ""


def check(resource: Resource, account: Account) -> Iterable[str]:
    """The order of rights, and patterns that would not be understood."""
    yield from rights.out_of_order(resource.attrs)


def touches(change: Change, view: View) -> Iterable[Touch]:
    """Cards and tasks of which more can be seen, changed or carried out of the account than before."""
    if change.have is None:
        return
    wider = [
        block
        for block, names in rights.BLOCKS.items()
        if any(rights.is_wider(change, block, name) for name in names)
    ]
    yield from (Touch(block, ALL) for block in wider)
    if "leads" not in wider:
        yield from _on_stages(change, change.have, view)
    for address in rights.opened(change, "catalogs", {}, {}):
        if (catalog := view.found.get(address)) is not None:
            yield Touch(f"catalogs/{catalog.id}/elements", ALL)


def _on_stages(change: Change, have: Resource, view: View) -> Iterable[Touch]:
    """Deals of stages; where a stage has no row, the right on deals holds."""
    names = {right: f"rights.leads.{right}" for right in rights.STAGE_RIGHTS}
    usual = {right: have.attrs.get(name, "none") for right, name in names.items()}
    later = {right: change.after.get(name, usual[right]) for right, name in names.items()}
    for address in rights.opened(change, "stages", usual, later):
        stage, above = view.found.get(address), view.found.get(Address("pipeline", address.home))
        if stage is not None and above is not None:
            yield Touch("leads", STAGE, (int(str(above.id)), int(str(stage.id))))


KIND = Kind(
    name="role",
    example={"name": "Менеджер", "rights": {"leads": {"view": "group", "edit": "own", "delete": "none"}}},
    titles=("role", "роль"),
    about=("Roles; a right that is not named is not compared", "Роли; неназванное право не сверяется"),
    homes=(Home("roles"),),
    attrs=ATTRS,
    sources=sources,
    decode=decode,
    steps=steps,
    rank=60,
    settle=settle,
    touches=touches,
    complete=complete,
    archive=archive,
    waits=waits,
    check=check,
    brief=brief,
)
