"""Lives of one account: its spec is edited, people work in it, and between all that amoconf plans, applies and looks."""

import asyncio
import copy
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from amoconf import lock as locks
from amoconf.api import Access, Clock, Writer, open_writer
from amoconf.cli.import_ import Recorded, proof
from amoconf.emulator import tokens, ui
from amoconf.emulator.app import build, new_world
from amoconf.emulator.ui_words import UnknownWord
from amoconf.emulator.world import World
from amoconf.errors import Problem, SpecError
from amoconf.kinds import parse_address
from amoconf.lock import Lock
from amoconf.model import Account, Resource
from amoconf.outcome import Outcome
from amoconf.plan import Plan
from amoconf.report.document import drift_document, plan_document
from amoconf.spec.dump import dump
from amoconf.spec.remarks import Head
from amoconf.survey import Survey, propose, survey
from amoconf.values import Address
from tests.generated import COLOURS, EVENTS, TARGET, WORDS, carried, specs, wanted_of
from tests.test_cases import change_line

EXAMPLES = int(os.environ.get("AMOCONF_EXAMPLES", "15"))
STEPS = int(os.environ.get("AMOCONF_STEPS", "12"))
NAMES = sorted({name for names in WORDS.values() for name in names})
HEAD = Head("stroymarket", 30817554, "amocrm.ru", "2020-06-07")
PREFIX = "[архив] "
Tree = dict[str, Any]
# (kind, id), options and stages by their parent too, for ids repeat there.
Key = tuple[str, ...]


# ---- the account


class Line:
    """The way to an account; it remembers what was asked for in which words."""

    def __init__(self, world: World) -> None:
        self.app = build(world)
        self.access = Access(tokens.long_lived(world))
        self.methods: set[str] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.methods.add(scope["method"])
        await self.app(scope, receive, send)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Writer]:
        """A connection."""
        way = httpx.ASGITransport(self)
        nowhere = Path(os.devnull) / "none"
        async with open_writer(
            TARGET, self.access, pace=None, state_dir=nowhere, transport=way, clock=Clock()
        ) as api:
            yield api


def things(world: World) -> Iterator[tuple[Key, str]]:
    """Everything that can be taken away, with its name."""
    for (kind, scope), rows in world.store.things.items():
        if kind not in KINDS:
            continue
        for key, row in rows.items():
            home = (scope,) if kind in ("stage", "field_group") else ()
            yield (kind, *home, key), str(row.get("name", ""))
            for option in row.get("enums") or row.get("nested") or ():
                yield ("option", key, str(option["id"])), option["value"]


KINDS = (
    "pipeline",
    "stage",
    "field_group",
    "field",
    "loss_reason",
    "tag",
    "task_type",
    "role",
    "catalog",
    "webhook",
    "user",
)


# ---- the spec


def nodes(spec: Tree) -> Iterator[tuple[str, Tree]]:
    """Every map of things that has some, with the kind of these."""
    return ((kind, node) for kind, node in _nodes(spec) if node)


def _nodes(spec: Tree) -> Iterator[tuple[str, Tree]]:
    for key in ("pipelines", "loss_reasons", "task_types", "roles", "catalogs", "users"):
        yield key[:-1], spec[key]
    yield "webhook", spec["integrations"]["webhooks"]
    yield from (("stage", body.get("stages", {})) for body in spec["pipelines"].values())
    for kind in ("tag", "field_group", "field"):
        yield from ((kind, below) for below in spec[f"{kind}s"].values())
    for body in spec["catalogs"].values():
        yield "field_group", body.get("field_groups", {})
        yield "list_field", body.get("fields", {})
    scopes = [*spec["fields"].values(), *(body.get("fields", {}) for body in spec["catalogs"].values())]
    yield from (("option", field.get("options", {})) for scope in scopes for field in scope.values())


def body_at(spec: Tree, address: Address) -> Tree:
    """What the spec says of a thing."""
    path = list(address.path)
    if address.kind == "stage":
        keys = ["pipelines", path[0], "stages", path[1]]
    elif address.kind in ("field", "field_group", "option"):
        section = "field_groups" if address.kind == "field_group" else "fields"
        keys = ["catalogs", path[1], section, *path[2:]] if path[0] == "catalogs" else [section, *path]
        keys = [*keys[:-1], "options", keys[-1]] if address.kind == "option" else keys
    elif address.kind == "webhook":
        keys = ["integrations", "webhooks", *path]
    else:
        keys = [f"{address.kind}s", *path]
    node: Any = spec
    for key in keys:
        node = node[key]
    body: Tree = node
    return body


