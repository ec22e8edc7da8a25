"""Python's garbage collector, kept away from where many objects are made at once and none in a cycle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the collector, which would look again and again through all that is being made: a third of the CPU of
    reading pages of deals, a fifth of planning ten thousand things (script/bench --peers).
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
