"""The guide shows what happens, in both languages. AMOCONF_UPDATE_GOLDEN=1 writes what happens into its pages."""

import os
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.guiding import Reader, blocks, fits, recut

ROOT = Path(__file__).parents[1]
FOLDERS = ("docs/guide", "docs/ru/guide")
PAGES = [str(page.relative_to(ROOT)) for folder in FOLDERS for page in sorted((ROOT / folder).glob("*.md"))]
UPDATE = os.environ.get("AMOCONF_UPDATE_GOLDEN") == "1"
WRONG = """# A page
<!-- emulator: empty 1 -->
```yaml
# account.yaml
amoconf: 1
account: {subdomain: stroymarket}
tags: {leads: {vip: VIP}}
```
<!-- exit: 3 -->
```console
$ amoconf plan
…
  + create    tag/leads/vip  "VOP"
…
```
"""


def gone_through(page: Path, folder: Path, *, update: bool = False) -> list[str]:
    """What is wrong with a page."""
    with ExitStack() as stack:
        reader = Reader(page, folder, stack, update=update)
        reader.read()
    return reader.wrong


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_happens(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = gone_through(ROOT / page, tmp_path, update=UPDATE)
    assert not wrong, "\n\n".join(wrong)


def test_what_no_longer_fits_is_told_with_page_line_and_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(WRONG, encoding="utf-8")
    code, shown = gone_through(page, tmp_path)
    assert code.startswith(f"{page}:11: $ amoconf plan\nended with 0, not 3:\n")
    assert shown.startswith(f"{page}:11: $ amoconf plan\n")
    assert '\n-  + create    tag/leads/vip  "VOP"\n' in shown
    assert '\n+  + create    tag/leads/vip  "VIP"\n' in shown


def test_an_update_writes_what_happens_and_keeps_the_cuts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(WRONG.replace("<!-- exit: 3 -->\n", ""), encoding="utf-8")
    assert not gone_through(page, tmp_path, update=True)
    assert page.read_text(encoding="utf-8") == WRONG.replace("VOP", "VIP").replace("<!-- exit: 3 -->\n", "")


@pytest.mark.parametrize(
    ("shown", "real", "fit"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (["a", "…"], ["a", "b", "c"], True),
        (["…", "c"], ["a", "b", "c"], True),
        (["…", "b"], ["a", "b", "c"], False),
        (["a …"], ["a b c"], True),
        (["id 680188  12:00:01, 19 requests, 0.2 s"], ["id 700001   23:59:59, 4 requests, 1.5 s"], True),
        (["in 3 steps"], ["in 4 steps"], False),
    ],
)
def test_what_fits(shown: list[str], real: list[str], fit: bool) -> None:
    assert fits(shown, real) is fit


def test_a_cut_stays_where_it_was() -> None:
    assert recut(["first: 1", "…", "the last of all: 3"], ["first: 2", "between", "the last of all: 4"]) == [
        "first: 2",
        "…",
        "the last of all: 4",
    ]


@pytest.mark.parametrize("name", sorted({Path(page).name for page in PAGES}))
def test_both_languages_go_the_same_way(name: str) -> None:
    """What is not shown in one language would not be tried in it."""
    english, russian = (way(ROOT / folder / name) for folder in FOLDERS)
    assert english == russian


def test_both_readmes_are_built_alike() -> None:
    english, russian = (
        parts((ROOT / name).read_text(encoding="utf-8")) for name in ("README.md", "README.ru.md")
    )
    assert english == russian


def parts(text: str) -> tuple[int, str]:
    """How many headings a text has, and the spec that it begins with."""
    blocks = re.findall(r"```.*?```", text, re.DOTALL)
    return len(re.findall(r"^#+ ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)), blocks[0]


def way(page: Path) -> list[tuple[str, list[str]]]:
    """What a page makes its reader do."""
    return [
        (
            block.language,
            [line for line in block.lines if block.language != "console" or line.startswith("$ ")],
        )
        for block in blocks(page.read_text(encoding="utf-8").splitlines())
        if block.language != "sh"
    ]


@pytest.mark.parametrize("page", ["README.md", "README.ru.md", "docs/README.md", *PAGES])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
