"""The matrix of rights that roles and users carry: its shape, its order, what the server adds to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.emulator.check import Fault, Key, Shape, fault, join
from amoconf.emulator.store import Store, Thing

Rights = dict[str, Any]

CARD = ("view", "edit", "add", "delete", "export")
BLOCKS = {"leads": CARD, "contacts": CARD, "companies": CARD, "tasks": ("edit", "delete")}
SWITCHES = ("mail_access", "catalog_access")
STAGE = ("view", "edit", "delete", "export")
CATALOG = ("view", "add", "edit", "delete", "export")
# What a role gives to its users, in the order in which a user's rights list it.
SHARED = (*BLOCKS, *SWITCHES, "status_rights", "catalog_rights")

# Breadth of the letters, and what a right cannot be broader than (config page C10, dependencies).
BREADTH = {"D": 0, "M": 1, "G": 2, "L": 3, "A": 4}
BOUNDS = {"edit": ("view",), "delete": ("view", "edit"), "export": ("view",)}


def _letters(names: Iterable[str], choices: str, *, optional: tuple[str, ...] = ()) -> dict[str, Key]:
    def key(name: str) -> Key:
        return Key(required=name not in optional, choices="AD" if name == "add" else choices)

    return {name: key(name) for name in names}


def _row(**keys: Key) -> Key:
    return Key("array", null=True, items=Key("object", keys=keys))


STATUS_RIGHTS = _row(
    entity_type=Key(required=True, choices=("leads",)),
    pipeline_id=Key("int", required=True),
    status_id=Key("int", required=True),
    rights=Key("object", required=True, keys=_letters(STAGE, "AD", optional=("export",))),
)
CATALOG_RIGHTS = _row(
    catalog_id=Key("int", required=True),
    rights=Key("object", required=True, keys=_letters(CATALOG, "ALD")),
)


def shape(*, blocks_required: bool) -> Shape:
    """The keys of `rights` that may be written; a block is sent whole (guess: config page C10)."""
    blocks = {
        name: Key("object", required=blocks_required, keys=_letters(names, "AGMD"))
        for name, names in BLOCKS.items()
    }
    rows = {"catalog_rights": CATALOG_RIGHTS, "status_rights": STATUS_RIGHTS}
    return {**blocks, **{name: Key("bool") for name in SWITCHES}, **rows}


def no_rights() -> Rights:
    """Everything denied, as a role's `rights`."""
    return _even("D", access=False)


def full_rights() -> Rights:
    """Everything allowed; no rows for stages and lists."""
    return _even("A", access=True)


def _even(letter: str, *, access: bool) -> Rights:
    blocks = {name: dict.fromkeys(names, letter) for name, names in BLOCKS.items()}
    return {**blocks, **dict.fromkeys(SWITCHES, access), "catalog_rights": [], "status_rights": []}


def ordered(given: Mapping[str, Any]) -> Rights:
    """Rights as the server writes them down: its order of keys, lists for null, one row a stage or list."""
    result: Rights = {name: _sorted(given[name], names) for name, names in BLOCKS.items() if name in given}
    result |= {name: given[name] for name in SWITCHES if name in given}
    if "catalog_rights" in given:
        rows = {row["catalog_id"]: row for row in given["catalog_rights"] or []}
        result["catalog_rights"] = [
            {"catalog_id": key, "rights": _sorted(row["rights"], CATALOG)} for key, row in rows.items()
        ]
    if "status_rights" in given:
        stages = {(row["pipeline_id"], row["status_id"]): row for row in given["status_rights"] or []}
        result["status_rights"] = [
            stage_row(pipeline_id, status_id, row["rights"])
            for (pipeline_id, status_id), row in stages.items()
        ]
    return result


def _sorted(block: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: block[name] for name in names if name in block}


def stage_row(pipeline_id: int, status_id: int, letters: Mapping[str, str]) -> dict[str, Any]:
    """One row of `status_rights`."""
    ids = {"entity_type": "leads", "pipeline_id": pipeline_id, "status_id": status_id}
    return {**ids, "rights": _sorted(letters, STAGE)}