def settled(spec: Tree, problem: Problem) -> None:
    """What a person writes so that nothing has to be guessed any more."""
    address = parse_address(problem.address or problem.what.partition(": ")[0])
    body = body_at(spec, address)
    if "things called" in problem.what:
        body["twin"] = 1
    elif "looks alike" in problem.what:
        body["new"] = True
    elif "the code" in problem.what:
        del body["code"]
    elif "a list needs one" in problem.what:
        body["options"]["z"] = {"name": "Прочее"}
    elif "cannot become" in problem.what:
        body.pop("code", None)
        body["name"] += " 2"
    else:
        body["convert"] = {"values": "auto"}


Draw = Callable[[st.SearchStrategy[Any]], Any]


def rename(draw: Draw, kind: str, node: Tree, key: str) -> None:
    node[key]["name"] = draw(st.sampled_from(NAMES))


def rekey(draw: Draw, kind: str, node: Tree, key: str) -> None:
    """Another key; the old name is told."""
    new = draw(st.sampled_from("ghi"))
    if new not in node and "name" in node[key]:
        reordered(node, [new if name == key else name for name in node], {new: node[key]})
        node[new]["was"] = [node[new]["name"]]
        node[new]["name"] = draw(st.sampled_from([node[new]["name"], *NAMES]))


def reordered(node: Tree, keys: list[str], more: Tree) -> None:
    """The map in another order, with one more thing."""
    bodies = {**node, **more}
    node.clear()
    node.update({key: bodies[key] for key in keys})


def leave(draw: Draw, kind: str, node: Tree, key: str) -> None:
    """Out of use in one way or another, or of the file alone."""
    way = draw(st.sampled_from(("archived", "absent", "unlisted")))
    if way == "unlisted":
        del node[key]
        return
    come_back(draw, kind, node, key)
    node[key][way] = "не нужно"
    others = [other for other in node if other != key]
    if way == "absent" and kind == "stage" and others:
        node[key]["move_deals_to"] = draw(st.sampled_from(others))


def come_back(draw: Draw, kind: str, node: Tree, key: str) -> None:
    for name in ("archived", "absent", "move_deals_to"):
        node[key].pop(name, None)


def shuffle(draw: Draw, kind: str, node: Tree, key: str) -> None:
    reordered(node, draw(st.permutations(list(node))), {})


def add(draw: Draw, kind: str, node: Tree, key: str) -> None:
    """One more of what is there, somewhere."""
    new = draw(st.sampled_from("abcdefghi"))
    if new not in node and kind not in ("user", "webhook"):
        keys = list(node)
        keys.insert(draw(st.integers(0, len(keys))), new)
        like = {name: value for name, value in node[key].items() if name in LIKE}
        reordered(node, keys, {new: {"name": draw(st.sampled_from(NAMES)), **copy.deepcopy(like)}})


# What a new thing has from its neighbour.
LIKE = ("type", "rights", "stages", "options", "color", "group")


def dress(draw: Draw, kind: str, node: Tree, key: str) -> None:
    """Another value of something; what does not fit is refused by the loader."""
    if kind in DRESSES:
        node[key] |= copy.deepcopy(draw(st.sampled_from(DRESSES[kind])))


def each(name: str, *values: Any) -> list[Tree]:
    """One attribute with each of some values."""
    return [{name: value} for value in values]


FIELD = [
    *each("type", "text", "numeric", "select", "multiselect", "date"),
    *each("code", "CODE_a", "CODE_b"),
    *each("options", {"a": {"name": "Дача"}, "b": {"name": "Коттедж"}}, {"a": {"name": "Заявка"}}),
]
DRESSES: Mapping[str, list[Tree]] = {
    "pipeline": [*each("unsorted", True, False), *each("main", True, False), {"won": "Продано"}],
    "stage": [
        *each("color", *COLOURS),
        *each("hints", {"newbie": "Позвонить", "master": "Проверить"}, {"newbie": "Написать"}),
    ],
    "field": [*FIELD, *each("group", *"abcdef"), *each("required_at", [], ["a/a"], ["b/won"])],
    "list_field": [*FIELD, *each("group", *"abcdef")],
    "option": [*each("under", *"abc"), *each("code", "a", "b")],
    "tag": each("color", "FFCE5A", "86C0FC"),
    "role": [
        *each("stages", {}, {"a/*": "none", "a/won": "all"}, {"b/*": {"view": "all"}}),
        *each("rights", {"leads": {"view": "all", "edit": "own"}, "mail": True}, {"mail": False}),
    ],
    "catalog": each("link_multiple", True, False),
    "webhook": [*each("events", list(EVENTS), ["add_lead"]), {"url": "https://d.example/"}],
    "user": each("role", *"abcd"),
}
EDITS = (rename, rekey, leave, leave, come_back, shuffle, add, add, dress, dress)
MANAGED = ("tags/leads", "loss_reasons", "roles", "fields/leads", "task_types", "pipelines")


