"""The ready files of ci/: their commands are taken out and run against an account and a forge."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from amoconf import __version__
from tests.forge import Forge, forge
from tests.living import Living, living

ROOT = Path(__file__).parents[1]
CI = ROOT / "ci"
HEAD = "amoconf: 1\naccount: {subdomain: stroymarket}\n"
SPEC = f"{HEAD}tags: {{leads: {{visit: {{name: Выезд, new: true}}}}}}\n"
MARKER = "<!-- amoconf: plan -->"


def read(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text(encoding="utf-8"))


GITHUB = read("github/amoconf.yml")
MATRIX = read("fleet-matrix.github.yml")
QUIETLY = GITHUB["env"]["QUIETLY"]
GITLAB = read("gitlab/amoconf.gitlab-ci.yml")


@dataclass
class Job:
    """A working copy on a machine of a forge, beside an account."""

    account: Living
    forge: Forge
    folder: Path
    output: dict[str, str]

    def run(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A script as both forges run one: bash, ended by the first failure."""
        environment = {
            "PATH": f"{self.folder.parent}:{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(self.folder.parent),
            "AMOCONF_BASE_URL": self.account.url,
            "AMOCONF_TOKEN": self.account.token,
            "AMOCONF_PACE": "off",
            "AMOCONF_FILE": "account.yaml",
            "AMOCONF_STATE_DIR": str(self.folder / ".amoconf"),
            "FORGE": self.forge.url,
            **more,
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def step(self, job: str, name: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A step of a job of GitHub, by its name; what it puts out is known to later steps."""
        step = next(item for item in GITHUB["jobs"][job]["steps"] if item.get("name") == name)
        output = self.folder.parent / "output"
        output.write_text("", encoding="utf-8")
        wanted = {key: "token" if key == "GH_TOKEN" else "" for key in step.get("env", ())} | self.output
        own = {key: value for key, value in wanted.items() if key != "AMOCONF_TOKEN"}
        place = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.folder.parent / "summary")}
        names = {
            "GITHUB_REPOSITORY": "acme/crm",
            "GITHUB_REF_NAME": "main",
            "NUMBER": "7",
            "QUIETLY": QUIETLY,
        }
        done = self.run(step["run"], **{**own, **place, **names, **more})
        rows = [row.partition("=") for row in output.read_text(encoding="utf-8").splitlines()]
        self.output |= {key.upper(): value for key, _, value in rows}
        return done

    def gitlab(self, job: str) -> subprocess.CompletedProcess[str]:
        """A whole job of GitLab, without the installation."""
        lines = [*GITLAB[".amoconf"]["before_script"][1:], *GITLAB[job]["script"]]
        names = {
            "CI_API_V4_URL": self.forge.url,
            "CI_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_PROJECT_URL": str(self.folder.parent / "origin"),
            "CI_COMMIT_BRANCH": "main",
            "GITLAB_TOKEN": "secret-of-gitlab",
        }
        return self.run("\n".join(lines), **names)

    def spec(self, text: str) -> None:
        (self.folder / "account.yaml").write_text(text, encoding="utf-8")

    def tags(self) -> dict[str, int]:
        rows = self.account.walk("leads/tags", "tags")
        return {row["name"]: row["id"] for row in rows}


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    folder = tmp_path / "work"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "origin.git"))
    git("-C", str(tmp_path / "origin.git"), "config", "receive.advertisePushOptions", "true")
    git("clone", "--quiet", str(tmp_path / "origin.git"), str(folder))
    with living(tmp_path, scenario="empty") as account, forge(tmp_path) as place:
        made = Job(account, place, folder, {})
        made.spec(SPEC)
        yield made


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def good(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
    return done.stdout


def test_github_updates_its_comment(job: Job) -> None:
    job.forge.person(f"{MARKER}\nnot by the job")
    for number in (1, 2):
        good(job.step("plan", "Plan", AMOCONF_LANG="ru"))
        good(job.step("plan", "Comment"))
        good(job.step("plan", "Blocked plans stop here"))
        assert job.output == {"WRITES": str(number), "CODE": "0"}
        job.spec(SPEC.replace("}}}", "}, call: {name: Обход, new: true}}}"))
    first, second = (row["body"] for row in job.forge.comments)
    assert first.endswith("not by the job")
    assert second.startswith(MARKER)
    assert "Обход" in second
    assert "Обход" in (job.folder.parent / "summary").read_text(encoding="utf-8")
    assert [call.split()[0] for call in job.forge.calls] == ["GET", "POST", "GET", "PATCH"]


def test_gitlab_updates_its_note(job: Job) -> None:
    for number in range(3):
        job.forge.person(f"note {number}")
    for name in ("Выезд", "Выезд & замер"):
        job.spec(SPEC.replace("Выезд", name))
        good(job.gitlab("plan"))
    assert len(job.forge.comments) == 4
    assert job.forge.comments[3]["body"].startswith(MARKER)
    assert "замер" in job.forge.comments[3]["body"]
    assert job.forge.tokens == {"secret-of-gitlab"}
    assert "<testsuites" in (job.folder / "plan.xml").read_text(encoding="utf-8")
    assert job.forge.calls[-1].startswith("PUT ")


@pytest.mark.parametrize("where", ["github", "gitlab"])
def test_a_blocked_plan_is_shown_and_fails(job: Job, where: str) -> None:
    names = {"vip": "Важный", "new": "Новый", "old": "Старый"}
    for name in names.values():
        job.account.ui(action="create", kind="tag", entity="leads", name=name)
    rows = ", ".join(f"{key}: {{name: {name}, archived: не нужен}}" for key, name in names.items())
    job.spec(f"{HEAD}tags: {{leads: {{{rows}}}}}\n")
    if where == "github":
        good(job.step("plan", "Plan"))
        good(job.step("plan", "Comment"))
        done = job.step("plan", "Blocked plans stop here")
    else:
        done = job.gitlab("plan")
    assert done.returncode == 3
    assert "blocked" in done.stdout
    assert len(job.forge.comments) == 1


def saved_and_applied(job: Job, where: str, *, between: Any = None) -> subprocess.CompletedProcess[str]:
    """A plan in one working copy, its apply in another: nothing but the file goes over."""
    good(job.step("plan", "Plan") if where == "github" else job.gitlab("plan to apply"))
    (job.folder / ".amoconf" / "key").unlink()
    if between:
        between()
    return job.step("apply", "Apply") if where == "github" else job.gitlab("apply")


@pytest.mark.parametrize("where", ["github", "gitlab"])
def test_the_saved_plan_is_applied_and_the_ids_are_pushed(job: Job, where: str) -> None:
    good(saved_and_applied(job, where))
    if where == "github":
        good(job.step("apply", "Keep the ids"))
    visit = job.tags()["Выезд"]
    kept = git("-C", str(job.folder.parent / "origin.git"), "show", "main:account.lock.yaml")
    assert str(visit) in kept
    assert git("-C", str(job.folder), "status", "--short", "account.lock.yaml") == ""


@pytest.mark.parametrize("where", ["github", "gitlab"])
def test_a_stale_plan_says_what_to_do(job: Job, where: str) -> None:
    def meddle() -> None:
        job.spec(SPEC.replace("Выезд", "Замер"))

    done = saved_and_applied(job, where, between=meddle)
    assert done.returncode == 5
    assert re.search("stale plan", done.stdout, re.IGNORECASE)
    assert not {"Выезд", "Замер"} & set(job.tags())


def test_secrets_need_one_key_in_both_jobs(job: Job) -> None:
    hook = '{url: "https://erp.example/amo?key=${secret:HOOK}", events: [add_lead]}'
    job.spec(
        f"amoconf: 1\naccount: {{subdomain: stroymarket}}\nintegrations: {{webhooks: {{erp: {hook}}}}}\n"
    )
    secrets = {"AMOCONF_SECRET_HOOK": "hidden"}
    key = {"AMOCONF_KEY": "5f" * 32}
    good(job.step("plan", "Plan", **secrets, **key))
    kept = job.folder / ".amoconf" / "key"
    assert kept.stat().st_mode & 0o077 == 0
    kept.unlink()
    assert job.step("apply", "Apply", **secrets).returncode == 5
    good(job.step("apply", "Apply", **secrets, **key))


@pytest.mark.parametrize("where", ["github", "gitlab"])
def test_drift_opens_updates_and_closes_one_issue(job: Job, where: str) -> None:
    def night() -> None:
        if where == "github":
            good(job.step("drift", "Drift"))
            good(job.step("drift", "One issue"))
        else:
            good(job.gitlab("drift"))

    night()
    job.spec(SPEC.replace("Выезд", "Замер"))
    night()
    (issue,) = job.forge.issues
    assert "Замер" in issue["body"]
    assert issue["state"].startswith("open")
    job.account.ui(action="create", kind="tag", entity="leads", name="Замер")
    night()
    assert issue["state"] == "closed"
    assert "amoconf-drift" in json.dumps(issue)
    if where == "gitlab":
        return
    job.spec(SPEC.replace("Выезд", "Осмотр"))
    night()
    assert len(job.forge.issues) == 2


def test_actions_are_pinned_and_rights_are_small() -> None:
    jobs = [*GITHUB["jobs"].values(), *MATRIX["jobs"].values()]
    uses = [step["uses"] for item in jobs for step in item["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w-]+(/[\w-]+)+@[0-9a-f]{40}", item) for item in uses)
    assert GITHUB["permissions"] == {"contents": "read"}
    rights = {
        name: [k for k, v in item["permissions"].items() if v == "write"]
        for name, item in GITHUB["jobs"].items()
    }
    assert rights == {
        "plan": ["pull-requests", "security-events"],
        "apply": ["contents"],
        "drift": ["issues"],
    }
    assert GITHUB["jobs"]["apply"]["environment"]


def orders(text: str) -> list[str]:
    """What GitHub's runner would obey of a log, with stopping and going on as it knows them."""
    found, token = [], ""
    for line in text.splitlines():
        if token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.startswith(("::", "##[")):
            found.append(line)
    assert not token
    return found


def test_names_from_the_account_give_the_runner_no_orders(job: Job) -> None:
    evil = [
        "bash",
        "-c",
        "echo '::add-mask::x'; echo '##[error]y' >&2; echo '::guess::'; printf '::warning::z'; exit 7",
    ]
    done = job.run(
        f"{shlex.join(['bash', '-c', QUIETLY, '-', *evil])} || code=$?; echo; echo ::error::own; exit $code"
    )
    assert (done.returncode, orders(done.stdout), done.stderr) == (7, ["::error::own"], "")
    assert "##[error]y" in done.stdout
    assert MATRIX["env"]["QUIETLY"] == QUIETLY
    scripts = [
        step["run"]
        for workflow in (GITHUB, MATRIX)
        for item in workflow["jobs"].values()
        for step in item["steps"]
        if "run" in step
    ]
    lines = [line for script in scripts for line in script.splitlines()]
    assert not [line for line in lines if re.search(r"^\s*(amoconf|git show) ", line)]


@pytest.mark.parametrize("where", ["github", "gitlab"])
def test_the_log_has_all_that_a_comment_may_have_no_room_for(job: Job, where: str) -> None:
    plan = job.step("plan", "Plan") if where == "github" else job.gitlab("plan")
    drift = job.step("drift", "Drift") if where == "github" else job.gitlab("drift")
    for done in (plan, drift):
        assert "tag/leads/visit" in good(done)


def test_a_shard_that_fails_early_shows_why(job: Job) -> None:
    step = next(item for item in MATRIX["jobs"]["drift"]["steps"] if item.get("name") == "drift")
    names = {"QUIETLY": QUIETLY, "GITHUB_STEP_SUMMARY": str(job.folder.parent / "summary")}
    done = job.run(step["run"], **names)
    assert done.returncode == 1
    assert "accounts.yaml" in done.stdout
    assert done.stderr == ""


def test_texts_of_people_never_stand_in_a_script() -> None:
    scripts = [step["run"] for item in GITHUB["jobs"].values() for step in item["steps"] if "run" in step]
    assert not [script for script in scripts if "${{" in script]


def test_the_version_is_this_one() -> None:
    for document in (GITHUB["env"], MATRIX["env"], GITLAB["variables"]):
        assert document["AMOCONF_PACKAGE"] == f"amoconf=={__version__}"


def test_jobs_of_gitlab_extend_and_need_what_is_there() -> None:
    jobs = {name: item for name, item in GITLAB.items() if isinstance(item, dict) and "script" in item}
    assert set(jobs) == {"validate", "plan", "plan to apply", "apply", "drift"}
    for item in jobs.values():
        assert item["extends"] == ".amoconf"
        assert item["stage"] in GITLAB["stages"]
        assert item["rules"]
        assert set(item.get("needs", ())) <= set(jobs)
    assert jobs["apply"]["rules"][0]["when"] == "manual"


def test_the_hook_checks_the_spec(job: Job) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] == "amoconf-validate"
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "crm/account.yaml")
    assert not re.search(hook["files"], "README.md")
    good(job.run(hook["entry"]))
    job.spec("amoconf: 1\n")
    assert job.run(hook["entry"]).returncode == 1


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(CI / "systemd" / name, encoding="utf-8")
    return parser


