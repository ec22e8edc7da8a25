"""The regulations page: as reviewed in every format and language, whole with any names, silent about people and secrets."""

import json
import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amoconf.report.html import html
from amoconf.report.html.route import route as drawn
from amoconf.report.markdown.alone import page
from amoconf.report.markdown.mermaid import route as charted
from amoconf.report.paper import Route, Stop
from amoconf.report.papers.regulations import regulations_paper
from amoconf.tongue import speak
from tests.living import Ended, call

GOLDEN = Path(__file__).parent / "regulations"
SPEC = """amoconf: 1
account: {subdomain: stroymarket, id: 30817554}
defaults: {stage_hint: "{entry}. Не дольше {stall_limit}."}
pipelines:
  retail:
    name: Розница
    main: true
    unsorted: true
    stages:
      new: {name: Новая, color: "#fffeb2", stall_limit: 10m, entry: Клиент написал}
      offer: {name: Предложение, stall_limit: 2w, hints: {master: Крупным — скидка}}
      thinking: {name: Думает, absent: не этап, move_deals_to: offer}
    won: Куплено
  old: {name: Старая, archived: закрыта в мае}
field_groups: {leads: {delivery: Доставка}}
fields:
  leads:
    city: {name: Город, type: select, group: delivery, options: [Пенза, Москва], required_at: [retail/offer]}
    lost_why: {name: Причина, type: text, group: default, required_at: [retail/lost]}
    floor: {name: Этаж, type: numeric, archived: пишут в адресе}
loss_reasons: [Дорого]
tags: {leads: {vip: VIP}}
task_types: {measure: Замер}
roles:
  seller:
    name: Продавец
    rights: {leads: {view: group, edit: own, add: all, delete: none}, mail: true}
    stages: {retail/*: none, retail/won: {view: all}}
users: {petrov@stroymarket.example: {role: seller, group: Розница}}
integrations:
  widgets: {telephony: installed}
  webhooks:
    erp: {url: "https://erp.stroymarket.example/amo/${secret:ERP}/0123456789abcdef0123", events: [add_lead]}
    old: {url: "https://old.stroymarket.example/0123456789abcdef0123", events: [add_lead], absent: выключен}
policy:
  admins: {max: 2, allow: [owner@stroymarket.example], technical: bot@stroymarket.example}
  rights: {forbid: [leads.delete, "*.export"]}
kpi:
  first_response: {forms: 30m, share: 85%}
  working_hours: {days: mon-fri, from: "9:00", to: "18:00"}
manual: {one_chat: {title: На сайте один чат, every: 90d}}
"""
FORMS = {"markdown": "md", "html": "html", "json": "json"}


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "account.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _english() -> None:
    speak("en")


def run(spec: Path, *words: str, lang: str = "en") -> Ended:
    given = {"AMOCONF_FILE": str(spec), "AMOCONF_LANG": lang, "AMOCONF_SECRET_ERP": "s3cr3t"}
    return call(("docs", *words), given)