# ---- people


def deed(draw: Draw, world: World) -> Tree:
    """One thing that a person does."""
    kind = draw(
        st.sampled_from(
            ("pipeline", "stage", "field", "tag", "role", "loss_reason", "task_type", "option", "field_group")
        )
    )
    name = draw(st.sampled_from([*NAMES, "Ъ", "Ы-Ы", "[архив] Замер", "Ящик"]))
    action = draw(st.sampled_from(("rename", "rename", "create", "delete", "update", "archive", "set_right")))
    rows = [
        (owner, scope, row)
        for (owner, scope), rows in world.store.things.items()
        if owner == ("field" if kind == "option" else kind)
        for row in rows.values()
    ]
    if not rows:
        return {"action": "create", "kind": kind, "name": name}
    _, scope, row = draw(st.sampled_from(rows))
    words: Tree = {"action": action, "kind": kind, "id": row["id"]}
    if kind in ("tag", "field_group", "field"):
        words["entity"] = scope
    if kind == "stage":
        words["pipeline_id"] = row["pipeline_id"]
    if kind == "option":
        options = row.get("enums") or row.get("nested") or [{"id": 0}]
        words |= {"field_id": row["id"], "id": draw(st.sampled_from(options))["id"]}
    if action in ("rename", "create"):
        words["name"] = name
    if action == "create":
        del words["id"]
        words |= {"type": draw(st.sampled_from(("text", "numeric")))} if kind == "field" else {}
    if action == "update":
        words |= draw(st.sampled_from(CHANGES))
    if action == "set_right" and kind == "role":
        del words["kind"], words["id"]
        words |= {
            "role_id": row["id"],
            "right": draw(st.sampled_from(RIGHTS)),
            "value": draw(st.sampled_from("AGMD")),
        }
    return words


CHANGES: tuple[Tree, ...] = (
    *({"sort": number} for number in (0, 5, 25, 500, 100000)),
    {"color": "#ccc8f9"},
    {"color": "D0D0D0"},
    {"is_api_only": True},
    {"required_statuses": []},
    {"group_id": None},
    {"is_main": True},
    {"is_unsorted_on": False},
    {"is_unsorted_on": True},
    {"code": "CODE_a"},
    {"code": None},
)
RIGHTS = ("leads.view", "leads.edit", "contacts.delete", "tasks.edit")


# ---- what may happen


