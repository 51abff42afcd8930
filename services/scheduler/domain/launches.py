"""A product launch: heard once, and handed to the job that tells each customer (KA-02, CA-08)."""

from __future__ import annotations

from msgspec import Struct

from services.scheduler.domain.rows import Launch
from shared.contracts.ids import derived
from shared.contracts.profile import ProductLaunched
from shared.engine.decision import Accepted, Decision, Event, StreamKey


class LaunchState(Struct, frozen=True, omit_defaults=True):
    """One product: how often its launch was heard of."""

    heard: int = 0


def launch_stream(product: str) -> StreamKey:
    return StreamKey("launch", derived("launch", product))


def decide_launch(state: LaunchState, event: Event, said: ProductLaunched) -> Decision:
    """Each wave is a job of its own; a customer takes part in one of them."""
    work = Launch(event.key, said.product, said.tags, said.pilot)
    return Accepted(LaunchState(state.heard + 1), rows=(work,))
