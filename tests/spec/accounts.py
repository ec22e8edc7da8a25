"""Accounts as the service would tell of them, made from a few words, and what a spec of them leads to."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from amoconf.changes import Change
from amoconf.diff import diff
from amoconf.model import Account
from amoconf.spec.dump import Dump, dump
from amoconf.spec.load import load
from amoconf.spec.node import Template
from amoconf.spec.remarks import Head
from amoconf.spec.schemacheck import check
from amoconf.spec.secrets import resolve
from amoconf.spec.variables import fill_in
from amoconf.spec.yamlfile import parse
from amoconf.survey import survey
from amoconf.values import Address

HEAD = Head("acme", 1, "amocrm.ru", "2026-01-02")
Item = dict[str, Any]


class Wire:
    """An account in the words of the service. Ids are counted up, so that later things have higher ones."""

    def __init__(self) -> None:
        self.ids = itertools.count(1001)
        self.document: Item = {
            "id": 1,
            "subdomain": "acme",
            "current_user_id": 1,
            "customers_mode": "segments",
            "_embedded": {"task_types": [], "users_groups": [{"id": 0, "name": "Отдел продаж"}]},
        }
        self.items: dict[str, list[Item]] = {}

    async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
        """Only the account itself is one object."""
        assert path == "/api/v4/account"
        return self.document

    async def pages(
        self, path: str, key: str, query: Any = (), *, limit: int | None = 250
    ) -> AsyncIterator[list[Item]]:
        """The whole collection as one page; none where it is empty."""
        items = self.items.get(path.removeprefix("/api/v4/"), [])
        if items:
            yield items

    def add(self, path: str, **item: Any) -> Item:
        """One more thing of a collection, at its end."""
        rows = self.items.setdefault(path, [])
        rows.append({"id": next(self.ids), "sort": 10 * len(rows) + 10, **item})
        return rows[-1]

    def pipeline(self, name: str, stages: Sequence[str | Item] = ("Новая",), **more: Any) -> Item:
        """A pipeline with its stages; the closing ones and the incoming-leads stage come by themselves."""
        won, lost = more.pop("won", "Успешно реализовано"), more.pop("lost", "Закрыто и не реализовано")
        flags = {"is_main": False, "is_unsorted_on": True, "is_archive": False}
        pipeline = self.add("leads/pipelines", **{"name": name, **flags, **more})
        rows: list[Item] = [
            {"id": next(self.ids), "name": "Неразобранное", "type": 1, "sort": 10, "color": "#c1c1c1"}
        ]
        for index, stage in enumerate(stages):
            row = {"name": stage} if isinstance(stage, str) else stage
            rows.append({"id": next(self.ids), "type": 0, "sort": 20 + 10 * index, "color": "#99ccff", **row})
        rows.append({"id": 142, "name": won, "type": 0, "sort": 10000, "color": "#CCFF66"})
        rows.append({"id": 143, "name": lost, "type": 0, "sort": 11000, "color": "#D5D8DB"})
        for row in rows:
            row["pipeline_id"] = pipeline["id"]
            row["is_editable"] = row["type"] == 0 and row["id"] > 143
            hints = row.pop("hints", {})
            texts = [
                {"id": next(self.ids), "level": level, "description": text} for level, text in hints.items()
            ]
            self.items.setdefault(f"leads/pipelines/{pipeline['id']}/statuses", []).append(
                {**row, "descriptions": texts}
            )
        pipeline["_embedded"] = {"statuses": rows}
        return pipeline

    def field(
        self, scope: str, name: str, kind: str = "text", options: Sequence[Any] = (), **more: Any
    ) -> Item:
        """A field; options are texts or items."""
        rows = [{"value": option} if isinstance(option, str) else option for option in options]
        enums = [{"id": next(self.ids), "sort": index, **row} for index, row in enumerate(rows)] or None
        return self.add(f"{scope}/custom_fields", name=name, type=kind, enums=enums, **more)

    def group(self, scope: str, key: str, name: str, **more: Any) -> Item:
        """A tab of cards."""
        return self.add(
            f"{scope}/custom_fields/groups", **{"id": key, "name": name, "is_predefined": False, **more}
        )

    def role(self, name: str, stages: Mapping[tuple[int, int], str] | None = None, **rights: Any) -> Item:
        """A role; `stages`: (pipeline, stage) → letters of view, edit, delete, export."""
        rows = [
            {
                "entity_type": "leads",
                "pipeline_id": pipeline,
                "status_id": stage,
                "rights": dict(zip(("view", "edit", "delete", "export"), letters, strict=False)),
            }
            for (pipeline, stage), letters in (stages or {}).items()
        ]
        return self.add("roles", name=name, rights={"status_rights": rows, **rights})

    def user(self, email: str, **rights: Any) -> Item:
        """A user who is active unless told otherwise."""
        return self.add(
            "users", email=email, name=email.partition("@")[0], rights={"is_active": True, **rights}
        )

    def webhook(self, url: str, *events: str) -> Item:
        """A webhook."""
        return self.add("webhooks", destination=url, settings=list(events), sort=1)

    def task_type(self, name: str, **more: Any) -> None:
        """A task type of the account's own."""
        row = {"id": next(self.ids), "name": name, "color": None, "icon_id": None, **more}
        self.document["_embedded"]["task_types"].append(row)

    def found(self) -> Account:
        """The account as import finds it."""
        return asyncio.run(survey(self, None, {})).adopted.found

    def dumped(self, *only: str) -> Dump:
        """What import writes."""
        return dump(self.found(), HEAD, only)

    def changes(self, written: Dump, ids: Mapping[Address, int | str] | None = None) -> tuple[Change, ...]:
        """What a plan of it would change; ambiguities are none of it."""
        wanted = loaded(written)
        adopted = asyncio.run(survey(self, wanted, ids or {})).adopted
        assert adopted.problems == ()
        assert adopted.notices == ()
        return diff(adopted.wanted, adopted.found, adopted.old)


def loaded(written: Dump) -> Account:
    """The spec read back, by the loader and by the schema."""
    root, problems = fill_in(parse(written.text, "account.yaml"), {})
    assert problems == []
    check(root)

    def secret(template: Template) -> str | None:
        return resolve(template, written.secrets)

    return load(root, secret)


def tree(written: Dump) -> Any:
    """The spec as plain values."""
    return parse(written.text, "account.yaml").plain()
