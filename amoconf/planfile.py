"""Plan ⇄ plan.json: what was planned, from what to what, so that `apply` can tell whether it still holds.

The file carries no requests. `apply` reads the account, makes the plan anew from the spec, and does only what both
agree on: an object that already has its planned value is done, any other value than the one planned from is stale.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amoconf import __version__
from amoconf.brakes import REMOVALS
from amoconf.changes import MANUAL, Change
from amoconf.errors import Problem, Stale, UsageError
from amoconf.kinds import KINDS, parse_address
from amoconf.lock import shown
from amoconf.plan import Plan
from amoconf.recipe import CLEAR
from amoconf.tongue import tr
from amoconf.touch import Impact
from amoconf.values import Address, Value, plain

VERSION = 1
DAY = 86400
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Pin:
    """What a saved plan is bound to. key: for the hashes of secret values. now: account time, Unix seconds."""

    account: int
    host: str
    revision: str
    now: int
    key: bytes


@dataclass(frozen=True)
class Saved:
    """A plan read back from its file."""

    rows: tuple[Row, ...]
    allowed: tuple[str, ...]
    revision: str
    account: int
    made_by: str
    expires_at: int

    @property
    def addresses(self) -> tuple[str, ...]:
        """Everything that it changes."""
        return tuple(dict.fromkeys(row["address"] for row in self.rows))

    @property
    def maps(self) -> dict[Address, Mapping[str, str]]:
        """Maps of values that it has fixed: spelling → option, by field."""
        return {parse_address(row["address"]): row["convert"] for row in self.rows if row["convert"]}

    @property
    def clears(self) -> bool:
        """Whether old fields are emptied."""
        return any(row["clears"] for row in self.rows)

    @property
    def kept(self) -> dict[Address, Mapping[str, Any]]:
        """What new fields take over from those that they replace, as YAML would have it."""
        return {parse_address(row["address"]): row["kept"] for row in self.rows if row["kept"]}

    @property
    def parts(self) -> tuple[str, ...]:
        """What is made together with something else (stages of a new pipeline)."""
        return tuple(dict.fromkeys(part for row in self.rows for part in row["parts"]))


def dump(plan: Plan, pin: Pin, *, valid_s: int = DAY) -> str:
    """The file's text: readable, versioned, a row a change."""
    maps = {
        step.data["recipe"].field: step.data["recipe"].pinned for step in plan.steps if "recipe" in step.data
    }
    clears = {step.serves[0] for step in plan.steps if step.data.get("work") == CLEAR}
    body = {
        "amoconf_plan": VERSION,
        "amoconf": __version__,
        "account": {"id": pin.account, "host": pin.host},
        "spec_revision": pin.revision,
        "made_at": pin.now,
        "expires_at": pin.now + valid_s,
        "allowed": list(plan.allowed),
        "changes": [
            {
                **_row(change, pin.key, plan.impacts.get(change.address)),
                "convert": maps.get(change.address),
                "clears": change.address in clears,
            }
            for change in plan.changes
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _row(change: Change, key: bytes, impact: Impact | None = None) -> Row:
    return {
        "address": str(change.address),
        "action": change.action,
        "channel": change.channel,
        "id": change.have.id if change.have else None,
        "attributes": [
            {
                "name": item.name,
                "before": marked(change.address.kind, item.name, item.before, key),
                "after": marked(change.address.kind, item.name, item.after, key),
            }
            for item in change.attributes
        ],
        "parts": [str(part.address) for part in change.parts],
        "kept": {name: marked(change.address.kind, name, value, key) for name, value in change.kept.items()},
        "records": _records(impact),
    }


def _records(impact: Impact | None) -> int | None:
    """How many records the plan showed; None where it could not say."""
    return impact.records if impact is not None and impact.exact else None


def marked(kind: str, name: str, value: Value, key: bytes) -> Any:
    """A value as the file holds it: as YAML would, a secret one as a keyed hash."""
    attr = KINDS[kind].by_name.get(name)
    if value is None or attr is None:
        return value
    if attr.codec.secret:
        text = str(plain(value)).encode()
        return f"hash:{hmac.new(key, text, hashlib.sha256).hexdigest()[:32]}"
    return json.loads(json.dumps(shown(attr.codec, value), default=str))


def load(text: str, file: str) -> Saved:
    """The plan of a file's text. UsageError where it is none, or of another version."""
    try:
        body = json.loads(text)
        if body["amoconf_plan"] != VERSION:
            raise UsageError(
                tr("{file}: this plan is of version {version}", file=file, version=body["amoconf_plan"]),
                tr("plan again with this amoconf"),
            )
        return load_body(body)
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            tr("{file} is no saved plan ({error!r})", file=file, error=error),
            tr("make one with amoconf plan -o plan.json"),
        ) from error


def load_body(body: Mapping[str, Any]) -> Saved:
    """The plan of a JSON document. KeyError, TypeError, ValueError where it is none."""
    return Saved(
        rows=tuple(_read_row(row) for row in body["changes"]),
        allowed=tuple(body["allowed"]),
        revision=body["spec_revision"],
        account=body["account"]["id"],
        made_by=body["amoconf"],
        expires_at=int(body["expires_at"]),
    )


def _read_row(row: Row) -> Row:
    """A row that has all that `agree` looks at."""
    attributes = [{name: item[name] for name in ("name", "before", "after")} for item in row["attributes"]]
    known = {name: row[name] for name in ("address", "action", "channel", "id")}
    more = {"parts": list(row["parts"]), "records": row.get("records"), "convert": row.get("convert")}
    more["clears"] = bool(row.get("clears"))
    more["kept"] = dict(row.get("kept") or {})
    return {**known, "attributes": attributes, **more}


def check_pin(saved: Saved, pin: Pin, *, expires: bool = True) -> None:
    """Stale where account, spec, tool or time are no longer those of the plan; one begun does not expire."""
    reasons = (
        (
            saved.account != pin.account,
            tr("it is for account {one}, this is {other}", one=saved.account, other=pin.account),
        ),
        (saved.revision != pin.revision, tr("the spec has changed since")),
        (
            saved.made_by != __version__,
            tr("it was made by amoconf {one}, this is {other}", one=saved.made_by, other=__version__),
        ),
        (expires and pin.now > saved.expires_at, tr("it has expired")),
    )
    found = [text for is_so, text in reasons if is_so]
    if found:
        raise Stale(
            tr("the saved plan cannot be applied: {reasons}; nothing was written", reasons="; ".join(found)),
            "amoconf plan -o …",
        )


def agree(saved: Saved, fresh: Plan, key: bytes, begun: Collection[Address] = ()) -> None:
    """Stale names every object that is neither as planned from nor as planned to; what is done already is fine.

    `fresh` is the plan of now, limited to the saved addresses. Nothing is sent for a person's work: it is passed
    over. begun: what an interrupted apply of this plan has begun to write, so that it may stand anywhere in between.
    """
    now = {str(item.address): item for item in fresh.changes if item.channel != MANUAL}
    ours = {str(address) for address in begun}
    problems: list[Problem] = []
    for row in saved.rows:
        change = now.pop(row["address"], None) if row["channel"] != MANUAL else None
        if change is not None and row["address"] not in ours:
            problems += _differences(row, _row(change, key, fresh.impacts.get(change.address)))
    known = set(saved.parts) | ours
    problems += [_unplanned(change) for address, change in now.items() if address not in known]
    if problems:
        raise _stale(problems)


def _stale(problems: Sequence[Problem]) -> Stale:
    lines = "\n".join(f"  {problem.address}: {problem.what}" for problem in problems)
    text = tr("the account is no longer as the plan found it; nothing was written")
    return Stale(f"{text}\n{lines}", "amoconf plan -o …")


def _unplanned(change: Change) -> Problem:
    return Problem(
        tr("would be {action}, which the plan does not hold", action=tr(change.action)),
        address=str(change.address),
    )


def _differences(row: Row, now: Row) -> Iterable[Problem]:
    """What stands in the way of one change."""
    address = str(row["address"])
    was, act = row["action"], now["action"]
    if was != act or row["id"] != now["id"]:
        text = tr(
            "planned as {action} of id {id}, now {now_action} of id {now_id}",
            action=tr(was),
            id=row["id"],
            now_action=tr(act),
            now_id=now["id"],
        )
        yield Problem(text, address=address)
        return
    planned = {item["name"]: item for item in row["attributes"]}
    for item in now["attributes"]:
        old = planned.get(item["name"])
        if old is None:
            yield Problem(_changed(item), address=address)
        elif item["before"] != old["before"] or item["after"] != old["after"]:
            yield Problem(_moved(old, item), address=address)
    if row["action"] in REMOVALS and row["records"] is not None and (now["records"] or 0) > row["records"]:
        text = tr(
            "touches {now} records now, the plan showed {before}", now=now["records"], before=row["records"]
        )
        yield Problem(text, address=address)
    if set(row["parts"]) != set(now["parts"]):
        yield Problem(tr("its parts are no longer those of the plan"), address=address)


def _changed(item: Row) -> str:
    return tr(
        "{name} is now {value!r}, which the plan does not change", name=item["name"], value=item["before"]
    )


def _moved(old: Row, item: Row) -> str:
    """One attribute in the plan and now."""
    return tr(
        "{name}: planned from {before!r} to {after!r}, now {now!r}",
        name=item["name"],
        before=old["before"],
        after=old["after"],
        now=item["before"],
    )
