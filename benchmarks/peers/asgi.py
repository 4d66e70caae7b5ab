"""The client for ASGI apps, in process: one request after the other, on an event loop that is there already.

Its cost, of which the loop is the most, is in every time of an ASGI app; compare these with each other. One task
serves all requests of an app, as that of a server does: worker threads, which frameworks keep for as long as the
outermost task lives, are not started anew for every request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NoReturn

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class AsgiCall:
    """A request, made ready to be sent to an app any number of times, and the status that must come."""

    def __init__(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        media_type: str = "application/json",
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        sent = {"host": "localhost", "accept": "application/json", **(headers or {})}
        if body:
            sent |= {"content-type": media_type, "content-length": str(len(body))}
        self._status = status
        self._request: Message = {"type": "http.request", "body": body, "more_body": False}
        self._scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 80),
        }

    async def answer(self, app: App) -> bytes:
        """Do what a server does; the body. Raises ``RuntimeError`` for another status than expected."""
        told: list[Message] = []
        waiting = [self._request]

        async def receive() -> Message:
            if waiting:
                return waiting.pop()
            await asyncio.Event().wait()  # as from a client that stays
            raise AssertionError

        async def send(message: Message) -> None:
            told.append(message)

        await app({**self._scope, "headers": list(self._scope["headers"])}, receive, send)
        if told[0]["status"] != self._status:
            raise RuntimeError(f"{self._scope['method']} {self._scope['path']} answers {told[0]['status']}")
        return b"".join(message.get("body", b"") for message in told[1:])


class Served:
    """An app on a loop of its own, that can be sent a call from outside of the loop."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._asked: asyncio.Queue[tuple[AsgiCall, asyncio.Future[bytes]]] = asyncio.Queue()
        self._task = self._loop.create_task(self._serve())

    def send(self, call: AsgiCall) -> bytes:
        """The body of the reply; raises what the app raises."""
        answered: asyncio.Future[bytes] = self._loop.create_future()
        self._asked.put_nowait((call, answered))
        return self._loop.run_until_complete(answered)

    async def _serve(self) -> NoReturn:
        while True:
            call, answered = await self._asked.get()
            try:
                answered.set_result(await call.answer(self._app))
            except Exception as error:
                answered.set_exception(error)

    def close(self) -> None:
        """End the task and the loop."""
        self._task.cancel()
        self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
        self._loop.close()
