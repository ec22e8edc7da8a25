"""What a running apply is doing, on one line of the terminal that goes away at the end."""

from collections import Counter
from collections.abc import Iterable
from typing import IO, Any

from amoconf.report.clean import cut
from amoconf.report.flow import Page
from amoconf.report.words import WORDS

SPINNER = 4  # cells that the spinner and its margins take


class Progress:
    """A status line: which step of how many, and what is being waited for. Silent until `begin`; text: what it says."""

    def __init__(self, out: IO[str], color: bool = True, lang: str = "en") -> None:
        from rich.console import Console

        self.console = Console(file=out, no_color=not color, highlight=False, markup=False, emoji=False)
        self.page = Page(
            self.console.width,
            encoding=getattr(out, "encoding", None) or "utf-8",
            words=WORDS.get(lang, WORDS["en"]),
        )
        self.open: Counter[str] = Counter()
        self.total = 0
        self.text = ""
        self.line: Any = None

    def begin(self, steps: Iterable[str]) -> None:
        """Shows the line. steps: what each of them is called when it is done."""
        self.open = Counter(steps)
        self.total = self.open.total()
        self.line = self.console.status("", spinner="line")
        self._show(self._next())
        self.line.start()

    def tell(self, text: str) -> None:
        """A step is done, or part of one (deals that were moved)."""
        if self.open[text] > 0:
            self.open[text] -= 1
            text = self._next()
        self._show(text)

    def wait(self, seconds: float, why: str) -> None:
        """Nothing happens for a while."""
        self._show(self.page.words.waiting(seconds, why))

    def end(self) -> None:
        """Takes the line away."""
        if self.line is not None:
            self.line.stop()
            self.line = None

    def _next(self) -> str:
        """The first step that is not done."""
        return next((name for name, count in self.open.items() if count > 0), "")

    def _show(self, what: str) -> None:
        from rich.text import Text

        done = self.total - self.open.total()
        text = self.page.say(self.page.words.progress(done, self.total, what))
        self.text = cut(text, self.page.width - SPINNER, self.page.ellipsis)
        if self.line is not None:
            self.line.update(Text(self.text, no_wrap=True))
