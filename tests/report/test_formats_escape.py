"""Whatever a text of the account is, it stays text: pages, comments, XML and workbooks keep the shape they have without it."""

import json
import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from amoconf.report.formats import rendered
from amoconf.report.markdown.escape import JOINER, inline_code, prose
from tests.report.documents import plan, row
from tests.report.papers import audit, board, finding, report

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</details></summary></pre>",
    "`code` ``two`` | cell |",
    "[a](http://b.example) ![x](y) <http://c.example>",
    "@everyone #1 !2 ~label %3 GH-12 :smile: user@example.com www.example.com https://example.com",
    "**bold** _em_ ~~gone~~ # head",
    "1. list\n- list\n> quote\n```",
    "&amp; &lt; $x^2$ \\",
    "\u202eabc\u2066\u200b\x00\x1b[2J\ufffe",
    "=cmd|'/c calc'!A1",
    "]]><!-- -->",
)
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(
        st.one_of(st.sampled_from("<>&\"'`|[](){}*_~#!@$\\/:.-+=1a \n\t\u202e\u200b"), st.characters()),
        max_size=40,
    ),
)


def documents(text: str) -> list[dict[str, Any]]:
    """A plan and an audit with the text wherever the account or the spec has one."""
    address = f"field/leads/x{text}"
    named = {"name": "name", "before": f"a{text}", "after": f"b{text}", "inside": []}
    nested = {
        "name": "rights",
        "before": 1,
        "after": 2,
        "inside": [{"path": [f"x{text}"], "before": "no", "after": text}],
    }
    stop = [{"why": f"x{text}", "allow": [address]}]
    rows = [
        row(address, "update", attributes=[named, nested], title=f"t{text}", reason=f"r{text}", stops=stop),
        row(f"user/{text}", "manual", verb="update", manual=[f"m{text}"], title=f"t{text}"),
    ]
    problem = {"what": f"x{text}", "todo": f"y{text}", "file": f"f{text}", "line": 1, "column": 1}
    found = finding(
        "A01", "error", address, message=f"m{text}", evidence=[f"e{text}"], spec=f"k: {text}", title=f"t{text}",
        links=["https://x.example/" + text], todo=f"d{text}", computed=f"c{text}",
    )  # fmt: skip
    stages = [
        {
            "pipeline": f"p{text}",
            "stage": f"s{text}",
            "address": "stage/a/b",
            "reached": 2,
            "won": 1,
            "stuck": 1,
        }
    ]
    skipped = [{"rule": "B08", "reason": f"r{text}"}]
    return [
        plan(rows, notices=[problem], unlisted=[f"tag/leads/x{text}"], file="account.yaml"),
        audit([found], stages=stages, skipped=skipped, figures={f"x[{text}]": 1}),
    ]


class Shape(HTMLParser):
    """The elements of a page, by their names and the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.shape: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, *sorted(name for name, _ in attrs)))
        href = dict(attrs).get("href") or "#"
        assert href.startswith(("#", "https://x.example/"))

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.shape.append("comment")


def shape(page: str) -> list[Any]:
    parser = Shape()
    parser.feed(page)
    parser.close()
    return parser.shape


def one_line(text: str) -> str:
    """The text without line breaks, for a snippet of the spec keeps its lines."""
    return " ".join(text.splitlines()) or "x"


@settings(max_examples=25)
@given(TEXT)
@example("".join(NASTY))
def test_a_page_keeps_its_elements(text: str) -> None:
    for nasty, plain in zip(documents(text), documents("x"), strict=True):
        assert shape(str(rendered(nasty, "html"))) == shape(str(rendered(plain, "html")))


def test_nothing_that_acts_or_hides_gets_into_a_page() -> None:
    for document in documents("\u202e\u2066\u200b\x1b\x00\ufeff"):
        for name in ("html", "markdown", "junit", "sarif"):
            assert not re.search("[\u202e\u2066\u200b\x1b\x00\ufeff]", str(rendered(document, name)))


def md_shape(text: str) -> list[Any]:
    """The elements of Markdown once it is rendered; texts between code are searched for what sites make links of."""
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    bare = re.sub(r"<pre>.*?</pre>|<code>.*?</code>|<[^>]*>", " ", html, flags=re.S)
    assert not re.search(r"(?<!&)[@#!~%]\w|\w+://|www\.\w|\bGH-\d", re.sub(r"&#?\w+;", " ", bare)), bare
    return shape(html)


@settings(max_examples=25)
@given(TEXT.map(one_line))
@example(one_line("".join(NASTY)))
def test_a_comment_keeps_its_elements(text: str) -> None:
    for nasty, plain in zip(documents(text), documents("x"), strict=True):
        assert md_shape(str(rendered(nasty, "markdown"))) == md_shape(str(rendered(plain, "markdown")))


@settings(max_examples=100)
@given(TEXT)
@example("`")
@example(" ` ")
def test_a_code_span_is_one_code_span(text: str) -> None:
    tokens = MarkdownIt("commonmark").parseInline(f"a {inline_code(text)} b")[0].children or []
    assert [token.type for token in tokens] in (["text", "code_inline", "text"], ["text"])


@settings(max_examples=100)
@given(TEXT)
def test_prose_is_only_text(text: str) -> None:
    tokens = (
        MarkdownIt("commonmark", {"html": True}).enable("strikethrough").parseInline(f"a {prose(text)} b")[0]
    )
    assert {token.type for token in tokens.children or []} <= {"text", "text_special"}


def test_prose_reads_as_it_was_written() -> None:
    text = "5 * [x] <b> & \\ `c` $ 12 % | a_b"
    tokens = MarkdownIt("commonmark", {"html": True}).parseInline(prose(text))[0]
    assert "".join(token.content for token in tokens.children or []).replace(JOINER, "") == text


@settings(max_examples=25)
@given(TEXT)
@example("".join(NASTY))
def test_xml_and_json_keep_their_shape(text: str) -> None:
    for nasty, plain in zip(documents(text), documents("x"), strict=True):
        trees = [ElementTree.fromstring(str(rendered(document, "junit"))) for document in (nasty, plain)]
        names = [[element.tag for element in tree.iter()] for tree in trees]
        assert names[0] == names[1]
        run = json.loads(str(rendered(nasty, "sarif")))["runs"][0]
        assert len(run["results"]) == len(nasty.get("findings") or nasty["changes"])


@settings(max_examples=8)
@given(TEXT)
@example("=1+1")
@example("x" * 40_000)
def test_no_cell_is_a_formula(text: str) -> None:
    found = [
        finding("A01", "error", text, message=text, title=text, evidence=[text], spec=text, links=[text])
    ]
    told = report()
    told["reports"][0]["title"] = text
    told["reports"].append(told["reports"][0])
    for document in (audit(found), board(), told):
        made = rendered(document, "xlsx")
        assert isinstance(made, bytes)
        book = load_workbook(BytesIO(made))
        assert all(len(name) <= 31 for name in book.sheetnames)
        cells = [
            cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None
        ]
        assert not [cell for cell in cells if cell.data_type == "f"]
        begun = [
            cell
            for cell in cells
            if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))
        ]
        assert all(cell.quotePrefix for cell in begun)


def test_sheets_stay_in_sight_and_filter() -> None:
    book = load_workbook(BytesIO(rendered(audit([finding("A01", "error"), finding("E01", "warn")]), "xlsx")))  # type: ignore[arg-type]
    assert book.sheetnames[0] == "Summary"
    assert {"A Access", "E Dictionaries", "Figures"} <= set(book.sheetnames)
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
