"""What people install: the wheel alone, in an environment of its own; completion, manual page, code pages."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata, util
from pathlib import Path

import pytest
from filelock import FileLock
from packaging.requirements import Requirement

from amoconf import __version__
from amoconf.cli import COMMANDS
from amoconf.schema import text as schema
from tests.living import Living, living

ROOT = Path(__file__).parents[1]
SPEC = """amoconf: 1
account: {subdomain: stroymarket}
tags: {leads: {fire: {name: "🔥 Срочно", new: true}}}
pipelines: {retail: {name: "Розница ₽ — «быстрая» 🚀", new: true, stages: [Думает…, Ждёт]}}
"""


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command that knows nothing of this checkout but what the environment says."""
    own = {"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONIOENCODING": "utf-8", **environment}
    encoding = own["PYTHONIOENCODING"].partition(":")[0]
    return subprocess.run(
        command,
        cwd=cwd,
        env=own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding=encoding,
        errors="strict",
        timeout=120,
        check=False,
    )


def needed(name: str) -> Iterator[str]:
    """A distribution and all that it needs without extras."""
    seen, waiting = set(), [name]
    while waiting:
        here = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if here in seen:
            continue
        seen.add(here)
        yield here
        rows = [Requirement(row) for row in metadata.requires(here) or ()]
        waiting += [row.name for row in rows if row.marker is None or row.marker.evaluate({"extra": ""})]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(wheel, sdist), made once a run; skipped where hatchling is not here and cannot be had."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock", timeout=300):
        if not list(folder.glob("*.whl")):
            build(folder)
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


def build(folder: Path) -> None:
    """By hatchling, from here or from the registry."""
    environment = dict(os.environ)
    if util.find_spec("hatchling") is None:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder / "hatch")]
        got = subprocess.run([*install, "hatchling"], capture_output=True, timeout=120, check=False)
        if got.returncode:
            pytest.skip("hatchling is not installed, and no registry answers")
        environment["PYTHONPATH"] = str(folder / "hatch")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=True)


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds the wheel and what it says it needs, no more."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True, timeout=60)
    packages = next(place.glob("lib/python*/site-packages"))
    for name in needed("amoconf"):
        for top in {file.parts[0] for file in metadata.files(name) or ()} if name != "amoconf" else ():
            source = Path(str(metadata.distribution(name).locate_file(top)))
            if top not in ("..", "__pycache__") and source.exists():
                (packages / top).symlink_to(source)
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python")]
    command = [*pip, "install", "--quiet", "--no-deps", "--no-index", "--no-compile", str(built[0])]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    return place / "bin"


def data_files() -> set[str]:
    """Everything in the package that is no code."""
    files = [path for path in (ROOT / "amoconf").rglob("*") if path.is_file()]
    return {
        path.relative_to(ROOT).as_posix()
        for path in files
        if path.suffix not in (".py", ".pyc") and not {".mypy_cache", "__pycache__"} & set(path.parts)
    }


def test_wheel_and_sdist_hold_all_of_it(built: tuple[Path, Path]) -> None:
    wheel = set(zipfile.ZipFile(built[0]).namelist())
    assert data_files() >= {"amoconf/py.typed", "amoconf/locale/ru/LC_MESSAGES/amoconf.mo"}
    assert data_files() <= wheel
    assert {name for name in wheel if not name.startswith("amoconf")} == set()
    assert [name for name in wheel if name.endswith("/licenses/LICENSE")]
    shared = f"amoconf-{__version__}.data/data/share/man"
    assert {f"{shared}/man1/amoconf.1", f"{shared}/ru/man1/amoconf.1"} <= wheel
    assert not [name for name in wheel if "__pycache__" in name]
    with tarfile.open(built[1]) as archive:
        source = {name.partition("/")[2] for name in archive.getnames()}
    assert data_files() <= source
    wanted = {
        "schemas/account.schema.json",
        "docs/man/amoconf.1",
        "LICENSE",
        ".pre-commit-hooks.yaml",
        "ci/Containerfile",
    }
    assert wanted <= source


