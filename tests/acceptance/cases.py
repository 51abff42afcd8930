"""How a case becomes a test: all are played together, on one clock, and each test tells what became of its own."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.world import World
from tests.driving.client import Client
from tests.driving.local import state_of
from tests.driving.timeline import Timeline

Verdicts = Mapping[str, BaseException | None]


def case(drive: Callable[..., Any]) -> Callable[..., None]:
    """A test of the coroutine function `drive(world, ...)`, which goes through its days as `World.day` tells it."""

    @functools.wraps(drive)
    def test(**given: Any) -> None:
        verdict = given.get("world", given.get("own_world"))
        if verdict is not None:
            raise verdict

    test.drive = drive  # type: ignore[attr-defined]
    return test


def played(stack: Path, items: Sequence[pytest.Item], world: str) -> Verdicts:
    """Play the cases among these tests that ask for this kind of world: node id -> what its case raised."""
    cases = {item.nodeid: item for item in items if world in getattr(item, "fixturenames", ())}
    return asyncio.run(_play(stack, cases, world))


async def _play(stack: Path, items: Mapping[str, Any], world: str) -> Verdicts:
    async with Client(state_of(stack)) as client:
        timeline = Timeline(client)
        cases = {
            id: functools.partial(item.function.drive, **{world: World(timeline, _name(item))}, **_given(item))
            for id, item in items.items()
        }
        return await timeline.play(cases)


def _given(item: Any) -> dict[str, Any]:
    return dict(item.callspec.params) if hasattr(item, "callspec") else {}


def _name(item: pytest.Item) -> str:
    """What customers of this case are called."""
    return re.sub(r"[^A-Za-z0-9]+", "-", item.name.removeprefix("test_"))[:60]
