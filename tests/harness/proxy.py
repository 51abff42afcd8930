"""A network that fails: a TCP door before a server of this machine, whose connections break as connections do."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Coroutine
from contextlib import suppress
from threading import Thread

from holdfast.local.process import LOOPBACK

BROKEN = (OSError, asyncio.IncompleteReadError)
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: closed with a reset."""


class Proxy:
    """`with` opens the door at `port`; what comes through it goes to `target`, both ports on loopback.

    It has a thread of its own: whoever waits for a process does not hold up what that process waits for.
    """

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self.target = target
        self.carried = 0
        """Connections so far that were let through."""
        self._dark = False
        self._ways: set[Way] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Proxy:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._here(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._here(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def reset(self) -> None:
        """Every connection is reset at both of its ends."""
        self._loop.call_soon_threadsafe(self._reset)

    def go_dark(self) -> None:
        """Connections are still taken, and nothing passes; those that there are now or come meanwhile never pass again.

        Nobody is told: as with a firewall that has forgotten them.
        """
        self._loop.call_soon_threadsafe(self._go_dark)

    def heal(self) -> None:
        """What is opened from now on passes."""
        self._dark = False

    def _here(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._come_in, LOOPBACK, self.port)

    async def _shut(self) -> None:
        self._server.close()
        self._reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _reset(self) -> None:
        for way in list(self._ways):
            way.reset()

    def _go_dark(self) -> None:
        self._dark = True
        for way in self._ways:
            way.dark = True

    def _come_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        way = Way(writer, dark=self._dark)
        self._ways.add(way)
        self.carried += not way.dark
        try:
            far_reader, way.far = await asyncio.open_connection(LOOPBACK, self.target)
            await asyncio.gather(way.pump(reader, way.far), way.pump(far_reader, writer))
        except BROKEN:
            way.reset()
        finally:
            self._ways.discard(way)
            way.close()


class Way:
    """One connection through the door, by its two ends."""

    def __init__(self, near: asyncio.StreamWriter, *, dark: bool) -> None:
        self.near = near
        self.far: asyncio.StreamWriter | None = None
        self.dark = dark

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes one way until its end, which is told only where somebody still listens."""
        while data := await reader.read(65_536):
            if not self.dark:
                writer.write(data)
                await writer.drain()
        if not self.dark and writer.can_write_eof():
            with suppress(OSError):
                writer.write_eof()

    def reset(self) -> None:
        for end in self._ends():
            if (raw := end.get_extra_info("socket")) is not None:
                with suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            end.transport.abort()

    def close(self) -> None:
        for end in self._ends():
            end.close()

    def _ends(self) -> list[asyncio.StreamWriter]:
        return [end for end in (self.near, self.far) if end is not None]
