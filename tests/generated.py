"""Specs, drawn at random, and an emulated account in this process that they are applied to."""

import os
import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import yaml
from hypothesis import strategies as st

from amoconf import lock as locks
from amoconf.api import Access, Clock, Target, Writer, open_writer
from amoconf.carry import Carried, carry_out
from amoconf.convert import Converting
from amoconf.emulator import tokens, ui
from amoconf.emulator.app import build
from amoconf.emulator.world import World
from amoconf.kinds._replace import CONVERT
from amoconf.lock import Lock
from amoconf.model import Account
from amoconf.plan import Plan
from amoconf.records.ledger import Ledger
from amoconf.spec.load import load
from amoconf.spec.variables import fill_in
from amoconf.spec.yamlfile import scan
from amoconf.study import study
from amoconf.survey import Survey, propose, survey
from amoconf.throttle import Throttle
from amoconf.values import Address

TARGET = Target.of("stroymarket.amocrm.ru")
WORDS: Mapping[str, tuple[str, ...]] = {
    "a": ("Заявка", "Обращение клиента", "Лид"),
    "b": ("Квалификация", "Потребность", "Разбор"),
    "c": ("Замер", "Выезд мастера", "Осмотр объекта"),
    "d": ("Смета", "Предложение", "Счёт выставлен"),
    "e": ("Договор", "Предоплата внесена", "Юристы"),
    "f": ("Монтаж", "Установка окон", "Бригада"),
}
COLOURS = ("#fffeb2", "#98cbff", "#ffdbdb")
EVENTS = ("add_lead", "status_lead", "update_contact")


@st.composite
def things(draw: Any, most: int = 4, least: int = 0) -> dict[str, dict[str, Any]]:
    """Keys in some order, each with one of its names."""
    keys = draw(st.permutations("abcdef"))[: draw(st.integers(least, most))]
    return {key: {"name": draw(st.sampled_from(WORDS[key]))} for key in keys}


def sometimes(draw: Any, value: Any = True, chance: int = 3) -> Any:
    """The value once in a few times, else nothing."""
    return value if draw(st.integers(1, chance)) == 1 else None


@st.composite
def pipelines(draw: Any) -> dict[str, Any]:
    """Pipelines with stages that stay, are archived or absent."""
    result = draw(things(2))
    for body in result.values():
        stages = draw(things(5, 1))
        first = next(iter(stages))
        for key, stage in stages.items():
            if draw(st.booleans()):
                stage["color"] = draw(st.sampled_from(COLOURS))
            if sometimes(draw):
                stage["hints"] = {"newbie": draw(st.sampled_from(("Позвонить", "Написать")))}
            if key != first and sometimes(draw, chance=5):
                stage |= {"absent": "не этап", "move_deals_to": first}
            elif key != first and sometimes(draw, chance=5):
                stage["archived"] = "не этап"
        body |= {"stages": stages, "unsorted": draw(st.booleans())}
        if draw(st.booleans()):
            body["won"] = draw(st.sampled_from(("Продано", "Оплачено")))
    return result


def standing(body: Mapping[str, Any]) -> list[str]:
    """Stages of a pipeline that others may name."""
    return [key for key, stage in body["stages"].items() if "absent" not in stage]


@st.composite
def options(draw: Any) -> dict[str, Any]:
    """Options, some of them archived or dropped."""
    result = draw(things(5, 1))
    for key, option in list(result.items())[1:]:
        leaving = draw(st.sampled_from(("archived", "absent", "", "", "")))
        result[key] = {**option, **({leaving: "не нужно"} if leaving else {})}
    return result


TYPE = {"a": "text", "b": "select", "c": "numeric", "d": "multiselect", "e": "date", "f": "checkbox"}


