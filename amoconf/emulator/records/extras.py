"""What `with=` adds to cards: links and dictionary entries, looked up for a whole page at once.

The words are those of protocol page 5.3. Texts are not parsed: `_embedded` is the last key and takes more at
its end.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from amoconf.emulator.answer import dumps
from amoconf.emulator.records.drawing import in_order
from amoconf.emulator.records.fragments import self_json
from amoconf.emulator.store import ORIGIN, Store

Find = Callable[[Store, str, Sequence[int]], Mapping[int, str]]  # (store, entity, ids) -> fragment by id

_OWN_LINK = f'"_links":{{"self":{{"href":"{ORIGIN}'


def with_extras(store: Store, entity: str, ids: Sequence[int], words: Iterable[str]) -> list[str]:
    """Texts of cards in the order of their ids, with what `with=` adds; unknown words add nothing."""
    texts = in_order(store, entity, ids)
    words = set(words)
    if entity == "leads" and "is_price_modified_by_robot" in words:
        texts = [_before_links(text, '"is_price_modified_by_robot":false,') for text in texts]
    asked = [(word, *EXTRAS[entity][word]) for word in EXTRAS[entity] if word in words]
    if not asked:
        return texts
    found = [(f',"{word}":', empty, find(store, entity, ids)) for word, empty, find in asked]
    pieces = ["".join([head + row.get(key, empty) for head, empty, row in found]) for key in ids]
    return [f"{text[:-2]}{piece}}}}}" for text, piece in zip(texts, pieces, strict=True)]


def _before_links(text: str, piece: str) -> str:
    place = text.index(_OWN_LINK)
    return f"{text[:place]}{piece}{text[place:]}"


def forward(to_type: str, *, main: bool) -> Find:
    """Cards that this entity's own links point to; `main` tells which of them is the main one."""

    def find(store: Store, entity: str, ids: Sequence[int]) -> Mapping[int, str]:
        rows = store.db.execute(
            "SELECT from_id, to_id, is_main FROM link WHERE from_type = ? AND to_type = ?"
            f" AND from_id IN ({_list(ids)}) ORDER BY is_main DESC, to_id",
            (entity, to_type),
        )
        return _grouped(
            (mine, _card(to_type, other, is_main if main else None)) for mine, other, is_main in rows
        )

    return find


def backward(from_type: str, *, main: bool = False) -> Find:
    """Cards whose links point to this entity."""

    def find(store: Store, entity: str, ids: Sequence[int]) -> Mapping[int, str]:
        rows = store.db.execute(
            "SELECT to_id, from_id, is_main FROM link WHERE to_type = ? AND from_type = ?"
            f" AND to_id IN ({_list(ids)}) ORDER BY from_id",
            (entity, from_type),
        )
        return _grouped(
            (mine, _card(from_type, other, is_main if main else None)) for mine, other, is_main in rows
        )

    return find


def _list(ids: Sequence[int]) -> str:
    return ",".join(map(str, ids))


def _card(entity: str, key: int, is_main: int | None) -> str:
    main = "" if is_main is None else f'"is_main":{"true" if is_main else "false"},'
    return f'{{"id":{key},{main}{self_json(f"/{entity}/{key}")}}}'


def _grouped(pieces: Iterable[tuple[int, str]]) -> dict[int, str]:
    lists: dict[int, list[str]] = defaultdict(list)
    for key, piece in pieces:
        lists[key].append(piece)
    return {key: f"[{','.join(found)}]" for key, found in lists.items()}


def elements(store: Store, entity: str, ids: Sequence[int]) -> Mapping[int, str]:
    """Linked list elements with their quantities."""
    rows = store.db.execute(
        "SELECT from_id, to_id, metadata FROM link WHERE from_type = ? AND to_type = 'catalog_elements'"
        f" AND from_id IN ({_list(ids)}) ORDER BY to_id",
        (entity,),
    )
    return _grouped((mine, _element(other, json.loads(metadata or "{}"))) for mine, other, metadata in rows)


def _element(key: int, metadata: dict[str, int]) -> str:
    shown = {name: metadata.get(name) for name in ("quantity", "catalog_id", "price_id")}
    path = f"/catalogs/{metadata.get('catalog_id')}/elements/{key}"
    return f'{{"id":{key},"metadata":{dumps(shown)},{self_json(path)}}}'


def loss_reasons(store: Store, entity: str, ids: Sequence[int]) -> Mapping[int, str]:
    """A list of none or one: of a deleted reason nothing is shown (config page, C6: guess)."""
    rows = store.db.execute(f"SELECT id, loss_reason_id FROM leads WHERE id IN ({_list(ids)})").fetchall()
    shown = {reason: _loss_reason(store, reason) for reason in {row[1] for row in rows}}
    return {key: shown[reason] for key, reason in rows}


def _loss_reason(store: Store, reason_id: int | None) -> str:
    reason = store.get("loss_reason", reason_id) if reason_id else None
    if reason is None:
        return "[]"
    return f"[{dumps(reason)[:-1]},{self_json(f'/leads/loss_reasons/{reason_id}')}}}]"


def sources(store: Store, entity: str, ids: Sequence[int]) -> Mapping[int, str]:
    """The source of a deal, or null."""
    rows = store.db.execute(f"SELECT id, source_id FROM leads WHERE id IN ({_list(ids)})")
    return {key: _source(store, source_id) for key, source_id in rows}


def _source(store: Store, source_id: int | None) -> str:
    source = store.get("source", source_id) if source_id else None
    return dumps({"id": source["id"], "name": source["name"]}) if source else "null"


# Word of `with=` -> (what stands for nothing, how it is found).
EXTRAS: dict[str, dict[str, tuple[str, Find]]] = {
    "leads": {
        "contacts": ("[]", forward("contacts", main=True)),
        "catalog_elements": ("[]", elements),
        "loss_reason": ("[]", loss_reasons),
        "source": ("null", sources),
    },
    "contacts": {
        "leads": ("[]", backward("leads")),
        "customers": ("[]", backward("customers")),
        "catalog_elements": ("[]", elements),
    },
    "companies": {
        "contacts": ("[]", backward("contacts")),
        "leads": ("[]", backward("leads")),
        "customers": ("[]", backward("customers")),
        "catalog_elements": ("[]", elements),
    },
    "customers": {
        "contacts": ("[]", forward("contacts", main=True)),
        "companies": ("[]", forward("companies", main=False)),
        "catalog_elements": ("[]", elements),
    },
}