def made(spec: Path, form: str, *words: str, lang: str = "en") -> str:
    """The page as a file; paths of this machine taken out."""
    out = spec.with_name(f"page.{FORMS[form]}")
    ended = run(spec, "--out", str(out), *words, lang=lang)
    assert ended.code == 0, ended.err
    return out.read_text(encoding="utf-8").replace(str(spec.parent) + os.sep, "")


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_the_page_looks_as_reviewed(spec: Path, form: str, lang: str) -> None:
    text = made(spec, form, lang=lang)
    # The style has its own home; the same change of it is reviewed there.
    text = re.sub("<style>.*</style>", "<style></style>", text, flags=re.DOTALL)
    golden = GOLDEN / f"{lang}.{FORMS[form]}"
    if os.environ.get("AMOCONF_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_json_says_the_same_in_every_language(spec: Path) -> None:
    assert made(spec, "json", lang="ru") == made(spec, "json", lang="en")


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_nobody_and_no_secret_is_on_the_page(spec: Path, form: str) -> None:
    earlier = spec.with_name("earlier.yaml")
    earlier.write_text(SPEC.replace("petrov@", "ivanov@").replace("owner@", "chief@"), encoding="utf-8")
    text = made(spec, form, "--since", str(earlier))
    for word in ("petrov", "ivanov", "owner@", "chief@", "bot@", "s3cr3t", "0123456789abcdef"):
        assert word not in text
    assert "erp.stroymarket.example" in text


def test_people_are_named_where_that_is_asked_for(spec: Path) -> None:
    text = made(spec, "html", "--people")
    assert "petrov@stroymarket.example" in text
    assert "owner@stroymarket.example" in text


def test_what_changed_stands_first(spec: Path) -> None:
    earlier = spec.with_name("earlier.yaml")
    earlier.write_text(SPEC.replace("name: Предложение", "name: КП"), encoding="utf-8")
    text = made(spec, "markdown", "--since", str(earlier))
    assert text.index("What changed since") < text.index("Pipeline")
    assert "КП" in text
    assert "Nothing." in made(spec, "markdown", "--since", str(spec))


def test_an_empty_spec_has_a_page(spec: Path) -> None:
    spec.write_text("amoconf: 1\naccount: {subdomain: stroymarket}\n", encoding="utf-8")
    assert "0 pipelines" in made(spec, "markdown")
    assert "0 pipelines" in made(spec, "html")


def test_a_bad_spec_is_told(spec: Path) -> None:
    spec.write_text("amoconf: 1\nfields: 7\n", encoding="utf-8")
    assert run(spec).code == 1


def test_nothing_is_cut_or_sent_elsewhere(spec: Path) -> None:
    stages = "\n".join(f"      s{n}: {{name: Этап {n}, entry: {'очень длинно ' * 60}}}" for n in range(90))
    spec.write_text(SPEC.replace("      new: {name", f"{stages}\n      new: {{name"), encoding="utf-8")
    text = made(spec, "markdown")
    assert "Этап 89" in text
    assert "more: see" not in text


class Whole(HTMLParser):
    """Checks that elements end in the order in which they began."""

    VOID = ("meta", "br", "link", "rect", "path", "line", "polygon", "circle", "polyline")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") or name in ("src", "srcset") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


NASTY = st.text(max_size=40) | st.sampled_from(
    [
        '"]; click s0 "javascript:alert(1)"',
        "end",
        "1. one",
        "```\n# x",
        "</svg><script>alert(1)</script>",
        "a|b|c",
        "`",
        "--> s9",
        "%% comment",
        "#quot;",
        "'\"&<>",
        "]]>",
        "-->",
    ]
)
BOX = re.compile(r'  s\d+(\(\[|\[)"(?:[^\W_]|[ ,–…]|#\d+;|<br/>)*"(\]\)|\])')
ROW = re.compile(
    r"  (?:subgraph way\[\" \"\]|  s\d+(?: --> s\d+)*|end|s\d+ --> s\d+|way -\.-> s\d+|style (?:s\d+|way) fill:(?:#[0-9a-f]{6}|none)[\w:,#]*)"
)


@given(st.lists(NASTY, max_size=14))
@settings(max_examples=60)
def test_pictures_hold_any_names(names: list[str]) -> None:
    stops = [Stop(name, "2 d" if place % 2 else "", "#fffeb2") for place, name in enumerate(names)]
    whole = Route("x", [*stops, Stop("won", closing="won"), Stop("lost", closing="lost")])
    for item in (whole, Route("x", stops)):
        ElementTree.fromstring(drawn(item))
        lines = charted(item).strip("\n").split("\n")
        assert lines[0] == "```mermaid"
        assert lines[-1] == "```"
        for line in lines[2:-1]:
            assert BOX.fullmatch(line) or ROW.fullmatch(line), line


def named(document: Any, text: str) -> Any:
    """The document with every name, reason and sentence in it replaced."""
    if isinstance(document, dict):
        own = (
            "name",
            "entry",
            "title",
            "where",
            "text",
            "reason",
            "to",
            "within",
            "department",
            "key",
            "code",
        )
        return {
            key: text if key in own and isinstance(value, str) else named(value, text)
            for key, value in document.items()
        }
    return [named(item, text) for item in document] if isinstance(document, list) else document


@given(NASTY)
@settings(max_examples=40)
def test_pages_hold_any_names(text: str) -> None:
    document = named(json.loads((GOLDEN / "en.json").read_text(encoding="utf-8")), text)
    paper = regulations_paper(document)
    checked = Whole()
    checked.feed(html(paper))
    checked.close()
    assert not checked.open
    assert not checked.tags & {"script", "img", "iframe", "object", "embed", "link"}
    lines = page(paper).split("\n")
    assert sum(line.startswith("```") for line in lines) == 2 * len(document["pipelines"])
    for before, after in pairwise(lines):
        if before.startswith("| ") and after.startswith("| "):
            assert columns(before) == columns(after)


def columns(row: str) -> int:
    return len(re.findall(r"(?<!\\)\|", row))
