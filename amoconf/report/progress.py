"""What a running apply or a reading of records is doing, on one line of the terminal that goes away at the end."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import IO, Any

from amoconf.report.clean import cut
from amoconf.report.flow import Page
from amoconf.report.nouns import duration
from amoconf.tongue import tr

FEWEST_PAGES = 3  # before them nobody can say how long it takes
SPINNER = 4  # cells that the spinner and its margins take


class Progress:
    """A status line: which step of how many, and what is being waited for. Silent until `begin`; text: what it says."""

    def __init__(self, out: IO[str], color: bool = True) -> None:
        from rich.console import Console

        self.console = Console(file=out, no_color=not color, highlight=False, markup=False, emoji=False)
        self.page = Page(
            self.console.width,
            encoding=getattr(out, "encoding", None) or "utf-8",
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


class Filling:
    """A bar for lists that are read page by page, with the time that is left. ticks: seconds that never go back."""

    def __init__(self, out: IO[str], color: bool = True, ticks: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console

        self.console = Console(file=out, no_color=not color, highlight=False, markup=False, emoji=False)
        self.ticks = ticks
        self.lists: dict[str, tuple[int, int]] = {}
        self.first: dict[str, int] = {}
        self.since = ticks()
        self.bar: Any = None

    def begin(self) -> None:
        """Shows the bar."""
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn(tr("reading records")), BarColumn(), TextColumn("{task.fields[left]}"))
        self.bar = Bar(*columns, console=self.console, transient=True)
        self.task = self.bar.add_task("", total=None, left="")
        self.bar.start()

    def tell(self, name: str, page: int, pages: int) -> None:
        """`page` of `pages` of a list was read; a list that was partly read before begins where it was left."""
        self.first.setdefault(name, page - 1)
        self.lists[name] = (page, max(page, pages))
        if self.bar is not None:
            done, total = (sum(each) for each in zip(*self.lists.values(), strict=True))
            self.bar.update(self.task, completed=done, total=total, left=self.left)

    @property
    def left(self) -> str:
        """The time that is left, roughly, once it can be told."""
        done, total = (sum(each) for each in zip(*self.lists.values(), strict=True))
        read = done - sum(self.first.values())
        if read < FEWEST_PAGES or total == done:
            return ""
        return tr("{time} left", time=duration((total - done) * (self.ticks() - self.since) / read))

    def end(self) -> None:
        """Takes the bar away."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None
