"""The emulated account as an ASGI application: one request from its arrival to its answer."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from starlette.types import ASGIApp, Receive, Scope, Send

from amoconf.emulator import gate, mishap, oauth, sessions, shift, tokens
from amoconf.emulator.answer import Answer, Refusal, page_of_gateway, problem
from amoconf.emulator.ask import Ask
from amoconf.emulator.call import Call
from amoconf.emulator.control import control
from amoconf.emulator.log import Entry
from amoconf.emulator.opening import new_world
from amoconf.emulator.routes import Route, Table, load
from amoconf.emulator.wire import Reset, break_connection, read_body, send_answer
from amoconf.emulator.world import World

__all__ = ["Front", "build", "new_world"]

MEGABYTE = 1_000_000
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
CONFIG = "amoconf.emulator.config."


def build(world: World) -> "Front":
    """The application of one account, the control interface under /_emulator included."""
    return Front(world)


class Front:
    """Takes every request of one account."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.table: Table = load()
        self.control: ASGIApp = control(world)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sorts the control interface from the imitated service."""
        if scope["type"] != "http":
            raise NotImplementedError(f"no {scope['type']} here")
        if scope["path"].startswith("/_emulator"):
            await self.control(scope, receive, send)
            return
        ask = Ask.of(scope)
        entry = self.world.log.open(self.world.clock.exact(), ask.method, ask.path, ask.query_text)
        try:
            answer = await self._answer(ask, receive, entry)
        except Reset:
            await break_connection(scope, receive)
            return
        slow = self.world.faults.seconds("slow_body_s")
        if slow and answer.text:
            self.world.faults.count("slow_body_s")
        await send_answer(send, ask, answer, now=self.world.clock.exact(), slow_s=slow if answer.text else 0)

    async def _answer(self, ask: Ask, receive: Receive, entry: Entry) -> Answer:
        body = await read_body(receive, self.world.switches.request_limit_mb * MEGABYTE)
        if self.world.faults.value("latency_ms"):
            self.world.faults.count("latency_ms")
            await asyncio.sleep(self.world.faults.seconds("latency_ms"))
        ask.body = body or b""
        # What stands in the log if a handler fails by an error of its own; a reset connection has no status.
        entry["status"] = 500
        try:
            answer = page_of_gateway(413) if body is None else self._pass(ask, entry)
        except Reset:
            entry["status"] = None
            raise
        finally:
            entry["by"] = ask.by
        entry["status"] = answer.status
        return answer

    def _pass(self, ask: Ask, entry: Entry) -> Answer:
        """Gateway, service, gateway."""
        world = self.world
        try:
            ask.grant = tokens.read(world, ask.bearer) if ask.bearer else None
            mishap.before(world, self._counted_by(ask))
            early, late = mishap.resets(world)
            mishap.broken(early)
            answer = sessions.marked(world, ask, _or_refusal(lambda: self._serve(ask, entry)))
            mishap.broken(late)
            return mishap.after(world, answer)
        except Refusal as refusal:
            return refusal.answer

    def _counted_by(self, ask: Ask) -> str:
        if self.world.switches.rate_unit == "address":
            return ask.address
        return ask.grant.client_id if ask.grant else ""

    def _serve(self, ask: Ask, entry: Entry) -> Answer:
        """The service itself, the gateway's moods aside."""
        door = oauth.door(ask)
        if door is not None:
            with self.world.store.writing():
                return door.work(self.world, ask)
        method = "GET" if ask.method == "HEAD" else ask.method
        route, values, known = self.table.find(method, ask.path)
        if route is None:
            entry["unlisted"] = True
        if method == "OPTIONS" and known:
            return Answer(204, headers={"allow": self._allowed(ask.path)})
        user, client_id = gate.enter(self.world, ask, route)
        if route is None:
            raise self._unknown(ask, known)
        call = Call(
            world=self.world,
            method=method,
            path=ask.path,
            query=ask.query(),
            query_text=ask.query_text,
            body=ask.words() if method != "GET" else None,
            user=user,
            client_id=client_id,
            values=values,
            headers=dict(ask.headers),
        )
        return self._run(route, call)

    def _unknown(self, ask: Ask, known: bool) -> Refusal:
        if not known:
            return problem(404, f"Cannot {ask.method} {ask.url}")
        answer = problem(405, "Method Not Allowed").answer
        return Refusal(replace(answer, headers={"allow": self._allowed(ask.path)}))

    def _allowed(self, path: str) -> str:
        return ", ".join(method for method in METHODS if self.table.find(method, path)[0])

    def _run(self, route: Route, call: Call) -> Answer:
        reads = call.method == "GET"
        with ExitStack() as around:
            lag = self.world.faults.seconds("config_read_lag_ms")
            if lag and reads and route.handler.__module__.startswith(CONFIG):
                self.world.faults.count("config_read_lag_ms")
                around.enter_context(self.world.store.as_of(lag))
            around.enter_context(self.world.store.writing())
            return shift.disturbed(route, call) if reads else route.handler(call)


def _or_refusal(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except Refusal as refusal:
        return refusal.answer
