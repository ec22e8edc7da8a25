"""Every test speaks English, whatever the locale of the developer, and leaves no language to the next one.

No law has a deadline: how fast a machine is proves nothing about it.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from amoconf.tongue import speak

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def _no_locale() -> Iterator[None]:
    """Commands that tests start, also those that fixtures of modules start, take the language from here."""
    before = os.environ.get("AMOCONF_LANG")
    os.environ["AMOCONF_LANG"] = "en"
    yield
    os.environ.pop("AMOCONF_LANG")
    if before is not None:
        os.environ["AMOCONF_LANG"] = before


@pytest.fixture(autouse=True)
def _english() -> None:
    """What an earlier test or a command in this process spoke is not to stay."""
    speak("en")