@st.composite
def fields(draw: Any, stages: Sequence[str], groups: Sequence[str]) -> dict[str, Any]:
    """Fields of one scope; now and then one changes its type, is archived or absent."""
    result = draw(things(5))
    for key, field in result.items():
        field["type"] = "select" if key == "a" and sometimes(draw, chance=4) else TYPE[key]
        if field["type"] in ("select", "multiselect"):
            field["options"] = draw(options())
        field |= {"convert": {"values": "auto"}} if key == "a" and field["type"] == "select" else {}
        field |= {"group": draw(st.sampled_from(groups))} if groups and draw(st.booleans()) else {}
        field |= {"code": f"CODE_{key}"} if sometimes(draw) else {}
        if sometimes(draw, chance=6):
            field |= {draw(st.sampled_from(("archived", "absent"))): "не нужно"}
        elif stages and draw(st.booleans()):
            field["required_at"] = draw(st.lists(st.sampled_from(stages), unique=True, max_size=2))
    return result


@st.composite
def roles(draw: Any, pipes: Mapping[str, Any]) -> dict[str, Any]:
    """Roles whose rights respect each other."""
    result = draw(things(2))
    for role in result.values():
        view = draw(st.sampled_from(("all", "group", "own", "none")))
        edit = draw(st.sampled_from((view, "none")))
        role["rights"] = {
            "leads": {"view": view, "edit": edit, "delete": "none", "export": "none"},
            "mail": draw(st.booleans()),
        }
        rows = [f"{key}/{stage}" for key, body in pipes.items() for stage in ("*", "won", *standing(body))]
        named = draw(st.lists(st.sampled_from(rows), unique=True, max_size=3)) if rows else []
        role["stages"] = {row: draw(st.sampled_from(("all", "none", {"view": "all"}))) for row in named}
        if sometimes(draw, chance=6):
            role |= {draw(st.sampled_from(("archived", "absent"))): "не нужна"}
    return result


@st.composite
def leaving(draw: Any, base: st.SearchStrategy[dict[str, dict[str, Any]]], *ways: str) -> dict[str, Any]:
    """Things of which some are to be taken away."""
    result = draw(base)
    return {
        key: {**body, **({draw(st.sampled_from(ways)): "не нужно"} if sometimes(draw, chance=6) else {})}
        for key, body in result.items()
    }


@st.composite
def lists(draw: Any) -> dict[str, Any]:
    """Lists with groups, fields and a tree."""
    result = draw(things(2))
    for body in result.values():
        groups = draw(things(2))
        body |= {"field_groups": groups, "link_multiple": draw(st.booleans())}
        body["fields"] = {
            key: {
                **field,
                "type": "numeric",
                **({"group": draw(st.sampled_from(list(groups)))} if groups else {}),
            }
            for key, field in draw(leaving(things(2), "archived", "absent")).items()
            if key != "f"
        }
        tree = draw(things(4, 1))
        for place, (_, node) in enumerate(tree.items()):
            above = list(tree)[:place]
            node |= {"under": draw(st.sampled_from(above))} if above and draw(st.booleans()) else {}
        body["fields"]["f"] = {"name": "Дерево", "type": "category", "options": tree}
    return result


@st.composite
def webhooks(draw: Any) -> dict[str, Any]:
    """Webhooks of different URLs."""
    keys = draw(st.permutations("abc"))[: draw(st.integers(0, 2))]
    urls = draw(st.permutations(("https://a.example/", "https://b.example/", "https://c.example/")))
    events = st.lists(st.sampled_from(EVENTS), unique=True, min_size=1)
    return {key: {"url": url, "events": draw(events)} for key, url in zip(keys, urls, strict=False)}


@st.composite
def users(draw: Any, posts: Mapping[str, Any]) -> dict[str, Any]:
    """Users, with a role where there is one to have; some are to be deactivated."""
    staying = [key for key, body in posts.items() if "archived" not in body and "absent" not in body]
    result: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from("abc"), unique=True, max_size=2)):
        role = {"role": draw(st.sampled_from(staying))} if staying and draw(st.booleans()) else {}
        result[f"{key}@stroymarket.example"] = {"archived": "уволен"} if sometimes(draw, chance=4) else role
    return result


