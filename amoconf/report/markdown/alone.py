"""A paper as a Markdown file of its own: everything open, nothing cut, with contents that lead to the sections."""

from amoconf.report.markdown import stacked, top, whole
from amoconf.report.markdown.escape import beginning, in_html, prose
from amoconf.report.paper import Paper, Section
from amoconf.tongue import tr


def page(paper: Paper) -> str:
    """The text. Sections that are folded stay so, for they are read once a year."""
    parts = [section(part, number) for number, part in enumerate(paper.sections, 1)]
    return "\n".join([top(paper), contents(paper), *parts])


def contents(paper: Paper) -> str:
    """Links to the sections."""
    links = [f"- [{prose(part.title)}](#part-{number})" for number, part in enumerate(paper.sections, 1)]
    title = prose(tr("Contents"))
    return "\n".join([f"### {title}", "", *links, ""]) if len(links) > 1 else ""


def section(part: Section, number: int) -> str:
    """One section behind its anchor."""
    inside = "".join(whole(stacked(item)) for item in part.blocks)
    anchor = f'<a id="part-{number}"></a>\n\n'
    if part.folded:
        return f"{anchor}<details><summary>{in_html(part.title)}</summary>\n{inside}\n</details>\n"
    return f"{anchor}### {beginning(prose(part.title))}\n{inside}"
