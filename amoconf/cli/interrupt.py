"""Ctrl-C: while the account is written the request under way is finished; at a prompt it counts at once."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from amoconf.errors import PartlyApplied
from amoconf.tongue import tr

Say = Callable[[str], None]


@contextmanager
def interruptible(say: Say) -> Iterator[Callable[[], str]]:
    """Yields what answers why to stop, "" as long as nobody asked to; a second Ctrl-C ends everything at once."""
    pressed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: ""  # signals reach the main thread only
        return
    before = signal.getsignal(signal.SIGINT)

    def press(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        if len(pressed) == 1:
            say(tr("Stopping after the request that is under way; Ctrl-C again stops at once."))
        elif callable(before):
            before(number, frame)

    signal.signal(signal.SIGINT, press)
    try:
        yield lambda: tr("stopped by Ctrl-C") if pressed else ""
    finally:
        signal.signal(signal.SIGINT, before)


async def stoppable(work: Callable[[Callable[[], str]], Awaitable[int]], again: str) -> int:
    """Work that writes, and that stops in good order on Ctrl-C: it is given what answers why to stop.

    again: what to do after a second Ctrl-C.
    """
    try:
        with interruptible(lambda text: click.echo(text, err=True)) as halted:
            return await work(halted)
    except asyncio.CancelledError:
        text = tr("Stopped at once: what was under way may have been done or not.")
        raise PartlyApplied(f"{text} {again}") from None


def typed(text: str) -> str:
    """A person's answer. click.Abort on Ctrl-C, which an event loop would otherwise take for its own end."""
    if threading.current_thread() is not threading.main_thread():
        return str(click.prompt(text, default="", show_default=False, err=True)).strip()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return str(click.prompt(text, default="", show_default=False, err=True)).strip()
    finally:
        signal.signal(signal.SIGINT, before)