class Life(RuleBasedStateMachine):
    """One account."""

    @initialize(spec=specs())
    def begin(self, spec: Tree) -> None:
        """An account as it is sold, and a first spec."""
        self.world, self.lock, self.spec = new_world(scenario="empty"), Lock(), spec
        self.line = Line(self.world)
        self.spec.setdefault("manage", {})

    @rule(data=st.data(), times=st.integers(1, 4))
    def the_spec_is_edited(self, data: st.DataObject, times: int) -> None:
        """What the loader does not take is taken back."""
        for _ in range(times):
            before, full = copy.deepcopy(self.spec), list(nodes(self.spec))
            if full:
                kind, node = data.draw(st.sampled_from(full))
                edit = data.draw(st.sampled_from(EDITS))
                edit(data.draw, kind, node, data.draw(st.sampled_from(list(node))))
            self._keep_or(before)

    @rule(place=st.sampled_from(MANAGED), all_=st.booleans())
    def a_section_is_managed(self, place: str, all_: bool) -> None:
        """Everything in it, or what is listed."""
        self.spec["manage"][place] = "all" if all_ else "listed"

    @rule(spec=specs())
    def another_spec_is_written(self, spec: Tree) -> None:
        """All of it."""
        self.spec = spec | {"manage": self.spec["manage"]}

    @rule(data=st.data(), times=st.integers(1, 3))
    def somebody_works(self, data: st.DataObject, times: int) -> None:
        """In the interface; what it does not offer is not done."""
        for _ in range(times):
            words = deed(data.draw, self.world)
            with suppress(UnknownWord), self.world.store.writing():
                ui.act(self.world, words)

    @rule()
    def plan_and_drift(self) -> None:
        """They write nothing."""
        before = self._state()
        self.line.methods.clear()
        _, found = self._look()
        plan = propose(found, self.lock)
        plan_document(plan, HEAD.account, 0, lock=self.lock)
        drift_document(plan, HEAD.account, 0, manual=True, lock=self.lock)
        assert self.line.methods == {"GET"}
        assert self._state() == before

    @rule()
    def what_is_imported_differs_in_nothing(self) -> None:
        """Proven as import proves it; GET only."""
        self.line.methods.clear()
        asyncio.run(self._import())
        assert self.line.methods == {"GET"}

    @rule()
    def apply_with_brakes(self) -> None:
        """Without any allowance: what is blocked is not begun."""
        self._applied([])

    @rule()
    def apply(self) -> None:
        """Everything is allowed."""
        self._applied(["*"])

    def _applied(self, allowed: list[str]) -> None:
        """Once is enough, and nothing goes that the spec does not send away."""
        wanted, found = self._look()
        plan = propose(found, self.lock, allowed=allowed)
        if plan.blocked:
            return
        before = dict(things(self.world))
        outcomes, left = asyncio.run(self._apply(plan, found, wanted))
        assert [row for row in outcomes if row.status not in ("done", "manual")] == []
        assert [change_line(change) for change in left.changes] == []
        self._nothing_is_lost(before, wanted, found)

    def _keep_or(self, before: Tree) -> None:
        try:
            wanted_of(self.spec)
        except SpecError:
            self.spec = before

    def _state(self) -> str:
        return json.dumps([[*key, rows] for key, rows in self.world.store.things.items()], sort_keys=True)

    def _look(self) -> tuple[Account, Survey]:
        """What is wanted and what is there; a person has settled what amoconf asks."""
        for _ in range(20):
            wanted = wanted_of(self.spec)
            found = asyncio.run(self._survey(wanted))
            if not found.adopted.problems:
                return wanted, found
            for problem in found.adopted.problems:
                settled(self.spec, problem)
        raise AssertionError(found.adopted.problems)

    async def _survey(self, wanted: Account) -> Survey:
        async with self.line.open() as api:
            return await survey(api.reader, wanted, self.lock.ids)

    async def _import(self) -> None:
        async with self.line.open() as api:
            asked = Recorded(api.reader)
            found = await survey(asked, None, {})
            await proof(dump(found.adopted.found, HEAD), asked)

    async def _apply(self, plan: Plan, found: Survey, wanted: Account) -> tuple[tuple[Outcome, ...], Plan]:
        async with self.line.open() as api:
            done = await carried(api, plan, found, wanted, self.lock)
            adopted = done.after.adopted
            self.lock = locks.remember(found.facts["id"], adopted.wanted, adopted.found, self.lock)
            later = await survey(api.reader, wanted, self.lock.ids)
            return done.outcomes, propose(later, self.lock).without_manual()

    def _nothing_is_lost(self, before: Mapping[Key, str], wanted: Account, found: Survey) -> None:
        """Every id that is gone, and every name that is archived, was asked for."""
        after = dict(things(self.world))
        there = found.adopted.found
        listed = {key_of(have): want for want in wanted.resources if (have := there.get(want.address))}
        old = {key_of(item) for item in found.adopted.old.values()}
        swept = {place[0] for place, rule in wanted.settings.manage.items() if rule == "all"}
        sent_away = {key for key, want in listed.items() if want.marks.absent is not None}
        for key, name in before.items():
            own, want = (key[0], key[-1]), listed.get((key[0], key[-1]))
            if key not in after:
                # A webhook of another URL is another webhook; a field takes its options along, a pipeline its stages.
                asked = own in sent_away or (OWNERS.get(key[0], ""), key[1]) in sent_away
                assert asked or (want and key[0] == "webhook"), f"{key} {name!r} is gone"
            elif after[key].startswith(PREFIX) and not name.startswith(PREFIX):
                asked = want.marks.archived is not None if want else key[0] in swept
                assert asked or own in old, f"{key} {name!r} is archived"


OWNERS = {"option": "field", "stage": "pipeline"}


def key_of(have: Resource) -> Key:
    """(kind, id); the closing stages, whose ids repeat, never leave."""
    return have.address.kind, str(have.id)


def test_lives_of_an_account() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        ),
    )
