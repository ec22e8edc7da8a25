"""Python's garbage collector, told how this program uses memory: much is made at once, and little of it in cycles."""

import gc

MANY = 300_000  # objects; a page of 250 deals is twenty thousand


def roomy() -> None:
    """From now on the collector looks only after so many new objects.

    At its usual 700 it looks again and again through all that is being made: a third of the CPU of reading pages of
    deals, a fifth of planning ten thousand things (script/bench --peers). What is let go of is freed as ever.
    """
    gc.set_threshold(MANY)


def leaving() -> None:
    """Before the end of the program: what is left is not looked through once more."""
    gc.freeze()
