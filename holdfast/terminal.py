"""Speaking to a person at a terminal: progress and problems on standard error, results on standard output."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import asyncpg
import httpx2
import typer
from aiokafka.errors import KafkaError
from rich.console import Console

from holdfast.demo.orders import NoOrders
from holdfast.local.clock import NotSimulated
from holdfast.local.databases import NotOurs
from holdfast.local.keep import FolderInUse
from holdfast.local.ports import NotReady
from holdfast.local.rest import NotAtRest
from holdfast.local.stack import BrokerLost
from holdfast.local.state import NoStack
from holdfast.outside.api import Unexpected
from shared.contracts.policy import PolicyInvalid

P = ParamSpec("P")

CLEAR = (
    NotReady,
    NotOurs,
    NotAtRest,
    NotSimulated,
    NoStack,
    FolderInUse,
    BrokerLost,
    PolicyInvalid,
    NoOrders,
    Unexpected,
    ValueError,
)
"""What says by itself what to do."""
AWAY = (OSError, asyncpg.PostgresError, KafkaError, httpx2.TransportError)
"""A server that is not there or refuses us."""

errors = Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """One line to a person."""
    errors.print(line, markup=False, soft_wrap=True)


def failing_clearly(command: Callable[P, None]) -> Callable[P, None]:
    """End with status 1 and one clear message instead of a traceback."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except CLEAR as error:
            say(str(error))
            raise typer.Exit(1) from None
        except AWAY as error:
            if isinstance(error, OSError) and error.filename:
                say(f"{error.filename}: {error.strerror}")
            else:
                say(f"{type(error).__name__}: {error}")
            raise typer.Exit(1) from None

    return guarded
