"""From changes to rows: what the documents say of secrets, nested values, brakes, people's steps and the last apply."""

from amoconf.brakes import weigh
from amoconf.changes import AttrChange, Change, Step, View
from amoconf.diff import inside
from amoconf.lock import Entry, Lock
from amoconf.model import Account, Resource
from amoconf.outcome import Outcome
from amoconf.plan import Plan
from amoconf.report.changerow import attribute_row, change_row, compared, stop
from amoconf.report.document import apply_document, drift_document, plan_document
from amoconf.values import Address, Hidden

ROLE = Address("role", ("copy",))
CITY = Address("field", ("leads", "city"))
ACCOUNT = {"id": 1, "subdomain": "x", "domain": "amocrm.ru"}
EMPTY = View(Account(), Account())


def stage(key: str) -> Address:
    return Address("stage", ("retail", key))


def test_inside_follows_maps_and_names_stages_as_a_spec_does() -> None:
    before = {stage("a"): {"view": "all", "edit": "none"}, stage("b"): {"view": "all"}}
    after = {stage("a"): {"view": "none", "edit": "none"}, stage("c"): {"view": "none"}}
    assert inside(before, after) == [
        (("retail/a", "view"), "all", "none"),
        (("retail/c",), None, {"view": "none"}),
        (("retail/b",), {"view": "all"}, None),
    ]


def test_inside_compares_lists_without_their_order() -> None:
    assert inside(("a", "b"), ("b", "a")) == []
    assert inside(("a", "b"), ("b", "c")) == [((), "a", None), ((), None, "c")]


def test_inside_needs_only_one_side() -> None:
    assert inside(None, ("a",)) == [((), None, "a")]
    assert inside({"a": 1}, None) == [(("a",), 1, None)]
    assert inside("a", "b") == []
    assert inside((), None) == []


def test_inside_tells_an_item_that_is_itself_a_map() -> None:
    assert inside({"a": ({"x": 1},)}, {"a": ({"x": 2},)}) == [(("a", "x"), 1, 2)]


def test_values_stand_in_the_words_of_yaml() -> None:
    change = Change(CITY, "update")
    row = attribute_row(change, AttrChange("required_at", (), (stage("won"),)), Entry(None))
    assert row["after"] == ["retail/won"]
    assert row["inside"] == [{"path": [], "before": None, "after": "retail/won"}]


def test_a_create_says_which_values_say_nothing() -> None:
    change = Change(CITY, "create")
    silent = {
        value: attribute_row(change, AttrChange(name, None, value), Entry(None))["silent"]
        for name, value in (("api_only", False), ("required_at", ()), ("name", "Город"), ("visible", True))
    }
    assert silent == {False: True, (): True, "Город": False, True: True}


def test_a_boolean_that_differs_from_its_default_is_said() -> None:
    change = Change(Address("pipeline", ("retail",)), "create")
    assert not attribute_row(change, AttrChange("unsorted", None, False), Entry(None))["silent"]


def test_the_lock_says_who_moved_each_attribute() -> None:
    lock = Lock(1, {CITY: Entry(1, {"name": "Город", "code": "CITY"})})
    change = Change(CITY, "update", (AttrChange("name", "Town", "Город"), AttrChange("code", "CITY", "TOWN")))
    rows = change_row(change, Plan((change,), (), EMPTY), lock)["attributes"]
    assert [(row["origin"], row["last"]) for row in rows] == [("drift", "Город"), ("spec", "CITY")]


def test_no_secret_is_in_a_row() -> None:
    url = "https://user:pass@hooks.example/amo/0123456789abcdef0123456789abcdef?key=zzz"
    address = Address("webhook", ("erp",))
    secret = Hidden("https://hooks.example/amo/${secret:ERP}", url)
    have = Resource(address, {"url": url, "events": ("add_lead",)}, id=1)
    change = Change(
        address, "update", (AttrChange("url", url, secret),), have=have, want=have.with_map({"url": secret})
    )
    lock = Lock(1, {address: Entry(1, {"url": url})})
    texts = str(change_row(change, Plan((change,), (), EMPTY), lock)) + str(
        compared("webhook", "url", change.want, have)
    )
    assert "${secret:ERP}" in texts
    for word in ("0123456789abcdef", "pass", "zzz"):
        assert word not in texts