def faults(
    store: Store, given: Mapping[str, Any], *, dependencies: bool, path: str = "rights"
) -> list[Fault]:
    """What a right shape does not show: a broken order of rights, stages and lists that do not exist."""
    found = [*_breaches(given, path)] if dependencies else []
    for index, row in enumerate(given.get("status_rights") or []):
        found += _stage_faults(store, row, f"{path}.status_rights.{index}")
    for index, row in enumerate(given.get("catalog_rights") or []):
        if store.get("catalog", row["catalog_id"]) is None:
            found.append(fault("NotSupportedChoice", f"{path}.catalog_rights.{index}.catalog_id"))
    return found


def _breaches(given: Mapping[str, Any], path: str) -> Iterable[Fault]:
    # guess: config page C10; the documentation only says that blocks must respect the dependencies.
    for name in BLOCKS:
        yield from _block_breaches(given.get(name, {}), join(path, name))
    for rows in ("catalog_rights", "status_rights"):
        for index, row in enumerate(given.get(rows) or []):
            yield from _block_breaches(row["rights"], f"{path}.{rows}.{index}.rights")


def _block_breaches(block: Mapping[str, str], path: str) -> Iterable[Fault]:
    for name, bounds in BOUNDS.items():
        if any(
            BREADTH[block[name]] > BREADTH[block[bound]]
            for bound in bounds
            if bound in block and name in block
        ):
            yield fault("NotSupportedChoice", join(path, name))


def _stage_faults(store: Store, row: Mapping[str, Any], path: str) -> list[Fault]:
    if store.get("pipeline", row["pipeline_id"]) is None:
        return [fault("NotSupportedChoice", f"{path}.pipeline_id")]
    stage = store.get("stage", row["status_id"], str(row["pipeline_id"]))
    if stage is None:
        return [fault("NotSupportedChoice", f"{path}.status_id")]
    unsorted, export = stage["type"] == 1, "export" in row["rights"]
    if unsorted and export:
        return [fault("FieldNotExpected", f"{path}.rights.export")]
    # guess: config page C10 names four rights for an ordinary stage and does not call any optional.
    return [] if unsorted or export else [fault("FieldMissing", f"{path}.rights.export")]


def shown(store: Store, given: Rights, *, hidden_unsorted: bool = True) -> Rights:
    """Rights as they are read: unsorted stages and lists without a row are denied, dead rows are gone.

    Rows that are null (administrators) stay null, and rows of another form (see `users`) stay as they are.
    """
    stages, catalogs = given.get("status_rights"), given.get("catalog_rights")
    more: Rights = {}
    if stages is not None:
        more["status_rights"] = _stage_rows(store, stages, hidden_unsorted)
    if catalogs is not None and all(isinstance(row["rights"], dict) for row in catalogs):
        more["catalog_rights"] = _catalog_rows(store, catalogs)
    return {**given, **more}


def _stage_rows(store: Store, rows: list[Thing], hidden_unsorted: bool) -> list[Thing]:
    kept = [row for row in rows if store.get("stage", row["status_id"], str(row["pipeline_id"]))]
    named = {(row["pipeline_id"], row["status_id"]) for row in kept}
    denied = dict.fromkeys(STAGE[:3], "D")
    for pipeline in store.all("pipeline"):
        if not (hidden_unsorted or pipeline["is_unsorted_on"]):
            continue
        for stage in store.all("stage", str(pipeline["id"])):
            if stage["type"] == 1 and (pipeline["id"], stage["id"]) not in named:
                kept.append(stage_row(pipeline["id"], stage["id"], denied))
    return kept


def _catalog_rows(store: Store, rows: list[Thing]) -> list[Thing]:
    kept = [row for row in rows if store.get("catalog", row["catalog_id"])]
    named = {row["catalog_id"] for row in kept}
    denied = dict.fromkeys(CATALOG, "D")
    new = [catalog["id"] for catalog in store.all("catalog") if catalog["id"] not in named]
    return kept + [{"catalog_id": catalog_id, "rights": dict(denied)} for catalog_id in new]
