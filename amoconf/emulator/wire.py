"""The ASGI ends: reading a request's body, sending an answer, breaking a connection."""

import asyncio
import socket
import struct
import uuid
from email.utils import formatdate
from typing import Any

from starlette.types import Receive, Scope, Send

from amoconf.emulator.answer import Answer
from amoconf.emulator.ask import Ask
from amoconf.emulator.store import ORIGIN

# Where serve.py leaves the connection, so that it can be broken.
TRANSPORT = "amoconf.transport"
PIECES = 10


class Reset(ConnectionResetError):
    """The connection broke. Raised to an in-process caller, who has no connection to break."""


async def read_body(receive: Receive, most: int) -> bytes | None:
    """The whole body, or None when it is longer than `most` bytes (the rest is read and thrown away)."""
    pieces, size = [], 0
    while True:
        message = await receive()
        piece = message.get("body", b"")
        size += len(piece)
        if size <= most:
            pieces.append(piece)
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(pieces) if size <= most else None


async def send_answer(send: Send, ask: Ask, answer: Answer, *, now: float, slow_s: float = 0) -> None:
    """Sends an answer under the caller's own origin; `slow_s` spreads its body over that time."""
    body = answer.text.replace(ORIGIN, ask.origin).encode()
    headers = {"server": "nginx", "date": formatdate(now, usegmt=True), "x-request-id": uuid.uuid4().hex}
    if answer.status != 204:
        headers |= {"content-type": answer.type, "content-length": str(len(body))}
    raw = [(name.encode(), value.encode()) for name, value in {**headers, **answer.headers}.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if not slow_s:
        # The server leaves the body of an answer to HEAD out.
        await send({"type": "http.response.body", "body": body})
        return
    size = max(1, -(-len(body) // PIECES))
    for start in range(0, len(body), size):
        await asyncio.sleep(slow_s / PIECES)
        await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def break_connection(scope: Scope, receive: Receive) -> None:
    """Sends a TCP reset and returns when the connection is gone; in process it raises Reset."""
    transport: Any = scope.get("extensions", {}).get(TRANSPORT)
    if transport is None:
        raise Reset("the connection was reset")
    # Lingering for zero seconds makes close() send a reset instead of an orderly end.
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
