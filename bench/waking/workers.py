"""Processes that wake up whoever is due, and die at any instant."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection

import asyncpg

from services.scheduler.domain.rules import RULES
from services.scheduler.store import LEDGERS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from shared.contracts.topics import DEFAULT
from shared.engine.apply import Engine
from shared.engine.clocks import Clock
from shared.engine.subscriptions import reads
from shared.engine.wakeups import run_due
from shared.postgres.pool import INFRASTRUCTURE, open_pool

NAME = "waker"
CLOCK_TOPIC = DEFAULT.clock
FORK = multiprocessing.get_context("fork")


def engine_over(pool: asyncpg.Pool) -> Engine:
    return Engine(RULES, LEDGERS, pool, Clock("simulated"), reads(SUBSCRIPTIONS, RULES.commands, DEFAULT))


class Waker:
    """A process of its own. It must be made while no event loop runs."""

    def __init__(self, dsn: str, chunk: int) -> None:
        self._pipe, theirs = FORK.Pipe()
        self._process = FORK.Process(target=_serve, args=(dsn, chunk, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def go(self) -> None:
        """Wake up all that are due now. A dead one does nothing, as `rested` will tell."""
        with suppress(ConnectionError):
            self._pipe.send(True)

    def rested(self) -> bool:
        """Waits until nobody is due any more that no other waker has in hand. False: it died over it."""
        try:
            return bool(self._pipe.recv())
        except (EOFError, ConnectionError):
            return False

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(dsn: str, chunk: int, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        asyncio.run(_wake(dsn, chunk, pipe))
    except BaseException:  # noqa: BLE001 - told, and the parent sees that it is gone
        traceback.print_exc()
    finally:
        os._exit(1)  # what was inherited is the parent's to close


async def _wake(dsn: str, chunk: int, pipe: Connection) -> None:
    engine = engine_over(await _pool(dsn))
    parent = os.getppid()
    while True:
        while not pipe.poll(1.0):
            if os.getppid() != parent:
                return
        pipe.recv()
        while True:
            try:
                if not await run_due(engine, CLOCK_TOPIC, chunk):
                    break
            except INFRASTRUCTURE:
                await asyncio.sleep(0.02)
        pipe.send(True)


async def _pool(dsn: str) -> asyncpg.Pool:
    while True:
        try:
            return await open_pool(dsn, NAME, 2)
        except INFRASTRUCTURE:
            await asyncio.sleep(0.1)
