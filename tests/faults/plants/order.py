"""Bugs about what counts once."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from shared.engine import claims, needed, tables

NO_NET = "alter table journal drop constraint if exists journal_event_key_key"


def claim_off() -> None:
    """Nothing is known to have come before, and no constraint says otherwise."""
    module: Any = tables
    save = tables.save
    cut: list[bool] = []

    async def without_a_net(connection: Any, *what: Any) -> None:
        if not cut:
            await connection.execute(NO_NET)
            cut.append(True)
        await save(connection, *what)

    needed.CLAIMS = replace(claims.CLAIMS, load=f"{claims.LOAD} and false")
    module.save = without_a_net