def test_the_unit_runs_drift(job: Job) -> None:
    service, timer = unit("amoconf-drift.service")["Service"], unit("amoconf-drift.timer")
    assert service["SuccessExitStatus"] == "2"
    assert service["User"] != "root"
    assert timer["Timer"]["Persistent"] == "true"
    words = shlex.split(service["ExecStart"])
    words = [word.replace("/var/lib", str(job.folder.parent)) for word in words]
    (job.folder.parent / "node_exporter").mkdir()
    done = job.run(shlex.join(["amoconf", *words[1:]]))
    assert done.returncode == 2, done.stderr
    assert "amoconf_in_sync" in (job.folder.parent / "node_exporter/crm_drift.prom").read_text(
        encoding="utf-8"
    )


def cron_rows() -> list[tuple[list[str], str, str]]:
    """(times, user, command) of each line."""
    lines = (CI / "cron" / "amoconf").read_text(encoding="utf-8").splitlines()
    rows = [line.split(None, 6) for line in lines if re.match(r"[\d*]", line)]
    return [(row[:5], row[5], row[6]) for row in rows]


def test_the_lines_of_cron_run(job: Job) -> None:
    home = job.folder.parent
    (home / "node_exporter").mkdir()
    (home / "amoconf.env").write_text("", encoding="utf-8")
    for times, user, command in cron_rows():
        assert all(re.fullmatch(r"\*|\d+", word) for word in times)
        assert user == "amoconf"
        assert "%" not in command  # cron makes a line end of it
        own = command.replace("/var/lib", str(home)).replace("/srv/crm", str(job.folder))
        done = job.run(own.replace("/etc", str(home)))
        good(done)
        assert done.stdout == ""
    assert {path.name for path in (home / "node_exporter").iterdir()} == {"crm_drift.prom", "crm_audit.prom"}


def test_the_image_is_small_pinned_and_nobody_is_root() -> None:
    text = re.sub(r"\\\n\s*", "", (CI / "Containerfile").read_text(encoding="utf-8"))
    rows = [row.split(None, 1) for row in text.splitlines() if row and not row.startswith("#")]
    assert {word for word, _ in rows} <= set(
        "FROM WORKDIR COPY RUN ARG ENV USER VOLUME ENTRYPOINT CMD".split()
    )
    last = max(number for number, (word, _) in enumerate(rows) if word == "FROM")
    stage = rows[last:]
    assert all(re.search(r":3\.\d+-slim-\w+( |$)", rest) for word, rest in rows if word == "FROM")
    by_word = dict(stage)
    assert by_word["USER"].isdigit()
    assert by_word["USER"] != "0"
    assert by_word["USER"] in by_word["RUN"]
    assert "--only-binary :all:" in by_word["RUN"]
    assert "apt-get" not in text
    assert json.loads(by_word["ENTRYPOINT"]) == ["amoconf"]
    assert json.loads(by_word["CMD"]) == ["drift"]
    for word, rest in rows[:last]:
        sources = rest.split()[:-1] if word == "COPY" else []
        assert all((ROOT / source).exists() for source in sources), rest
