"""Words that mix alphabets are warned about; names that are Latin or Cyrillic by right are not."""

from pathlib import Path

import pytest

from amoconf.spec.mixed import mixed, strangers
from tests.living import call

WORDS = [
    ("Гoрод", {"o"}),
    ("Xит", {"X"}),
    ("Sаle", {"а"}),
    ("CРМ", {"C"}),
    ("Город", set()),
    ("WhatsApp", set()),
    ("CRMщик", set()),
    ("SMMщик", set()),
    ("ТОП", set()),
    ("Ёлка", set()),
]


@pytest.mark.parametrize(("word", "letters"), WORDS)
def test_strangers(word: str, letters: set[str]) -> None:
    assert strangers(word) == letters


def test_validate_warns_and_says_which_letter(tmp_path: Path) -> None:
    spec = tmp_path / "account.yaml"
    spec.write_text(
        "amoconf: 1\naccount: {subdomain: a}\ntags: {leads: [Oптовик, Email-рассылка]}\n", "utf-8"
    )
    ended = call(("validate", "--format", "json"), {"AMOCONF_FILE": str(spec)})
    assert ended.code == 0
    [warning] = ended.json["warnings"]
    assert warning["what"] == "tag/leads/Oптовик: 'Oптовик' mixes alphabets: 'O' of the Latin one"
    assert warning["line"] == 3
    assert "mixes alphabets" in call(("validate",), {"AMOCONF_FILE": str(spec)}).out


def test_the_example_has_none() -> None:
    from tests.fakes import Situation

    example = Situation(
        Path(__file__).parents[2] / "examples" / "account.yaml", {}, secrets={"ERP_HOOK": "x"}
    )
    assert list(mixed(example.wanted.resources)) == []
