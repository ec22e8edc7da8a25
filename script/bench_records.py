"""Measures the work on records at the real pace: filling the mirror, bringing it up to date, moving values."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benching import AMOCONF, Emulator, Figure, emulator, environment_of, requests, run

LIMIT = 7  # requests a second
CHANGED = 1000
CITIES = (
    "Пенза Москва Саратов Самара Ульяновск Саранск Тольятти Сызрань Кузнецк Заречный Каменка Сердобск".split()
)


def records(folder: Path, scale: str) -> Iterator[Figure]:
    """The mirror and a conversion, every answer 100 ms late."""
    words = ("--scenario", "audited", "--scale", scale, "--latency-ms", "100")
    with emulator(*words) as running:
        spec = folder / "city.yaml"
        environment = environment_of(running, folder / "records", spec)
        spec.write_text(SPEC, encoding="utf-8")
        yield from mirror(running, environment)
        yield from conversion(running, environment)


def mirror(running: Emulator, environment: dict[str, str]) -> Iterator[Figure]:
    """`values` fills it with all deals; once more after a thousand have changed."""
    count = len(requests(running))
    run([*AMOCONF, "values", "leads/city"], **environment)
    rows = [row for row in requests(running)[count:] if row["path"] == "/api/v4/leads"]
    yield Figure("mirror: pages read", len(rows), "requests")
    yield Figure("mirror: filling, of the pace limit", share(rows), "", 0.95, at_least=True)
    change(running)
    count = len(requests(running))
    run([*AMOCONF, "values", "leads/city"], **environment)
    rows = [row for row in requests(running)[count:] if row["path"].startswith("/api/v4/leads")]
    yield Figure(f"mirror: refresh after {CHANGED} changed deals", len(rows), "requests", 12)


def conversion(running: Emulator, environment: dict[str, str]) -> Iterator[Figure]:
    """The field "Город" becomes a list: the batches that write, and how fast they follow."""
    count = len(requests(running))
    words = ("--yes", "--allow", "field/leads/city", "--max-changes-per-hour", "off", "--no-wait")
    run([*AMOCONF, "apply", *words], **environment)
    moving = [row for row in requests(running)[count:] if row["path"] == "/api/v4/leads"]
    writes = [row for row in moving if row["method"] == "PATCH"]
    first, last = moving.index(writes[0]), moving.index(writes[-1])
    yield Figure("conversion: batches written", len(writes), "requests")
    yield Figure("conversion: of the pace limit", share(moving[first : last + 1]), "", 0.95, at_least=True)


def share(rows: list[dict[str, Any]]) -> float:
    """Requests sent of those that seven a second would be."""
    seconds = float(rows[-1]["at"]) - float(rows[0]["at"])
    return (len(rows) - 1) / (LIMIT * seconds)


def change(running: Emulator) -> None:
    """A thousand deals, of all ages, get another price."""
    connection = http.client.HTTPConnection(urlsplit(running.start["base_url"]).netloc)
    headers = {"Authorization": f"Bearer {running.start['token']}", "Content-Type": "application/json"}

    def ask(method: str, path: str, body: Any = None) -> Any:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        content = connection.getresponse().read()
        return json.loads(content) if content else None

    for page in range(1, 1 + CHANGED // 250):
        found = ask("GET", f"/api/v4/leads?limit=250&page={page}&order[id]=asc")
        rows = [{"id": row["id"], "price": (row["price"] or 0) + 1} for row in found["_embedded"]["leads"]]
        ask("PATCH", "/api/v4/leads", rows)


SPEC = f"""amoconf: 1
account: {{subdomain: stroymarket}}
fields:
  leads:
    city:
      name: Город
      type: select
      options: [{", ".join(CITIES)}]
      convert: {{values: auto, otherwise: keep}}
"""
