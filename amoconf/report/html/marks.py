"""Elements and escapes of HTML; the only place where text becomes markup."""

from html import escape

from amoconf.report.clean import clean
from amoconf.report.paper import CODE, DIM, NEW, OLD, STRONG, Span, Words

TAGS = {STRONG: "strong", CODE: "code", DIM: "small", OLD: "del", NEW: "ins"}
LINKS = ("https://", "http://")


def escaped(text: str) -> str:
    """Text as HTML shows it, in elements and in quoted attributes; characters that nobody sees are written out."""
    return escape(clean(text), quote=True)


def element(tag: str, inside: str, look: str = "") -> str:
    """An element around markup. look: its class."""
    return f'<{tag} class="{look}">{inside}</{tag}>' if look else f"<{tag}>{inside}</{tag}>"


def words(spans: Words) -> str:
    """Stretches of text."""
    return "".join(span(item) for item in spans)


def span(item: Span) -> str:
    """One stretch; a link only to where a browser opens a page."""
    tag = TAGS.get(item.look)
    text = element(tag, escaped(item.text)) if tag else escaped(item.text)
    if item.link.lower().startswith(LINKS):
        return f'<a href="{escaped(item.link)}" rel="noopener noreferrer">{text}</a>'
    return text
