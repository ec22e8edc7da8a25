"""`amoconf drift --accept`, `--revert` and `import --into`: what is written into a spec, and what never is."""

import json
import random
import re
from collections.abc import Mapping
from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amoconf.lock import Lock
from tests.generated import PEOPLE_RENAME, specs
from tests.living import Living, living

CASES = Path(__file__).parent / "accepted"
NAMES = sorted(path.name for path in CASES.iterdir())


def known(value: Any, ids: Mapping[str, Any]) -> Any:
    """The value with "<address>" as the id that the lock knows."""
    if isinstance(value, dict):
        return {key: known(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item, ids) for item in value]
    if isinstance(value, str) and re.fullmatch("<.*>", value):
        return ids[value[1:-1]]
    return re.sub("<([^>]*)>", lambda match: str(ids[match[1]]), value) if isinstance(value, str) else value


def changed(account: Living, change: Mapping[str, Any]) -> None:
    """What a person does in the interface, or another program over the API."""
    if "ui" in change:
        account.ui(**change["ui"])
    else:
        answer = account.client.patch(f"/api/v4/{change['patch']['path']}", json=change["patch"]["body"])
        assert answer.is_success, answer.text


def ids_of(lock: Lock) -> dict[str, Any]:
    return {str(address): entry.id for address, entry in lock.entries.items()}


@pytest.mark.parametrize("name", NAMES)
def test_situations(name: str, tmp_path: Path) -> None:
    before, after = (
        (CASES / name / f"{word}.yaml").read_text(encoding="utf-8") for word in ("before", "after")
    )
    case = yaml.safe_load((CASES / name / "change.yaml").read_text(encoding="utf-8"))
    with living(tmp_path) as account:
        account.spec(before)
        done = account.amoconf("apply", "--yes", "--no-wait", "--allow", "*")
        assert done.code == 0, done.err
        for change in known(case["changes"], ids_of(account.lock)):
            changed(account, change)
        done = account.amoconf("drift", "--accept", *case.get("accept", ()))
        assert (tmp_path / "account.yaml").read_text(encoding="utf-8") == after, done.err
        assert done.code == case.get("code", 0), done.err
        assert case.get("says", "") in done.err
        assert not list(tmp_path.glob("*.bak")) + list(tmp_path.glob("*.new"))
        if not done.code:
            assert account.amoconf("drift", "--no-manual").code == 0


def renamed(account: Living, dice: random.Random) -> dict[str, str]:
    """Some things get new names; by address."""
    entries = [(key, entry.id) for key, entry in account.lock.entries.items() if key.kind in PEOPLE_RENAME]
    entries = [(key, number) for key, number in entries if key.path[0] != "catalogs"]
    names = {}
    for address, number in dice.sample(entries, min(3, len(entries))):
        words = {"entity": address.path[0]} if address.kind in ("field", "tag") else {}
        if address.kind == "stage":
            words["pipeline_id"] = account.id_of(f"pipeline/{address.path[0]}")
        name = f"Новое: имя {len(names)}"
        account.ui(action="rename", kind=address.kind, id=number, name=name, **words)
        names[str(address)] = name
    return names


