"""Snapshots: nothing is lost on the way through a file, and the way back leads exactly as far as the apply went."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from amoconf.changes import Change
from amoconf.diff import diff
from amoconf.errors import AmoconfError, UsageError
from amoconf.lock import Entry, Lock
from amoconf.match import Adopted
from amoconf.meantime import Parts
from amoconf.model import Account, Resource, Settings
from amoconf.plan import Plan
from amoconf.report.undowords import UndoWords
from amoconf.revisit import asking, known_ids
from amoconf.snapshot import Head, Snapshot, dump, finish, kept, load, take
from amoconf.survey import Survey, survey
from amoconf.undoing import led_back, lock_after, lock_of_way, plan_back
from amoconf.values import Address, Hidden
from amoconf.wayback import NEW_ID, PROTECTED, SECRET, STAYS, Back, Lost, way_back
from tests.fakes import Answers, Situation
from tests.test_cases import NAMES, read_case

KEY = b"k"
HEAD = Head(1, "case.amocrm.ru", "r1", 1_700_000_000)


def planned(name: str) -> tuple[Situation, Plan] | None:
    """The plan of a case; None where the case is about there being none."""
    case, flags = read_case(name)
    try:
        return None if case.found().adopted.problems else (case, case.plan(**flags))
    except AmoconfError:
        return None


PLANNED = {name: found for name in NAMES if (found := planned(name)) is not None}


@pytest.mark.parametrize("name", PLANNED)
def test_what_was_dumped_is_loaded(name: str) -> None:
    case, plan = PLANNED[name]
    snapshot = take(plan, HEAD, case.lock, KEY)
    assert load(dump(snapshot), "s.json") == snapshot
    done = finish(snapshot, plan, plan.view.found, KEY)
    assert load(dump(done), "s.json") == done
    assert done.after == done.before


@pytest.mark.parametrize("name", PLANNED)
def test_nothing_done_is_nothing_to_undo(name: str) -> None:
    """The run was killed before its first write."""
    case, plan = PLANNED[name]
    snapshot = take(plan, HEAD, case.lock, KEY)
    found = asyncio.run(survey(Answers(case.answers), asking(snapshot), known_ids(snapshot)))
    assert not found.adopted.problems
    back = way_back(snapshot, found.adopted.found, KEY)
    way = plan_back(led_back(found, back), back, lock_of_way(known_ids(snapshot), case.lock))
    assert [str(change.address) for change in way.changes] == []
    assert back.lost == ()
    assert back.notices == ()


def thing(address: str, key: int | str | None = None, **attrs: Any) -> Resource:
    """A thing; attribute names with dots are written with two underscores."""
    kind, *path = address.split("/")
    named = {name.replace("__", "."): value for name, value in attrs.items()}
    raw = {"sort": 1, "users": (), "main": attrs.get("main", False)}
    return Resource(Address(kind, tuple(path)), named, key, raw=raw)


CITY, GROUP = "field/leads/city", Address("field_group", ("leads", "Архив"))


def field_of(name: str = "Город", key: int | None = 7, **more: Any) -> Resource:
    """The field of most situations."""
    usual = {
        "type": "text",
        "code": None,
        "group": None,
        "required_at": (),
        "hidden_at": (),
        "api_only": False,
    }
    return thing(CITY, key, **{**usual, "name": name, **more})


ARCHIVED: dict[str, Any] = {"api_only": True, "group": GROUP}
HOOK = "https://x.example/s3cr3t"


@dataclass(frozen=True)
class Case:
    """Before the apply, after it, and now; what goes back, what is told, what is lost."""

    before: tuple[Resource, ...]
    after: tuple[Resource, ...]
    now: tuple[Resource, ...] | None = None
    changes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()
    touched: tuple[str, ...] = (CITY,)
    made: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    deals: dict[str, bool] = field(default_factory=dict)


def lost(address: str, cause: str, detail: str = "") -> tuple[Lost, ...]:
    """One thing that does not come back."""
    return (Lost(thing(address).address, cause, detail),)


RETAIL = thing("pipeline/retail", 1, name="Розница", main=True, unsorted=False, in_archive=False)
SIDE = thing("pipeline/retail", 1, name="Розница", main=False, unsorted=False, in_archive=False)
FORMER = replace(
    RETAIL, address=Address("pipeline", ("former",)), id=2, attrs={**RETAIL.attrs, "name": "Была"}
)
NEW = thing("stage/retail/new", 12, name="Новая", color=None)
OLD = replace(thing("stage/retail/old", 11, name="Первая", color=None), place=0)
ROLE = thing("role/boss", 5, name="Начальник")
REASON = thing("loss_reason/dear", 9, name="Дорого")
WEB = thing("webhook/erp", 3, url=HOOK, events=("add_lead",))

CASES = {
    "a renamed field gets its name again": Case(
        (field_of(),), (field_of("Town"),), changes=("update field/leads/city name: Town -> Город",)
    ),
    "what stands as before already is left alone": Case((field_of(),), (field_of("Town"),), (field_of(),)),
    "what somebody has changed since is told and left alone": Case(
        (field_of(),),
        (field_of("Town"),),
        (field_of("Village"),),
        told=("field/leads/city was changed by somebody since the apply (name)",),
    ),
    "another attribute that somebody has changed is none of our business": Case(
        (field_of(),),
        (field_of("Town"),),
        (field_of("Town", required_at=(NEW.address,)),),
        changes=("update field/leads/city name: Town -> Город",),
    ),
    "one of two attributes goes back": Case(
        (field_of(),),
        (field_of("Town", code="CITY"),),
        (field_of("Village", code="CITY"),),
        changes=("update field/leads/city code: CITY -> None",),
        told=("field/leads/city was changed by somebody since the apply (name)",),
    ),
    "what is gone since cannot go back": Case(
        (field_of(),), (field_of("Town"),), (), told=("field/leads/city is not in the account any more",)
    ),
    "an archived field is brought back": Case(
        (field_of(),),
        (field_of("[архив] Город", **ARCHIVED),),
        changes=(
            "restore field/leads/city group: Архив -> None; api_only: True -> False; name: [архив] Город -> Город",
        ),
    ),
    "a field that was brought back is archived again": Case(
        (field_of("[архив] Город", **ARCHIVED),),
        (field_of(),),
        changes=(
            "archive field/leads/city name: Город -> [архив] Город; group: None -> Архив; api_only: False -> True",
        ),
    ),
    "a deleted field is made anew": Case(
        (field_of(code="CITY"),),
        (),
        changes=("create field/leads/city name: None -> Город; type: None -> text; code: None -> CITY",),
        lost=lost(CITY, NEW_ID),
    ),
    "a field that somebody has made again is left alone": Case(
        (field_of(),),
        (),
        (field_of(key=8),),
        told=("field/leads/city was made again by somebody since the apply",),
    ),
    "a new field is archived": Case(
        (),
        (field_of(),),
        made=(CITY,),
        changes=(
            "archive field/leads/city name: Город -> [архив] Город; group: None -> Архив; api_only: False -> True",
        ),
        lost=lost(CITY, STAYS),
    ),
    "a new field that is gone already needs nothing": Case((), (field_of(),), (), made=(CITY,)),
    "a protected new field stays": Case(
        (), (field_of(),), made=(CITY,), protected=(CITY,), lost=lost(CITY, PROTECTED)
    ),
    "a new role is deleted": Case(
        (), (ROLE,), made=("role/boss",), touched=(), changes=("delete role/boss",)
    ),
    "a new loss reason is taken out of use": Case(
        (),
        (REASON,),
        made=("loss_reason/dear",),
        touched=(),
        changes=("archive loss_reason/dear name: Дорого -> [архив] Дорого",),
        lost=lost("loss_reason/dear", STAYS),
    ),
    "a new thing that somebody has changed goes all the same": Case(
        (),
        (ROLE,),
        (replace(ROLE, attrs={"name": "Директор"}),),
        made=("role/boss",),
        touched=(),
        changes=("delete role/boss",),
        told=("role/boss was changed by somebody since (name)",),
    ),
    "a thing whose id was not noted is known by its name": Case(
        (),
        (replace(ROLE, id=None),),
        (ROLE,),
        made=("role/boss",),
        touched=(),
        changes=("delete role/boss",),
        told=("role/boss is taken for what the apply made by its name: its id was not noted",),
    ),
    "a new stage without deals is deleted": Case(
        (RETAIL, OLD),
        (RETAIL, OLD, NEW),
        made=("stage/retail/new",),
        deals={"stage/retail/new": False},
        changes=("delete stage/retail/new",),
    ),
    "a new stage that may hold deals is taken out of use": Case(
        (RETAIL, OLD),
        (RETAIL, OLD, NEW),
        made=("stage/retail/new",),
        changes=("archive stage/retail/new name: Новая -> [архив] Новая",),
        lost=lost("stage/retail/new", STAYS),
    ),
    "a new pipeline goes with its stages": Case(
        (),
        (SIDE, OLD, NEW),
        made=("pipeline/retail", "stage/retail/old", "stage/retail/new"),
        touched=(),
        changes=("delete pipeline/retail",),
    ),
    "a new main pipeline is the main one no more when it is deleted": Case(
        (FORMER,),
        (replace(FORMER, attrs={**FORMER.attrs, "main": False}), RETAIL),
        made=("pipeline/retail",),
        touched=(),
        changes=("delete pipeline/retail main: True -> False", "update pipeline/former main: False -> True"),
        told=("pipeline/former was not in the plan, but its main changed with the apply",),
    ),
    "a new pipeline with deals is taken out of use": Case(
        (),
        (SIDE, OLD),
        made=("pipeline/retail", "stage/retail/old"),
        touched=(),
        deals={"pipeline/retail": True},
        changes=(
            "archive pipeline/retail name: Розница -> [архив] Розница",
            "archive pipeline/retail in_archive: False -> True",
        ),
        lost=lost("pipeline/retail", STAYS),
    ),
    "a link that the service cut with what was deleted comes back": Case(
        (RETAIL, OLD, NEW, field_of(required_at=(NEW.address,))),
        (RETAIL, OLD, field_of()),
        touched=("stage/retail/new",),
        changes=(
            "create stage/retail/new name: None -> Новая",
            "update field/leads/city required_at: () -> retail/new",
        ),
        told=("field/leads/city was not in the plan, but its required_at changed with the apply",),
        lost=lost("stage/retail/new", NEW_ID),
    ),
    "what others did while the apply ran is left alone": Case(
        (ROLE, field_of()), (replace(ROLE, attrs={"name": "Директор"}), field_of()), touched=(CITY,)
    ),
    "a deleted webhook had a secret": Case(
        (WEB,), (), touched=("webhook/erp",), lost=lost("webhook/erp", SECRET, "url")
    ),
    "a webhook that has another address since has lost a secret": Case(
        (WEB,),
        (replace(WEB, attrs={**WEB.attrs, "url": "https://y.example", "events": ("add_task",)}),),
        touched=("webhook/erp",),
        changes=("update webhook/erp events: add_task -> add_lead",),
        lost=lost("webhook/erp", SECRET, "url"),
    ),
    "a code goes back to the field that had it": Case(
        (replace(field_of(code="CITY"), address=Address("field", ("leads", "city@text"))),),
        (
            replace(field_of("[архив] Город", **ARCHIVED), address=Address("field", ("leads", "city@text"))),
            field_of(key=8, type="select", code="CITY"),
        ),
        touched=(CITY, "field/leads/city@text"),
        made=(CITY,),
        changes=(
            "archive field/leads/city name: Город -> [архив] Город; group: None -> Архив; api_only: False -> True; "
            "code: CITY -> None",
            "restore field/leads/city@text group: Архив -> None; api_only: True -> False; "
            "name: [архив] Город -> Город; code: None -> CITY",
        ),
        lost=lost(CITY, STAYS),
    ),
}


def snapshot_of(case: Case) -> Snapshot:
    """The snapshot of a situation, as it comes out of its file."""
    settings = Settings()
    sides = [
        Account(tuple(kept(item, KEY) for item in things), settings) for things in (case.before, case.after)
    ]
    touched, made = (frozenset(thing(text).address for text in texts) for texts in (case.touched, case.made))
    snapshot = Snapshot(HEAD, sides[0], sides[1], touched | made, made, Lock(), finished=True)
    return load(dump(snapshot), "s.json")


def way_of(case: Case) -> tuple[Plan, Back]:
    """The way back of a situation."""
    snapshot = snapshot_of(case)
    group = thing("field_group/leads/Архив", "leads_1", name="Архив")
    found = Account((*(case.after if case.now is None else case.now), replace(group, aside=True)))
    deals = {thing(text).address: full for text, full in case.deals.items()}
    back = way_back(snapshot, found, KEY, deals, {thing(text).address for text in case.protected})
    seen = led_back(Survey(Adopted(Account(), found), {}), back)
    return plan_back(seen, back, lock_of_way(known_ids(snapshot), Lock())), back


@pytest.mark.parametrize("title", CASES)
def test_the_way_back(title: str) -> None:
    case = CASES[title]
    way, back = way_of(case)
    assert tuple(line(change) for change in way.changes) == case.changes
    assert tuple(item.what for item in back.notices) == case.told
    assert back.lost == case.lost
    assert not [item for item in way.changes if item.origin]


def line(change: Change) -> str:
    """One change."""
    rows = (f"{item.name}: {said(item.before)} -> {said(item.after)}" for item in change.attributes)
    return f"{change.action} {change.address} {'; '.join(rows)}".strip()


def said(value: Any) -> str:
    """One value."""
    if isinstance(value, Address):
        return value.key
    if isinstance(value, tuple) and value:
        return ", ".join("/".join(item.path) if isinstance(item, Address) else str(item) for item in value)
    return str(value)


@pytest.mark.parametrize("title", CASES)
def test_at_its_end_the_way_is_gone(title: str) -> None:
    """What was wanted back and is there is no difference any more."""
    case = CASES[title]
    _, back = way_of(case)
    there = [item for item in back.wanted.resources if not item.marks.leaves]
    whole = [replace(item, id=item.id or 1) for item in there]
    assert diff(Account(tuple(there)), Account(tuple(whole))) == ()


def test_a_code_is_handed_over_in_two_requests() -> None:
    way, _ = way_of(CASES["a code goes back to the field that had it"])
    steps = [step for step in way.steps if step.array == "custom_fields"]
    assert [step.body.get("code", "unsaid") for step in steps] == [None, "CITY"]
    assert len({step.chain for step in steps}) == 1
    assert steps[0].chain is not None


def test_deals_that_come_at_the_last_moment_go_to_the_stage_beside() -> None:
    way, _ = way_of(CASES["a new stage without deals is deleted"])
    [moving] = [step for step in way.steps if step.data]
    assert str(moving.data["to"]) == "stage/retail/old"


def test_an_order_goes_back_unless_somebody_has_changed_it() -> None:
    def stages(*keys: str) -> tuple[Resource, ...]:
        made = [thing(f"stage/retail/{key}", ord(key), name=key, color=None) for key in keys]
        return (RETAIL, *(replace(item, place=place) for place, item in enumerate(made)))

    def moves(now: str) -> tuple[list[str], list[str]]:
        case = Case(stages(*"abc"), stages(*"cab"), stages(*now), touched=("stage/retail/c",))
        way, back = way_of(case)
        return [line(change) for change in way.changes], [item.what for item in back.notices]

    assert moves("cab") == (["move stage/retail/c position: 1 -> 3"], [])
    assert moves("abc") == ([], [])
    assert moves("bca") == ([], ["stage/retail/b was put elsewhere among its siblings by somebody since"])
    # A newcomer is nobody's move.
    assert moves("cxab") == (["move stage/retail/c position: 1 -> 4"], [])


def test_a_deleted_stage_comes_back_to_its_place() -> None:
    def stages(*keys: str) -> tuple[Resource, ...]:
        made = [thing(f"stage/retail/{key}", ord(key), name=key, color=None) for key in keys]
        return (RETAIL, *(replace(item, place=place) for place, item in enumerate(made)))

    way, _ = way_of(Case(stages(*"abc"), stages(*"ac"), touched=("stage/retail/b",)))
    [change] = way.changes
    assert [address.key for address in change.target] == ["a", "b", "c"]


def test_things_keep_the_names_they_had_before() -> None:
    """Archived by `manage: all`, an unlisted thing has another address than before."""
    _, plan = PLANNED["manage_all"]
    snapshot = take(plan, HEAD, Lock(), KEY)

    def archived(item: Resource) -> Resource:
        if item.address.kind != "tag":
            return item
        return replace(item, address=Address(item.address.kind, ("leads", f"[архив] {item.address.key}")))

    renamed = [archived(item) for item in plan.view.found.resources]
    assert {item.address for item in renamed} != set(plan.view.found.index)
    done = finish(snapshot, plan, Account(tuple(renamed)), KEY)
    assert set(done.after.index) == set(done.before.index)


LOCK = Lock(1, {thing(CITY).address: Entry(7, {"name": "Город"}), ROLE.address: Entry(5, {"name": "x"})})


@pytest.mark.parametrize(
    ("before", "now", "remembered"),
    [
        (LOCK, (field_of(),), Entry(7, {"name": "Город"})),
        (LOCK, (field_of(key=8),), Entry(8, {"name": "Город"})),
        (LOCK, (), None),
        (Lock(1), (field_of(),), Entry(7)),
    ],
)
def test_the_lock_goes_back_too(before: Lock, now: tuple[Resource, ...], remembered: Entry | None) -> None:
    snapshot = replace(snapshot_of(CASES["a renamed field gets its name again"]), lock=before)
    after = replace(LOCK, entries={**LOCK.entries, thing(CITY).address: Entry(7, {"name": "Town"})})
    found = lock_after(after, snapshot, Account(now))
    assert found.entries.get(thing(CITY).address) == remembered
    assert found.entries[ROLE.address] == LOCK.entries[ROLE.address]


def test_secrets_are_kept_as_hashes_only() -> None:
    snapshot = snapshot_of(CASES["a deleted webhook had a secret"])
    assert "s3cr3t" not in dump(snapshot)
    url = snapshot.before.index[WEB.address].attrs["url"]
    assert isinstance(url, Hidden)
    assert url.value is None


DAMAGED: dict[str, Any] = {
    "a key is missing": lambda body: body.pop("before"),
    "an address is none": lambda body: body["touched"].append(["nonsense", "x"]),
    "a value is none": lambda body: body["before"][0]["attrs"].update(name={"strange": 1}),
    "the lock is none": lambda body: body.update(lock=["{"]),
    "another version": lambda body: body.update(amoconf_snapshot=9),
}


@pytest.mark.parametrize("title", DAMAGED)
def test_a_damaged_snapshot_is_told(title: str) -> None:
    body = json.loads(dump(snapshot_of(CASES["a renamed field gets its name again"])))
    DAMAGED[title](body)
    with pytest.raises(UsageError, match=r"s\.json"):
        load(json.dumps(body), "s.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"amoconf_snapshot": 1}', "\x00", "[" * 10_000])
def test_what_is_no_snapshot_is_told(text: str) -> None:
    with pytest.raises(UsageError, match=r"s\.json"):
        load(text, "s.json")


def test_every_loss_has_its_sentence() -> None:
    words = UndoWords()
    texts = {words.why_lost(kind, NEW_ID, "") for kind in ("field", "stage", "widget", "pipeline", "tag")}
    texts |= {words.why_lost("field", cause, "url") for cause in (SECRET, STAYS, PROTECTED, "unsayable")}
    assert len(texts) == 9


ZONE = "field/leads/zone"


def zone(name: str = "Район", key: int = 8, **more: Any) -> Resource:
    """A field that the second part of an apply has nothing to do with."""
    return thing(ZONE, key, name=name, **more)


@dataclass(frozen=True)
class Two:
    """An apply in two parts: before, as the first left it, as the second found it and left it; what counts as left."""

    before: tuple[Resource, ...]
    left: tuple[Resource, ...]
    found: tuple[Resource, ...]
    now: tuple[Resource, ...]
    after: tuple[Resource, ...]
    concerned: tuple[str, ...] = (ZONE,)
    own: tuple[str, ...] = (CITY,)


MOVED = (field_of("Town"), zone("Area"))
MADE = thing("option/leads/zone/Рязань", 90, name="Рязань")
IN_TWO = {
    "what a person has changed in between stays": Two(
        (field_of(), zone()),
        (field_of(), zone("Area")),
        (field_of(), zone("Чужое")),
        (field_of("Town"), zone("Чужое")),
        MOVED,
    ),
    "what a person has made in between is nobody's": Two(
        (field_of(), zone()),
        (field_of(), zone("Area")),
        (field_of(), zone("Area"), MADE),
        (field_of("Town"), zone("Area"), MADE),
        MOVED,
    ),
    "what a person has deleted in between is no deletion of the apply": Two(
        (field_of(), zone()), (field_of(), zone("Area")), (field_of(),), (field_of("Town"),), MOVED
    ),
    "what the service has cut in the second part counts": Two(
        (field_of(), zone(group=GROUP)),
        (field_of(), zone(group=GROUP)),
        (field_of(), zone(group=GROUP)),
        (field_of("Town"), zone(group=None)),
        (field_of("Town"), zone(group=None)),
        concerned=(),
    ),
    "what was left to a person to do counts": Two(
        (field_of(), zone()),
        (field_of(), zone()),
        (field_of(), zone("Area")),
        (field_of("Town"), zone("Area")),
        MOVED,
    ),
    "places are all of one moment": Two(
        (field_of(), zone()),
        (field_of(), zone("Area")),
        (field_of(), zone("Чужое")),
        (replace(field_of("Town"), place=2), replace(zone("Чужое"), place=1)),
        (replace(field_of("Town"), place=2), replace(zone("Area"), place=1)),
    ),
}


@pytest.mark.parametrize("name", IN_TWO)
def test_what_an_apply_in_two_parts_has_left(name: str) -> None:
    case = IN_TWO[name]
    before, left, found, now = (Account(each) for each in (case.before, case.left, case.found, case.now))
    parts = Parts(before, left, found, [thing(each).address for each in case.concerned])
    after = parts.after(now, [thing(each).address for each in case.own])
    assert sorted(after.resources, key=str) == sorted(case.after, key=str)
