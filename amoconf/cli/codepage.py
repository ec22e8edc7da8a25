"""Output to streams that cannot hold every character, as pipes of Windows are: other signs instead of a crash."""

import codecs
from io import TextIOWrapper
from typing import IO

NAME = "amoconf-fold"


def forgive(stream: IO[str]) -> None:
    """From here on a character that the stream's encoding lacks is written as its nearest neighbour, or escaped."""
    if isinstance(stream, TextIOWrapper) and not holds_all(stream.encoding):
        codecs.register_error(NAME, _fold)
        stream.reconfigure(errors=NAME)


def holds_all(encoding: str | None) -> bool:
    """Whether an encoding has every character; code pages of Windows have not."""
    return (encoding or "").lower().replace("-", "").startswith("utf")


def _fold(error: UnicodeError) -> tuple[str, int]:
    from amoconf.report.clean import folded

    assert isinstance(error, UnicodeEncodeError)
    # Code pages all call themselves "charmap" here, so what any of them holds is what is safe.
    return folded(error.object[error.start : error.end], "ascii"), error.end
