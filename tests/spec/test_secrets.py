"""Secrets: where their values come from, and that they are not shown."""

from pathlib import Path

import pytest

from amoconf.errors import SpecError
from amoconf.spec.node import SecretName, Template
from amoconf.spec.secrets import keyed_hash, load_secrets, resolve

TEMPLATE = Template(("https://x.example/", SecretName("A"), "?b=", SecretName("B")))


def lay(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "secrets.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_environment_and_file(tmp_path: Path) -> None:
    path = lay(tmp_path, 'A: from-file\nB: 007\nC: true\nD: "x: y # z ${secret:A}"\n')
    environment = {"AMOCONF_SECRET_A": "from-environment", "AMOCONF_SECRET_D": "", "A": "no", "HOME": "no"}
    assert dict(load_secrets(path, environment)) == {
        "A": "from-environment",
        "B": "007",
        "C": "true",
        "D": "x: y # z ${secret:A}",
    }
    assert dict(load_secrets(None, environment)) == {"A": "from-environment"}


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
def test_private_modes(tmp_path: Path, mode: int) -> None:
    assert dict(load_secrets(lay(tmp_path, "A: x\n", mode), {})) == {"A": "x"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_modes_that_let_others_in(tmp_path: Path, mode: int) -> None:
    path = lay(tmp_path, "A: x\n", mode)
    with pytest.raises(SpecError, match=rf"\(mode {mode:04o}\)\.\n    chmod 600 "):
        load_secrets(path, {})


BAD_FILES = [
    ("A: hush\nA: hush\n", "2:1"),
    ("A: *hush\n", "1:4"),
    ("A: !hush x\n", "1:4"),
    ("A: 'hush\n", "1:4"),
    ("A: hush: hush\n", "1:8"),
    ("A: [hush]\n", "1:4"),
    ("A:\n", "1:3"),
    ("A: ''\n", "1:4"),
    ("- hush\n", "1:1"),
    ("hush hush: hush\n", "1:1"),
    ("", "1:1"),
]


@pytest.mark.parametrize(("text", "place"), BAD_FILES)
def test_a_file_that_cannot_be_used_is_named_without_its_values(
    tmp_path: Path, text: str, place: str
) -> None:
    with pytest.raises(SpecError) as raised:
        load_secrets(lay(tmp_path, text), {})
    (problem,) = raised.value.problems
    assert str(problem.where).endswith(f"secrets.yaml:{place}")
    assert "hush" not in str(problem)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="The secrets file cannot be read"):
        load_secrets(tmp_path / "none.yaml", {})


def test_printing_shows_names_only(tmp_path: Path) -> None:
    secrets = load_secrets(None, {"AMOCONF_SECRET_B": "hush", "AMOCONF_SECRET_A": "hush"})
    assert f"{secrets} {secrets!r}" == "Secrets(A, B) Secrets(A, B)"
    assert len(secrets) == 2


def test_resolve() -> None:
    assert resolve(TEMPLATE, {"A": "1", "B": "2"}) == "https://x.example/1?b=2"
    assert resolve(TEMPLATE, {"A": "1"}) is None
    assert resolve("plain ${secret:A}", {}) == "plain ${secret:A}"


def test_keyed_hash() -> None:
    # computed with `openssl dgst -sha256 -hmac key`
    assert keyed_hash("text", b"key") == EXPECTED
    assert keyed_hash("text", b"other") != EXPECTED
    assert keyed_hash("\udcff", b"key") != EXPECTED


EXPECTED = "6afa9046a9579cad143a384c1b564b9a"