@given(spec=specs(), seed=st.integers(0, 999))
@settings(max_examples=5, derandomize=True, suppress_health_check=list(HealthCheck))
def test_only_the_lines_concerned_change_and_nothing_is_left(
    spec: dict[str, Any], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law")
    with living(folder) as account:
        text = "# сверху\n" + yaml.safe_dump(spec, allow_unicode=True, sort_keys=False)
        account.spec(text)
        if account.amoconf("apply", "--yes", "--no-wait", "--allow", "*").code:
            return
        names = renamed(account, random.Random(seed))
        document = account.amoconf("drift", "--accept", "--format", "json").json
        told = {row["address"] for row in (*document["accepted"], *document["refused"])}
        after = (folder / "account.yaml").read_text(encoding="utf-8")
        lines = [line for line in ndiff(text.splitlines(), after.splitlines()) if line[0] in "+-"]
        assert len(lines) == 2 * len(document["accepted"])
        left = account.amoconf("drift", "--format", "json").json["differences"]
        accepted = {row["address"] for row in document["accepted"]}
        assert not accepted & {row["address"] for row in left}
        leaving = {row["address"] for row in left}
        assert set(names) <= told | leaving


def test_parts_in_included_files_and_line_ends_stay(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        part = "loss_reasons:\r\n  price: Дорого   # цена\r\n  away: Пропал\r\n"
        (tmp_path / "part.yaml").write_bytes(part.encode())
        account.spec("amoconf: 1\naccount: {subdomain: stroymarket}\ninclude: [part.yaml]\n")
        assert account.amoconf("apply", "--yes").code == 0
        account.ui(action="rename", kind="loss_reason", id=account.id_of("loss_reason/price"), name="Дорогая")
        done = account.amoconf("drift", "--accept", "--format", "json")
        assert (done.code, done.json["files"]) == (0, [str(tmp_path / "part.yaml")])
        assert (tmp_path / "part.yaml").read_bytes() == part.replace("Дорого", "Дорогая").encode()
        assert account.amoconf("drift").code == 0


REASONS = "amoconf: 1\naccount: {subdomain: stroymarket}\nloss_reasons: {price: Дорого, away: Пропал}\n"


def test_revert_is_an_apply_of_what_people_changed(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        account.spec(REASONS)
        assert account.amoconf("apply", "--yes").code == 0
        account.spec(REASONS.replace("away: Пропал", "away: Не отвечает"))
        account.ui(action="rename", kind="loss_reason", id=account.id_of("loss_reason/price"), name="Дорогая")
        assert account.amoconf("drift", "--revert").code == 1
        done = account.amoconf("drift", "--revert", "--yes")
        assert (done.code, done.err) == (0, "")
        left = account.amoconf("drift", "--format", "json").json["differences"]
        assert [(row["address"], row["origin"]) for row in left] == [("loss_reason/away", "spec")]
        done = account.amoconf("drift", "--revert", "--yes")
        assert done.code == 0
        assert "Nothing to set back" in done.out


def test_a_conflict_is_settled_by_name_only(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        account.spec(REASONS)
        assert account.amoconf("apply", "--yes").code == 0
        mine = REASONS.replace("Дорого", "Цена")
        account.spec(mine)
        account.ui(action="rename", kind="loss_reason", id=account.id_of("loss_reason/price"), name="Дорогая")
        assert account.amoconf("drift", "--accept").code == 1
        assert (tmp_path / "account.yaml").read_text(encoding="utf-8") == mine
        assert account.amoconf("drift", "--accept", "loss_reason/price").code == 0
        assert "price: Дорогая" in (tmp_path / "account.yaml").read_text(encoding="utf-8")
        assert account.amoconf("drift", "--accept", "loss_reason/none").code == 1


def test_flags_that_do_not_go_together(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        account.spec(REASONS)
        for words in (("--accept", "--revert"), ("--yes",), ("loss_reason/price",)):
            assert account.amoconf("drift", *words).code == 1
        assert account.amoconf("import", "--into", "-o", "x.yaml").code == 1


def test_import_into_adds_what_is_not_listed_and_keeps_the_text(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        account.amoconf("init", "--subdomain", "stroymarket", "--template", "retail", "--lang", "ru")
        assert account.amoconf("apply", "--yes").code == 0
        text = (tmp_path / "account.yaml").read_text(encoding="utf-8")
        fewer = re.sub(r"(?s)\n    deliver_on:.*?(?=\n    address:)", "", text)
        fewer = fewer.replace("      agreed: ", "      # agreed: ").replace("  - Передумали\n", "")
        fewer = re.sub(r"(?s)\n# Роли.*", "\n", fewer)
        account.spec(fewer)
        done = account.amoconf("import", "--into", "--format", "json")
        assert (done.code, done.err) == (0, "")
        after = (tmp_path / "account.yaml").read_text(encoding="utf-8")
        lines = [line for line in ndiff(fewer.splitlines(), after.splitlines()) if line[0] == "-"]
        assert not lines
        assert {"field/leads/Дата доставки", "role/Менеджер", "loss_reason/Передумали"} <= set(
            done.json["added"]
        )
        plan = account.amoconf("plan", "--exit-code", "--format", "json")
        assert (plan.code, plan.json["summary"]["unlisted"]) == (0, 0)
        assert "Nothing new" in account.amoconf("import", "--into").out


def test_import_into_puts_secrets_aside(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        account.spec(REASONS)
        assert account.amoconf("apply", "--yes").code == 0
        url = "https://erp.example/0123456789abcdefplanted"
        answer = account.client.post("/api/v4/webhooks", json={"destination": url, "settings": ["add_lead"]})
        assert answer.is_success
        done = account.amoconf("import", "--into", "--only", "webhook")
        assert (done.code, done.err) == (0, "")
        spec = (tmp_path / "account.yaml").read_text(encoding="utf-8")
        assert "${secret:" in spec
        assert spec.startswith(REASONS)
        assert "planted" not in spec + done.out + json.dumps(str(account.lock))
        assert account.amoconf("plan", "--exit-code").code == 0