def test_the_wheel_works_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "account.yaml").write_text(SPEC, encoding="utf-8")
    amoconf, python = str(installed / "amoconf"), str(installed / "python")
    where = run(python, "-c", "import amoconf; print(amoconf.__file__)", cwd=tmp_path).stdout
    assert where.startswith(str(installed.parent))
    for command in ([amoconf], [python, "-m", "amoconf"]):
        assert run(*command, "--version", cwd=tmp_path).stdout == f"amoconf, version {__version__}\n"
    assert run(amoconf, "schema", cwd=tmp_path).stdout == schema()
    assert run(amoconf, "validate", cwd=tmp_path).returncode == 0
    assert "Команды" in run(amoconf, "--help", cwd=tmp_path, AMOCONF_LANG="ru").stdout
    missing = run(amoconf, "emulator", "serve", cwd=tmp_path)
    assert missing.returncode == 1
    assert re.search(r"""pip install ['"]amoconf\[emulator\]['"]""", missing.stderr)
    assert "Traceback" not in missing.stderr
    page = installed.parent / "share" / "man" / "man1" / "amoconf.1"
    assert page.read_text(encoding="utf-8").startswith(".TH AMOCONF 1")


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(tmp_path_factory.mktemp("crm"), scenario="empty") as account:
        account.spec(SPEC)
        yield account


def spoken_to(crm: Living) -> Mapping[str, str]:
    """The environment of a command that talks to the account."""
    return {
        "AMOCONF_BASE_URL": crm.url,
        "AMOCONF_TOKEN": crm.token,
        "AMOCONF_PACE": "off",
        "AMOCONF_STATE_DIR": str(crm.folder / "state"),
    }


def test_the_wheel_plans_in_russian(installed: Path, crm: Living) -> None:
    done = run(str(installed / "amoconf"), "plan", cwd=crm.folder, AMOCONF_LANG="ru", **spoken_to(crm))
    assert done.returncode == 0, done.stderr
    assert "создать" in done.stdout
    assert "🔥 Срочно" in done.stdout


@pytest.mark.parametrize("encoding", ["cp866", "cp1251"])
def test_code_pages_of_windows_hold_every_output(crm: Living, encoding: str) -> None:
    def said(*words: str) -> str:
        command = [sys.executable, "-m", "amoconf", *words]
        own = {"AMOCONF_LANG": "ru", "PYTHONIOENCODING": f"{encoding}:strict", "PYTHONPATH": str(ROOT)}
        done = run(*command, cwd=crm.folder, **own, **spoken_to(crm))
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    assert "Срочно" in said("plan")
    if encoding == "cp1251":
        return
    assert json.loads(said("plan", "--format", "json"))["changes"]
    assert json.loads(said("api", "get", "/api/v4/account"))["currency_symbol"] == "₽"
    assert "Команды" in said("--help")
    assert said("plan", "--help")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell: str, tmp_path: Path) -> None:
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("no bash")

    def asked(instruction: str, words: str, number: str) -> str:
        own = {"_AMOCONF_COMPLETE": f"{shell}_{instruction}", "COMP_WORDS": words, "COMP_CWORD": number}
        done = run(sys.executable, "-m", "amoconf", cwd=tmp_path, PYTHONPATH=str(ROOT), **own)
        assert done.stderr == ""
        return done.stdout

    assert "_AMOCONF_COMPLETE" in asked("source", "", "")
    number = {"fish": "pl"}.get(shell, "1")
    assert "plan" in re.split(r"[\n,\t]", asked("complete", "amoconf pl", number))
    unknown = {"fish": "--x"}.get(shell, "2")
    assert asked("complete", "amoconf plna --x", unknown).strip() == ""


@pytest.mark.parametrize("name", ["reference", "man"])
def test_what_is_made_from_the_commands_is_fresh(name: str) -> None:
    done = run(sys.executable, str(ROOT / "script" / f"{name}.py"), "--check", cwd=ROOT, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", ["amoconf.1", "ru/amoconf.1"])
def test_the_manual_page_is_sound(page: str) -> None:
    text = (ROOT / "docs" / "man" / page).read_text(encoding="utf-8")
    requests = {line.split()[0] for line in text.splitlines() if line.startswith((".", "'"))}
    assert requests <= {".TH", ".SH", ".SS", ".PP", ".TP", ".B"}
    for name in COMMANDS:
        assert f'.SS "amoconf {name}' in text
    if shutil.which("groff"):
        command = ["groff", "-man", "-Kutf8", "-Tutf8", "-ww", str(ROOT / "docs" / "man" / page)]
        assert run(*command, cwd=ROOT).stderr == ""
