"""Two specs compared by meaning: situations as data, laws over generated specs, and revisions of git."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import Phase, given, settings

from amoconf.changes import View
from amoconf.cli import amoconf
from amoconf.compare import Comparison, compare
from amoconf.model import Account, Resource
from amoconf.sequence import leaves_with_parent
from amoconf.spec.load import load
from amoconf.spec.sources import read
from tests.generated import specs, wanted_of

HEAD = "amoconf: 1\naccount: {subdomain: case}\n"
# (what it is, old spec, new spec, changes, dropped, released, settings)
SITUATIONS: list[tuple[str, str, str, list[str], list[str], list[str], list[str]]] = [
    ("same in other words", "tags: {leads: {vip: {name: VIP}}}", "tags: {leads: {vip: VIP}}", [], [], [], []),
    ("a rename", "tags: {leads: {vip: VIP}}", "tags: {leads: {vip: ВИП}}", ["update tag/leads/vip"], [], [], []),
    ("one more", "tags: {leads: {a: А}}", "tags: {leads: {a: А, b: Б}}", ["create tag/leads/b"], [], [], []),
    ("one less is left alone", "tags: {leads: {a: А, b: Б}}", "tags: {leads: {a: А}}", [], ["tag/leads/b"], [], []),
    (
        "one less, and what is not listed goes",
        "tags: {leads: {a: А, b: Б}}\nmanage: {tags/leads: all}",
        "tags: {leads: {a: А}}\nmanage: {tags/leads: all}",
        ["archive tag/leads/b"],
        [],
        [],
        [],
    ),
    (
        "archived, absent and back again",
        "task_types: {a: А, b: Б, c: {name: В, archived: старый}, d: {name: Г, absent: лишний}}",
        "task_types: {a: {name: А, archived: старый}, b: {name: Б, absent: лишний}, c: В, d: Г}",
        ["archive task_type/a", "delete task_type/b", "restore task_type/c", "create task_type/d"],
        [],
        [],
        [],
    ),
    (
        "gone before and after",
        "task_types: {a: {name: А, archived: старый}}",
        "task_types: {a: {name: А, archived: совсем старый}}",
        [],
        [],
        [],
        [],
    ),
    (
        "another type is another field",
        "fields: {leads: {city: {name: Город, type: text}}}",
        "fields: {leads: {city: {name: Город, type: select, options: [Пенза], convert: {values: auto}}}}",
        ["replace field/leads/city"],
        [],
        [],
        [],
    ),
    (
        "options in another order",
        "fields: {leads: {city: {name: Город, type: select, options: [Пенза, Москва]}}}",
        "fields: {leads: {city: {name: Город, type: select, options: [Москва, Пенза]}}}",
        ["move option/leads/city/Москва"],
        [],
        [],
        [],
    ),
    (
        "a limit is no attribute of the account, but one of the spec",
        "pipelines: {p: {name: П, stages: {a: {name: А, stall_limit: 2d}}}}",
        "pipelines: {p: {name: П, stages: {a: {name: А, stall_limit: 3d}}}}",
        ["update stage/p/a"],
        [],
        [],
        [],
    ),
    (
        "not spoken of any more",
        'tags: {leads: {vip: {name: VIP, color: "FFCE5A"}}}',
        "tags: {leads: {vip: VIP}}",
        [],
        [],
        ["tag/leads/vip color"],
        [],
    ),
    ("a norm", "kpi: {overdue_tasks: 5%}", "kpi: {overdue_tasks: 4%}", [], [], [], ["kpi"]),
]  # fmt: skip


def account(text: str, folder: Path, name: str) -> Account:
    """The account that a spec wants."""
    path = folder / name
    path.write_text(HEAD + text, encoding="utf-8")
    return load(read(path, environment={}, secrets={}).root, str)


def told(found: Comparison) -> tuple[list[str], list[str], list[str], list[str]]:
    """A comparison as lines."""
    return (
        [f"{change.action} {change.address}" for change in found.changes],
        [str(address) for address in found.dropped],
        [f"{address} {name}" for address, name in found.released],
        [item.name for item in found.settings],
    )


@pytest.mark.parametrize("row", SITUATIONS, ids=lambda row: row[0])
def test_situations(row: Any, tmp_path: Path) -> None:
    _, before, after, *expected = row
    found = compare(account(before, tmp_path, "old.yaml"), account(after, tmp_path, "new.yaml"))
    assert told(found) == tuple(expected)


@settings(max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(specs())
def test_a_spec_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    wanted = wanted_of(document)
    assert told(compare(wanted, wanted)) == ([], [], [], [])


@settings(max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(specs(), specs())
def test_everything_that_is_new_or_gone_is_told(first: dict[str, Any], second: dict[str, Any]) -> None:
    old, new = wanted_of(first), wanted_of(second)
    found = compare(old, new)
    told_of = {change.address for change in found.changes}
    told_of |= {part.address for change in found.changes for part in change.parts}
    for item in new.resources:
        assert item.address in told_of or item.address in old.index or _goes(new, item)
    for item in old.resources:
        if item.address not in new.index and not _goes(old, item):
            assert item.address in told_of or item.address in found.dropped


def _goes(account: Account, item: Resource) -> bool:
    """Whether a thing, or what it lies in, is taken away."""
    return item.marks.leaves or leaves_with_parent(item, View(account, account))


def diff(*words: str) -> Result:
    return CliRunner().invoke(amoconf, ["diff", *words], standalone_mode=False)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose spec has been changed once, in a file that it includes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crm").mkdir()
    main, more = tmp_path / "crm" / "account.yaml", tmp_path / "crm" / "tags.yaml"
    main.write_text(HEAD + "include: [tags.yaml]\n", encoding="utf-8")
    more.write_text("tags: {leads: {vip: VIP}}\n", encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *words], check=True)
    more.write_text("tags: {leads: {vip: ВИП}}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["HEAD:crm/account.yaml", "HEAD:./crm/account.yaml"])
def test_a_revision_with_what_it_includes(repository: Path, name: str) -> None:
    done = diff("--format", "json", "--exit-code", name, "crm/account.yaml")
    document = json.loads(done.stdout)
    assert [(row["address"], row["action"]) for row in document["changes"]] == [("tag/leads/vip", "update")]
    assert document["same"] is False
    assert done.return_value == 2
    assert diff("--exit-code", name, name).return_value == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HEAD~9:crm/account.yaml", "HEAD~9"),
        ("HEAD:crm/no.yaml", "no such file"),
        ("no.yaml", "no file"),
        ("HEAD:../account.yaml", "outside the repository"),
        ("HEAD:./../../account.yaml", "outside the repository"),
        ("--output=crm/account.yaml:crm/account.yaml", "no such revision"),
        ("-l:account.yaml", "no such revision"),
    ],
)
def test_what_is_not_there(repository: Path, name: str, words: str) -> None:
    before = (repository / "crm" / "account.yaml").read_bytes()
    done = diff("--", name, "crm/account.yaml")
    assert (repository / "crm" / "account.yaml").read_bytes() == before
    assert words in str(done.exception)
    assert getattr(done.exception, "exit_code", None) == 1


def test_links_in_the_folder_are_not_followed(repository: Path) -> None:
    (repository / "crm" / "link.yaml").symlink_to("/etc/passwd")
    for words in (("add", "."), ("commit", "-qm", "two")):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *words], check=True)
    assert diff("--exit-code", "HEAD:crm/account.yaml", "crm/account.yaml").return_value == 0


def test_places_name_the_revision_never_the_folder_where_it_was_laid_out(repository: Path) -> None:
    for form in ("json", "sarif", "markdown", "html", "text"):
        told = diff("--format", form, "crm/account.yaml", "HEAD:crm/account.yaml").stdout
        assert "amoconf-" not in told


def test_problems_name_the_revision_and_the_file(repository: Path) -> None:
    (repository / "crm" / "tags.yaml").write_text("tags: {leads: {vip: 1}}\n", encoding="utf-8")
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qam", "two"], check=True)  # fmt: skip
    assert "HEAD:crm/tags.yaml:1:" in str(diff("HEAD:crm/account.yaml", "crm/account.yaml").exception)