def test_what_the_brakes_say_is_taken_apart() -> None:
    found = [Resource(Address("tag", ("leads", f"тег {n}")), {"name": f"тег {n}"}, id=n) for n in range(9)]
    changes = [Change(item.address, "archive", have=item) for item in found]
    blocked, _ = weigh(changes, View(Account(), Account(tuple(found))), Lock(), ())
    sentences = blocked[found[3].address]
    assert [stop(sentence)["allow"] for sentence in sentences] == [["tag/leads/тег 3", "tag/leads/*"]]
    assert "--allow" not in stop(sentences[0])["why"]


def test_a_grave_removal_is_lifted_by_its_address_alone() -> None:
    change = Change(
        Address("widget", ("old",)), "delete", have=Resource(Address("widget", ("old",)), {}, id=1)
    )
    blocked, _ = weigh([change], EMPTY, Lock(), ())
    assert [stop(sentence)["allow"] for sentence in blocked[change.address]] == [["widget/old"]]


def test_what_nothing_lifts_names_no_allowance() -> None:
    assert stop("protected in the lock file") == {"why": "protected in the lock file", "allow": []}


def test_peoples_steps_belong_to_the_part_that_people_do() -> None:
    pipeline = Address("pipeline", ("old",))
    one, two = Change(pipeline, "archive"), Change(pipeline, "archive", channel="manual")
    steps = (Step((pipeline,), "rename"), Step((pipeline,), "click here", channel="manual"))
    plan = Plan((one, two), steps, EMPTY)
    assert [row["manual"] for row in plan_document(plan, ACCOUNT, 1)["changes"]] == [[], ["click here"]]


def test_moves_of_deals_are_told_with_their_change() -> None:
    change = Change(stage("thinking"), "delete")
    data = {"work": "move_deals", "from": stage("thinking"), "to": stage("offer")}
    plan = Plan((change,), (Step((change.address,), "move", data=data),), EMPTY)
    expected = {"work": "move_deals", "from": "stage/retail/thinking", "to": "stage/retail/offer"}
    assert plan_document(plan, ACCOUNT, 1)["changes"][0]["moves"] == [expected]


def test_an_apply_says_where_to_click() -> None:
    user = Address("user", ("a@b.example",))
    plan = Plan(
        (), (Step((user,), "first", channel="manual"), Step((user,), "second", channel="manual")), EMPTY
    )
    rows = (
        Outcome(user, "manual", "manual", "second"),
        Outcome(CITY, "create", "manual", "fallback (404)"),
        Outcome(ROLE, "update", "failed", "no"),
    )
    steps = apply_document(rows, ACCOUNT, left=(), converged=True, plan=plan)["steps"]
    assert [step["manual"] for step in steps] == [["first", "second"], ["fallback (404)"], []]


def test_drift_leaves_out_people_where_asked() -> None:
    changes = (Change(CITY, "update"), Change(ROLE, "update", channel="manual"))
    plan = Plan(changes, (), EMPTY)
    with_people = drift_document(plan, ACCOUNT, 1, manual=True)
    without = drift_document(plan, ACCOUNT, 1, manual=False)
    assert [len(item["differences"]) for item in (with_people, without)] == [2, 1]


def test_an_explained_secret_is_compared_by_what_it_is() -> None:
    url, address = "https://hooks.example/amo/0123456789abcdef0123456789abcdef", Address("webhook", ("erp",))
    have = Resource(address, {"url": url}, id=1)
    for value, same in ((url, True), (f"{url}0", False), (None, False)):
        want = Resource(address, {"url": Hidden("https://hooks.example/amo/${secret:ERP}", value)})
        assert compared("webhook", "url", want, have)["same"] is same


def test_an_explained_attribute_is_the_same_only_where_it_is_managed() -> None:
    want = Resource(CITY, {"name": "Город"})
    have = Resource(CITY, {"name": "Город", "code": "CITY"}, id=1)
    rows = [compared("field", name, want, have) for name in ("name", "code")]
    assert [(row["managed"], row["same"]) for row in rows] == [(True, True), (False, False)]
    limit = compared(
        "stage", "stall_limit", Resource(stage("a"), {"stall_limit": 600}), Resource(stage("a"), {})
    )
    assert (limit["local"], limit["spec"]) == (True, "10m")