@st.composite
def specs(draw: Any) -> dict[str, Any]:
    """A whole spec."""
    pipes = draw(pipelines())
    stages = [f"{key}/{stage}" for key, body in pipes.items() for stage in ("won", "lost", *standing(body))]
    groups = draw(things(3))
    tags = draw(leaving(things(3), "archived"))
    posts = draw(roles(pipes))
    for tag in tags.values():
        tag |= {"color": draw(st.sampled_from(("FFCE5A", "86C0FC")))} if draw(st.booleans()) else {}
    spec = {
        "allow_undocumented": ["task_types"],
        "pipelines": pipes,
        "field_groups": {"leads": groups},
        "fields": {"leads": draw(fields(stages, list(groups))), "contacts": draw(fields((), ()))},
        "loss_reasons": draw(leaving(things(3), "archived", "absent")),
        "tags": {"leads": tags, "companies": draw(things(2))},
        "task_types": draw(leaving(things(3), "archived", "absent")),
        "roles": posts,
        "users": draw(users(posts)),
        "integrations": {"webhooks": draw(webhooks())},
        "catalogs": draw(lists()),
    }
    return {"amoconf": 1, "account": {"subdomain": "stroymarket"}, **spec}


def wanted_of(spec: Mapping[str, Any]) -> Account:
    """What a spec wants, from its text."""
    node, problems = scan(yaml.safe_dump(spec, allow_unicode=True, sort_keys=False).encode(), "spec.yaml")
    assert node is not None
    assert not problems
    return load(fill_in(node, {})[0])


def meddle(world: World, lock: Lock, dice: random.Random) -> None:
    """People rename some of what the lock knows."""
    names = iter([f"{letter} {dice.random()}" for letter in ("Ъ", "Ь", "Ы")])
    known = [(address, entry.id) for address, entry in lock.entries.items() if address.kind in PEOPLE_RENAME]
    for address, key in dice.sample(known, min(len(known), 3)):
        words: dict[str, Any] = {"action": "rename", "kind": address.kind, "id": key, "name": next(names)}
        if address.kind in ("field", "tag") and address.path[0] != "catalogs":
            words["entity"] = address.path[0]
        if address.kind == "stage":
            words["pipeline_id"] = lock.entries[Address("pipeline", address.home)].id
        if address.path[0] != "catalogs":
            with world.store.writing():
                ui.act(world, words)


PEOPLE_RENAME = ("pipeline", "stage", "field", "tag", "role", "loss_reason", "task_type")


async def carried(api: Writer, plan: Plan, found: Survey, wanted: Account, lock: Lock) -> Carried:
    """A plan carried out, values moved with it."""
    with closing(Ledger(None)) as ledger:
        plan = await study(api.reader, plan, {})
        works = {CONVERT: Converting(api, Throttle(Clock(), None), ledger)}
        return await carry_out(plan, found, api, wanted, lock, works=works)


async def applied(world: World, wanted: Account, lock: Lock) -> tuple[Carried, Plan, Lock]:
    """One apply, the plan after it, and what is remembered."""
    transport = httpx.ASGITransport(build(world))
    access = Access(tokens.long_lived(world))
    async with open_writer(
        TARGET, access, pace=None, state_dir=Path(os.devnull) / "none", transport=transport, clock=Clock()
    ) as api:
        found = await survey(api.reader, wanted, lock.ids)
        assert not found.adopted.problems
        plan = propose(found, lock, allowed=["*"])
        assert not plan.blocked
        done = await carried(api, plan, found, wanted, lock)
        adopted = done.after.adopted
        known = locks.remember(found.facts["id"], adopted.wanted, adopted.found, lock)
        later = await survey(api.reader, wanted, known.ids)
        return done, propose(later, known).without_manual(), known
