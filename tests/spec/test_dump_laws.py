"""Whatever the account is like: a plan of what import writes changes nothing, with the lock file and without it."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amoconf import lock
from amoconf.match import adopt
from amoconf.model import Account
from amoconf.values import Address
from tests.spec.accounts import Wire, loaded

NAMES = st.sampled_from(
    ["а", "а", "б", "а/б", "[архив] а", "Архив", "won", "*", "", "🔥", "142", "default", " а", "в", "г", "д"]
)
LETTERS = st.sampled_from(["AAAA", "DDDD", "ADDD", "AAD", "DDD", "A"])
TYPES = st.sampled_from(
    ["text", "numeric", "select", "multiselect", "tracking_data", "monetary", "checkbox", "strange"]
)
RIGHT = st.sampled_from("AGMD")
GONE = 999_999


@st.composite
def accounts(draw: st.DrawFn) -> Wire:
    """A small account full of equal names, links to what is archived or gone, and odd rights."""
    wire = Wire()
    pairs = [pair for _ in range(draw(st.integers(0, 3))) for pair in pipeline(draw, wire)]
    pairs += [(pairs[0][0], GONE)] if pairs else []
    groups = [
        wire.group("leads", f"leads_{number}", draw(NAMES)) for number in range(draw(st.integers(0, 3)))
    ]
    for _ in range(draw(st.integers(0, 5))):
        field(draw, wire, pairs, [None, "default", "statistic", *(group["id"] for group in groups)])
    catalogs = [
        wire.add("catalogs", name=draw(NAMES), type=draw(st.sampled_from(["regular", "products"])))
        for _ in range(draw(st.integers(0, 2)))
    ]
    for catalog in catalogs:
        wire.field(
            f"catalogs/{catalog['id']}", draw(NAMES), draw(TYPES), options=draw(st.lists(NAMES, max_size=2))
        )
    roles = [
        role(draw, wire, pairs, [catalog["id"] for catalog in catalogs])
        for _ in range(draw(st.integers(0, 3)))
    ]
    for number in range(draw(st.integers(0, 3))):
        chosen = draw(st.sampled_from([None, GONE, *(item["id"] for item in roles)]))
        wire.user(f"{number // 2}@acme.example", role_id=chosen, group_id=0, is_active=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 3))):
        wire.add(
            "leads/tags", name=draw(NAMES), color=draw(st.sampled_from([None, "D0D0D0", "ffce5a", "123456"]))
        )
        wire.add("leads/loss_reasons", name=draw(NAMES), sort=draw(st.integers(0, 2)))
        wire.task_type(draw(NAMES), color=draw(st.sampled_from([None, "568FFA", "red"])))
    return wire


def pipeline(draw: st.DrawFn, wire: Wire) -> list[tuple[int, int]]:
    """Adds one; answers its (pipeline, stage) pairs."""
    stages = draw(st.lists(NAMES, max_size=3))
    flags = {"is_archive": draw(st.booleans()), "is_unsorted_on": draw(st.booleans())}
    made = wire.pipeline(draw(NAMES), stages, won=draw(NAMES), sort=draw(st.integers(0, 2)), **flags)
    return [(made["id"], stage["id"]) for stage in made["_embedded"]["statuses"]]


def field(draw: st.DrawFn, wire: Wire, pairs: Any, groups: Any) -> None:
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=3)) if pairs else []
    wire.field(
        "leads",
        draw(NAMES),
        draw(TYPES),
        [
            {"value": draw(NAMES), "code": draw(st.sampled_from([None, "x"]))}
            for _ in range(draw(st.integers(0, 3)))
        ],
        group_id=draw(st.sampled_from(groups)),
        required_statuses=[{"pipeline_id": pipeline, "status_id": stage} for pipeline, stage in chosen],
        is_api_only=draw(st.booleans()),
        is_predefined=draw(st.integers(0, 5)) == 0,
        code=draw(st.sampled_from([None, None, "X"])),
        sort=draw(st.integers(0, 2)),
    )


def role(draw: st.DrawFn, wire: Wire, pairs: Any, catalogs: Any) -> Any:
    rows = {pair: draw(LETTERS) for pair in pairs if draw(st.booleans())}
    if draw(st.booleans()):
        rows = dict.fromkeys(pairs, draw(LETTERS)) | rows
    leads = {name: draw(RIGHT) for name in ("view", "edit", "delete", "export")}
    rights = [
        {"catalog_id": key, "rights": {"view": draw(st.sampled_from("ALD"))}} for key in [*catalogs, GONE]
    ]
    return wire.role(draw(NAMES), rows, leads=leads, catalog_rights=rights)


def attributes(account: Account) -> dict[Address, Any]:
    return {item.address: item.attrs for item in account.resources}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(accounts())
def test_a_plan_of_an_import_is_empty(wire: Wire) -> None:
    written = wire.dumped()
    assert wire.changes(written) == ()
    wanted = loaded(written)
    assert attributes(wanted) == attributes(written.listing.wanted)
    remembered = lock.remember(1, wanted, adopt(wanted, wire.found(), {}).found, lock.Lock())
    assert wire.changes(written, remembered.ids) == ()
