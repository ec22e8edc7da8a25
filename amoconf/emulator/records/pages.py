"""Pages of records: a slice of ids, their stored texts, and the links around them."""

import re
from collections.abc import Callable, Sequence

from amoconf.emulator.answer import HAL, NOTHING, Answer, dumps
from amoconf.emulator.call import Call
from amoconf.emulator.listing import Page
from amoconf.emulator.store import Store, Thing

Draw = Callable[[Sequence[int]], list[str]]


def answer(call: Call, key: str, ids: Sequence[int], draw: Draw, page: Page | None = None) -> Answer:
    """One page of a list under `key`; 204 when it is empty. `draw` answers the texts of ids in order."""
    page = page or Page.of(call)
    chosen = ids[page.offset : page.offset + page.limit]
    if not chosen:
        return NOTHING
    texts = draw(chosen)
    head = {"_page": page.number, "_links": page.links(call, len(chosen), None)}
    return Answer(200, f'{dumps(head)[:-1]},"_embedded":{{"{key}":[{",".join(texts)}]}}}}', HAL)


def stored(store: Store, table: str, ids: Sequence[int]) -> list[str]:
    """Texts of rows that hold no words of any dictionary, in the order of their row ids."""
    sql = f"SELECT rowid, body FROM {table} WHERE rowid IN ({','.join(map(str, ids))})"
    found: dict[int, str] = dict(store.db.execute(sql))
    return [found[key] for key in ids]


_NUMBER = re.compile(r'("field_type":"(?:numeric|price|monetary)","values":\[\{"value":)"([^"]*)"')


def numbers(call: Call, texts: list[str]) -> list[str]:
    """Texts with the values of number fields as the switch numeric_as wants them; stored are strings."""
    if call.world.switches.numeric_as == "string":
        return texts
    return [_NUMBER.sub(r"\1\2", text) for text in texts]


def one(text: str) -> Answer:
    """A single record."""
    return Answer(200, text, HAL)


def written(call: Call, key: str, items: Sequence[Thing], *, total: bool = False) -> Answer:
    """The answer to a batch: `_links` to where it was sent, and the items."""
    head: Thing = {"_total_items": len(items)} if total else {}
    body = {**head, "_links": {"self": {"href": call.link(call.path)}}, "_embedded": {key: list(items)}}
    return Answer(200, dumps(body), HAL)


def order_sql(call: Call, allowed: Sequence[str], default: str) -> str:
    """ORDER BY of `order[name]=asc|desc`; rows that are equal in it stand by id. Unknown names are ignored.

    The plus signs keep SQLite from walking whole records just because they lie in the wanted order.
    """
    given = call.query.get("order")
    for name, way in given.items() if isinstance(given, dict) else ():
        if name in allowed:
            direction = "DESC" if str(way).lower() == "desc" else "ASC"
            return f"+{name} {direction}, +id {direction}"
    return default
