"""Bugs about what counts once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.engine import tables

NO_NET = "alter table journal drop constraint if exists journal_event_key_key"


def claim_off() -> None:
    """Nothing is known to have come before, and no constraint says otherwise."""
    module: Any = tables
    append = tables.append_journal
    cut: list[bool] = []

    async def nothing(_connection: Any, _keys: Sequence[UUID]) -> set[UUID]:
        return set()

    async def without_a_net(connection: Any, fold: Any) -> None:
        if not cut:
            await connection.execute(NO_NET)
            cut.append(True)
        await append(connection, fold)

    module.claimed_keys = nothing
    module.append_journal = without_a_net
