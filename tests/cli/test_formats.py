"""--format and --out: what stdout and files get, what is refused before any work is done; offline."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

SPEC = Path(__file__).parents[2] / "examples" / "account.yaml"


class Ended:
    """How a command ended; out is what it wrote, byte by byte."""

    def __init__(self, done: "subprocess.CompletedProcess[bytes]") -> None:
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr.decode()


def amoconf(folder: Path, *words: str, **environment: str) -> Ended:
    own = {
        "AMOCONF_STATE_DIR": str(folder / "state"),
        "AMOCONF_LANG": "en",
        "PYTHONWARNINGS": "error",
        **environment,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AMOCONF_")}
    command = [sys.executable, "-m", "amoconf", *words]
    done = subprocess.run(
        command, cwd=folder, env={**inherited, **own}, capture_output=True, timeout=60, check=False
    )
    return Ended(done)


def audit(folder: Path, *words: str, **environment: str) -> Ended:
    return amoconf(folder, "audit", "--offline", "-f", str(SPEC), *words, **environment)


def test_the_page_goes_to_stdout_in_the_language_asked_for(tmp_path: Path) -> None:
    ended = audit(tmp_path, "--format", "html", AMOCONF_LANG="ru", PYTHONIOENCODING="cp1251")
    assert ended.code == 0, ended.err
    text = ended.out.decode()
    assert text.startswith("<!DOCTYPE html>")
    assert '<html lang="ru">' in text
    assert "Аудит" in text


@pytest.mark.parametrize(
    ("file", "begins"), [("a.html", "<!DOC"), ("a.md", "<!-- "), ("a.json", "{"), ("a.txt", "amoconf audit")]
)
def test_the_ending_of_a_file_says_its_format(tmp_path: Path, file: str, begins: str) -> None:
    ended = audit(tmp_path, "--out", file)
    assert (ended.code, ended.out) == (0, b""), ended.err
    assert f"written: {file}" in ended.err
    assert (tmp_path / file).read_text(encoding="utf-8").startswith(begins)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("a.")] == [file]


def test_a_format_wins_over_an_ending_and_quiet_says_nothing(tmp_path: Path) -> None:
    ended = audit(tmp_path, "--out", "a.html", "--format", "junit", "-q")
    assert (ended.code, ended.out, ended.err) == (0, b"", "")
    assert ElementTree.parse(tmp_path / "a.html").getroot().tag == "testsuites"


def test_a_workbook_goes_into_a_pipe_or_a_file(tmp_path: Path) -> None:
    assert audit(tmp_path, "--format", "xlsx").out.startswith(b"PK")
    audit(tmp_path, "--out", "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")


def test_what_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    nowhere = audit(tmp_path, "--out", "nowhere/a.html")
    assert nowhere.code == 1
    assert "there is no such folder" in nowhere.err
    plan = amoconf(tmp_path, "plan", "--out", "plan.xlsx")
    assert plan.code == 1
    assert "cannot be written as xlsx" in plan.err
    assert amoconf(tmp_path, "plan", "--format", "xlsx").code == 1
    assert amoconf(tmp_path, "validate", "--format", "html").code == 1


def test_a_missing_package_is_named_with_what_brings_it(tmp_path: Path) -> None:
    without = (
        "import importlib.util as u, runpy, sys; find = u.find_spec;"
        "u.find_spec = lambda name, *rest: None if name == 'openpyxl' else find(name, *rest);"
        "sys.argv = ['amoconf', 'audit', '--offline', '--format', 'xlsx']; runpy.run_module('amoconf', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", without], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert 'pip install "amoconf[xlsx]"' in done.stderr


def test_the_environment_chooses_too(tmp_path: Path) -> None:
    ended = audit(tmp_path, AMOCONF_FORMAT="sarif")
    assert json.loads(ended.out)["version"] == "2.1.0"


def test_a_file_is_written_whole_over_an_older_one(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("x" * 1_000_000)
    audit(tmp_path, "--out", "a.html")
    assert file.read_text(encoding="utf-8").endswith("</html>\n")


def test_specs_compared_come_in_formats_too(tmp_path: Path) -> None:
    changed = tmp_path / "new.yaml"
    changed.write_text(
        SPEC.read_text(encoding="utf-8").replace("name: Расчёт готов", "name: Посчитано"), encoding="utf-8"
    )
    ended = amoconf(tmp_path, "diff", str(SPEC), "new.yaml", "--format", "markdown")
    assert ended.code == 0, ended.err
    assert b"stage/retail/calc" in ended.out
