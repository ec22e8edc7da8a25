"""The token endpoint and its neighbours: codes, refresh tokens, where the account lives (protocol page 1.2-1.7)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from amoconf.emulator import gate, grants, tokens
from amoconf.emulator.answer import PROBLEM, Answer, Refusal, dumps, problem
from amoconf.emulator.ask import Ask
from amoconf.emulator.store import Thing
from amoconf.emulator.world import World

JSON = "application/json"
PROBLEM_TYPE = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson"
# Recorded in Russian; the English sentences are those of the OAuth server library and a guess (protocol page 1.4).
BAD_REQUEST = {
    "ru": ("Некорректный запрос", "В запросе отсутствует ряд параметров или параметры невалидны"),
    "en": ("Bad request", "The request is missing required parameters or includes invalid parameters"),
}
BAD_CLIENT = {
    "ru": ("Некорректный клиент", "Авторизация клиента не прошла"),
    "en": ("Invalid client", "Client authentication failed"),
}


@dataclass(frozen=True)
class Door:
    """An endpoint that needs no access token."""

    method: str
    path: str
    work: Callable[[World, Ask], Answer]
    facts: str
    state: str = "imitated"
    note: str = ""


def door(ask: Ask) -> Door | None:
    """The door a request knocks at; 405 when only its method is wrong."""
    path = ask.path.rstrip("/")
    here = [each for each in DOORS if each.path == path]
    fit = [each for each in here if each.method == ask.method]
    if here and not fit:
        raise problem(405, "Method Not Allowed")
    return fit[0] if fit else None


def access_token(world: World, ask: Ask) -> Answer:
    """Exchanges a code or a refresh token for a new pair."""
    gate.check_host(world, ask)
    words = ask.words()
    if not isinstance(words, dict):
        raise _bad_request(world, 400)
    integration = world.store.get("_integration", str(words.get("client_id")))
    if integration is None or integration["secret"] != words.get("client_secret"):
        raise _refusal(401, BAD_CLIENT[world.switches.language])
    if integration["redirect_uri"] != words.get("redirect_uri"):
        # guess: protocol page 1.4
        raise _refusal(world.switches.bad_token_status, BAD_CLIENT[world.switches.language])
    return Answer(200, dumps(_exchange(world, words)), JSON)


def _exchange(world: World, words: Mapping[str, object]) -> Thing:
    client, kind = str(words["client_id"]), words.get("grant_type")
    try:
        if kind == "authorization_code":
            return grants.by_code(world, client, str(words.get("code")))
        if kind == "refresh_token":
            return grants.by_refresh(world, client, str(words.get("refresh_token")))
    except grants.Revoked as error:
        raise _bad_request(world, 401, str(error)) from error
    except grants.Unfit as error:
        raise _bad_request(world, world.switches.bad_token_status, str(error)) from error
    raise _bad_request(world, 400)


def current_subdomain(world: World, ask: Ask) -> Answer:
    """Where the account lives, for the holder of a refresh token."""
    if not grants.is_alive(world, ask.headers.get("x-refresh-token", "")):
        raise gate.unauthorised(world)
    return _address(world)


def subdomain(world: World, ask: Ask) -> Answer:
    """The same for the holder of an access token; deprecated."""
    gate.valid_grant(world, ask)
    return _address(world)


def _address(world: World) -> Answer:
    name = gate.new_subdomain(world)
    domain = tokens.PLATFORMS[world.switches.platform][0]
    body = {"id": world.account["id"], "subdomain": name, "domain": f"{name}.{domain}"}
    return Answer(200, dumps({**body, "top_level_domain": domain.rpartition(".")[2]}), JSON)


def authorize(world: World, ask: Ask) -> Answer:
    """The page where an administrator grants access: he agrees at once, and the browser is sent back."""
    words = ask.query()
    integration = world.store.get("_integration", str(words.get("client_id")))
    if integration is None:
        return Answer(404, "<html><body>404</body></html>", "text/html")
    user = tokens.technical_user(world.store)["id"]
    code = grants.code_for(world, user, integration["id"])
    platform = 1 if world.switches.platform == "ru" else 2
    told: Thing = {"code": code, "referer": ask.host, "client_id": integration["id"], "platform": platform}
    if "state" in words:
        told["state"] = words["state"]
    return Answer(302, "", headers={"location": f"{integration['redirect_uri']}?{urlencode(told)}"})


def _bad_request(world: World, status: int, hint: str = "") -> Refusal:
    return _refusal(status, BAD_REQUEST[world.switches.language], hint)


def _refusal(status: int, words: tuple[str, str], hint: str = "") -> Refusal:
    title, detail = words
    body = {"title": title, "type": PROBLEM_TYPE, "status": status, "detail": detail}
    return Refusal(Answer(status, dumps({"hint": hint, **body} if hint else body), PROBLEM))


DOORS = (
    Door("POST", "/oauth2/access_token", access_token, "protocol 1.2-1.4"),
    Door("GET", "/oauth2/account/current/subdomain", current_subdomain, "protocol 1.7"),
    Door("GET", "/oauth2/account/subdomain", subdomain, "protocol 1.7", note="deprecated by the service"),
    Door(
        "GET", "/oauth", authorize, "protocol 1.2", "partly", "nobody is asked: redirects with a code at once"
    ),
)
