"""`holdfast record` and `holdfast replay`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from holdfast.journal.compare import Comparison, compare
from holdfast.journal.databases import connections_to, databases_of
from holdfast.journal.held import Contents, contents_of
from holdfast.journal.lines import Line, read_lines, write_lines
from holdfast.journal.record import record
from holdfast.journal.replay import replaying
from holdfast.local.state import StackState, data_folder, load_state
from holdfast.terminal import failing_clearly, say

MENTIONED = 10

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the stack; else HOLDFAST_DATA, else .holdfast.")]
Postgres = Annotated[str | None, typer.Option(envvar="POSTGRES_DSN", help="The server of a stack that is down.")]


def add_journal(app: typer.Typer) -> None:
    """Both commands."""
    app.command("record")(record_command)
    app.command("replay")(replay_command)


@failing_clearly
def record_command(
    out: Annotated[Path | None, typer.Option(help="The file; else standard output.")] = None,
    data: Data = None,
    postgres: Postgres = None,
) -> None:
    """Write what came in through all doors of a stack, up or down, as JSON lines. They hold personal data."""
    with databases_of(data_folder(data), postgres) as dsns:
        lines = asyncio.run(_record(dsns))
    if out is None:
        sys.stdout.buffer.writelines(write_lines(lines))
        return
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.writelines(write_lines(lines))
    say(f"{len(lines)} inputs in {out}")


@failing_clearly
def replay_command(
    file: Annotated[Path, typer.Argument(help="A recording.", exists=True, dir_okay=False)],
    data: Data = None,
    compare_with: Annotated[
        Path | None, typer.Option(help="Folder of a stack that must hold the same in the end.")
    ] = None,
    postgres: Postgres = None,
) -> None:
    """Play a recording into a stack that is up, empty, and simulates its clock, through its public doors."""
    lines, state = read_lines(file), load_state(data_folder(data))
    asyncio.run(replay(state, lines))
    say(f"{len(lines)} inputs played")
    if compare_with is not None:
        with databases_of(compare_with, postgres) as dsns:
            raise typer.Exit(_tell(asyncio.run(compare_stacks(state.postgres, dsns))))


async def replay(state: StackState, lines: list[Line]) -> None:
    """Raises what the replayer does."""
    async with replaying(state) as replayer:
        await replayer.play(lines)


async def compare_stacks(here: dict[str, str], there: dict[str, str]) -> Comparison:
    """Two stacks by their DSNs, both at rest."""
    return compare(await _contents(here), await _contents(there))


async def _contents(dsns: dict[str, str]) -> Contents:
    async with connections_to(dsns) as connections:
        return await contents_of(connections)


async def _record(dsns: dict[str, str]) -> list[Line]:
    async with connections_to(dsns) as connections:
        return await record(connections)


def _tell(found: Comparison) -> int:
    """0 where both are equal."""
    for difference in found.differences[:MENTIONED]:
        print(json.dumps({"table": difference.table, "customer": difference.customer}))
        print(json.dumps({"only_here": difference.only_here, "only_there": difference.only_there}))
    say(
        f"{found.rows} rows compared, {len(found.differences)} groups of them differ; "
        f"{found.open_} more only in what the order within one instant leaves open"
    )
    return 1 if found.differences else 0
