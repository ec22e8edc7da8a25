"""Faults at work on one request: what strikes before it is done, after it is done, and on the way back."""

from dataclasses import replace

from amoconf.emulator.answer import HTML, Answer, Refusal, dumps, page_of_gateway, problem
from amoconf.emulator.wire import Reset
from amoconf.emulator.world import World

TOO_MANY = "You have sent too many requests in a given amount of time. Please try again later."
RETRY_AFTER_S = 1
UNKNOWN_ERROR = "An unknown error occurred."


def before(world: World, client: str) -> None:
    """The gateway's part: ban, rate limit, overload, failures before anything is done. Raises what strikes."""
    world.faults.requests += 1
    if world.limits.banned or world.faults.strikes("403_ban"):
        raise Refusal(page_of_gateway(403))
    if not world.limits.allow(client) or world.faults.storming() or world.faults.strikes("429"):
        raise Refusal(_too_many(world))
    if world.faults.strikes("500"):
        raise _internal_error(world)
    for name, status in (("502", 502), ("504_before", 504)):
        if world.faults.strikes(name):
            raise Refusal(page_of_gateway(status))


def resets(world: World) -> tuple[bool, bool]:
    """Whether the connection breaks (before, after) the request takes effect: in turn, the seed says which first."""
    if not world.faults.strikes("reset"):
        return False, False
    first = (world.faults.counts["reset"] + world.seed) % 2 == 0
    return first, not first


def after(world: World, answer: Answer) -> Answer:
    """What becomes of an answer on its way back, the request having taken effect."""
    if world.faults.strikes("504_after"):
        return page_of_gateway(504)
    if answer.text and answer.type != HTML and world.faults.strikes("truncated_json"):
        return replace(answer, text=answer.text[: len(answer.text) // 2])
    return answer


def broken(flag: bool) -> None:
    """Raises Reset when the flag is set."""
    if flag:
        raise Reset("the connection was reset")


def _too_many(world: World) -> Answer:
    world.limits.note_refusal(world.switches.ban_after_429)
    if world.switches.rate_429_body == "html":
        return page_of_gateway(429)
    # The official sample puts retry_after last, where a problem document has no room for more (protocol page 2.1).
    answer = problem(429, TOO_MANY).answer
    return replace(answer, text=f'{answer.text[:-1]},"retry_after":{RETRY_AFTER_S}}}')


def _internal_error(world: World) -> Refusal:
    if world.switches.platform == "ru":
        return problem(500, UNKNOWN_ERROR)
    # Kommo's gateway answers in its own shape, without `type` (protocol page 3.3).
    body = {"title": "ErrInternalServer", "status": 500, "detail": UNKNOWN_ERROR, "trace_id": "0" * 32}
    return Refusal(Answer(500, dumps(body), "application/json"))
