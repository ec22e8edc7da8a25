"""A paper as one HTML page: no script, nothing from outside, fit for paper; texts of the account are never markup."""

from amoconf.report.html.blocks import block, note
from amoconf.report.html.marks import element, escaped
from amoconf.report.html.style import STYLE
from amoconf.report.paper import Paper, Section
from amoconf.tongue import spoken, tr

# The browser itself refuses whatever should not be there.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html(paper: Paper) -> str:
    """The page."""
    title = f"{paper.title}: {paper.account}"
    head = "\n".join(
        [
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="referrer" content="no-referrer">',
            element("title", escaped(title)),
            f"<style>{STYLE}</style>",
        ]
    )
    body = "\n".join([top(paper), element("main", "\n".join(parts(paper))), foot()])
    return f'<!DOCTYPE html>\n<html lang="{spoken()}">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def top(paper: Paper) -> str:
    """Title, account, verdict, facts, and links to the sections."""
    facts = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>" for name, value in paper.facts
    )
    return "\n".join(
        [
            "<header>",
            f"<h1>{escaped(paper.title)} <small>{escaped(paper.account)}</small></h1>",
            note(paper.verdict, "verdict"),
            f'<dl class="facts">{facts}</dl>' if facts else "",
            *(block(item) for item in paper.summary),
            contents(paper),
            "</header>",
        ]
    )


def contents(paper: Paper) -> str:
    """Links to the sections, where there are several."""
    if len(paper.sections) < 2:
        return ""
    links = "".join(
        f'<li><a href="#part-{number}">{escaped(part.title)}</a></li>'
        for number, part in enumerate(paper.sections, 1)
    )
    title = tr("Contents")
    return f'<nav aria-label="{escaped(title)}"><ul>{links}</ul></nav>'


def parts(paper: Paper) -> list[str]:
    """The sections."""
    return [section(part, number) for number, part in enumerate(paper.sections, 1)]


def section(part: Section, number: int) -> str:
    """One section; a folded one opens by a click, and is open on paper, unless it is to stay off it."""
    title = f"<h2>{escaped(part.title)}</h2>"
    inside = "\n".join(block(item) for item in part.blocks)
    if part.folded:
        off = "" if part.paper else ' class="screen"'
        inside = f"<details{off}><summary>{title}</summary>\n{inside}\n</details>"
    else:
        inside = f"{title}\n{inside}"
    look = f' class="{part.level}"' if part.level else ""
    return f'<section id="part-{number}"{look}>\n{inside}\n</section>'


def foot() -> str:
    """What made it."""
    return element("footer", escaped(tr("Made by amoconf; the same as its --format json says.")))
