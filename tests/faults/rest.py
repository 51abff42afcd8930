"""When nothing is under way any more, judged by offsets and counters and never by a sleep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

States = Mapping[str, Mapping[str, Any] | None]
"""What `/v1/idle` of each service says; None where it does not answer."""
Ends = Mapping[tuple[str, int], int]
"""(topic, partition) -> the offset after the broker's last record."""


class NotAtRest(AssertionError):
    """Says what is still under way."""


def behind(states: States, ends: Ends) -> list[str]:
    """Services that stand elsewhere than at the end of a partition that they read, with the place."""
    reasons = []
    for service, state in states.items():
        for topic, parts in (state["consumed"] if state else {}).items():
            reasons += [
                f"{service} stands at {stands} of {ends[topic, int(part)]} of {topic}/{part}"
                for part, stands in parts.items()
                if ends.get((topic, int(part)), stands) != stands
            ]
    return reasons


def busy(states: States, ends: Ends) -> list[str]:
    """Why this is no rest."""
    reasons = behind(states, ends) if ends else ["the broker does not answer"]
    for service, state in states.items():
        if state is None:
            reasons.append(f"{service} does not answer")
        else:
            reasons += [f"{service} {what} {state[what]}" for what in ("outbox", "due") if state[what]]
    if len({state["now"] for state in states.values() if state}) > 1:
        reasons.append("the clocks differ")
    return reasons


async def rest(
    look: Callable[[], Awaitable[States]], where: Callable[[], Awaitable[Ends]], seconds: float, now: str
) -> None:
    """Two rounds with nothing to do, equal counters and every clock at `now`, or NotAtRest with what there is to do."""
    deadline, last, why = time.monotonic() + seconds, None, ["nothing was asked"]
    while time.monotonic() < deadline:
        states = await look()
        why = busy(states, await where())
        why += [f"{s} has not heard of {now}" for s, state in states.items() if state and state["now"][:10] != now]
        counters = None if why else {service: state["applied"] for service, state in states.items() if state}
        if counters is not None and counters == last:
            return
        last = counters
        await asyncio.sleep(0.1)
    raise NotAtRest(f"after {seconds} s: " + "; ".join(why[:12]))
