"""The session cookie: every answer hands one out, and the session of another account counts before the token.

Third party, measured live at Kommo in October 2026 over 22 accounts: the cookie is for the whole platform, so a client that
keeps cookies and goes from account to account is refused at every other one although its tokens are good; the refusal
brings a fresh session, with which the next account answers. What a session of the same account is worth is not known.
"""

import re
import secrets
from dataclasses import replace

from starlette.requests import cookie_parser

from amoconf.emulator.answer import Answer
from amoconf.emulator.ask import Ask
from amoconf.emulator.tokens import PLATFORMS
from amoconf.emulator.world import World

NAME = "session_id"
SESSION = re.compile(r"[0-9a-f]{1,16}\.[0-9a-f]{32}")
NOBODY = 0


def is_foreign(world: World, ask: Ask) -> bool:
    """Whether the request brings the session of another account."""
    return world.switches.session_cookie and _account(_brought(ask)) not in (NOBODY, world.account["id"])


def marked(world: World, ask: Ask, answer: Answer) -> Answer:
    """The answer with a session for the one who asked: his own again, a fresh one after a refusal."""
    if not world.switches.session_cookie:
        return answer
    account = world.account["id"] if ask.grant is not None and answer.status != 401 else NOBODY
    known = _brought(ask)
    session = known if _account(known) == account != NOBODY else f"{account:x}.{secrets.token_hex(16)}"
    base = PLATFORMS[world.switches.platform][0]
    # At an address of this machine a client would throw away what is meant for another domain.
    home = f"; domain=.{base}; secure" if ask.host.partition(":")[0].endswith(f".{base}") else ""
    return replace(
        answer, headers={**answer.headers, "set-cookie": f"{NAME}={session}; path=/{home}; HttpOnly"}
    )


def _brought(ask: Ask) -> str:
    return cookie_parser(ask.headers.get("cookie", "")).get(NAME, "")


def _account(session: str) -> int:
    """Whose session it is; nobody's where it is none that was handed out."""
    return int(session.partition(".")[0], 16) if SESSION.fullmatch(session) else NOBODY
