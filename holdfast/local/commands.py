"""`holdfast local`: bring the whole thing up on this machine, move its clock, wait for rest."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from holdfast.local.clock import driving, parse_duration, parse_instant
from holdfast.local.ending import interrupt_when_asked
from holdfast.local.options import Options, parse_replicas
from holdfast.local.rest import Probe
from holdfast.local.stack import Stack
from holdfast.local.state import StackState, data_folder, load_state
from holdfast.terminal import failing_clearly, say

app = typer.Typer(no_args_is_help=True, help="The whole thing on this machine.")

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the stack; else HOLDFAST_DATA, else .holdfast.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds that each rest may take.")]


@app.command()
@failing_clearly
def up(  # noqa: PLR0913, PLR0917 - one parameter per option of the command
    clock: Annotated[Literal["system", "simulated"], typer.Option(help="Whose time it is.")] = "system",
    now: Annotated[str | None, typer.Option(help="Where a simulated clock starts: RFC 3339, or a date.")] = None,
    data: Data = None,
    policy: Annotated[Path | None, typer.Option(help="A policy laid over the default.", exists=True)] = None,
    kafka: Annotated[str | None, typer.Option(envvar="KAFKA_BOOTSTRAP", help="A broker; else an embedded one.")] = None,
    postgres: Annotated[str | None, typer.Option(envvar="POSTGRES_DSN", help="A server; else an embedded one.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65526, help="The first of ten ports.")] = 8101,
    replicas: Annotated[list[str] | None, typer.Option(help="For example grading=2.")] = None,
    restart: Annotated[bool, typer.Option(help="Start a service again that dies.")] = True,
) -> None:
    """Start servers and services; print one line of JSON when all are ready; stay until Ctrl-C or SIGTERM."""
    asked = parse_replicas(replicas or [])
    options = Options(
        data=data_folder(data),
        clock=clock,
        now=_start_of(now, clock),
        policy=policy,
        kafka=kafka or None,
        postgres=postgres or None,
        port=port,
        replicas=asked,
        partitions=max(2, *asked.values(), 0),
        restart=restart,
    )
    interrupt_when_asked()
    _run(options)


@app.command()
@failing_clearly
def advance(
    to: Annotated[str | None, typer.Option(help="RFC 3339, or a date: its 00:00.")] = None,
    by: Annotated[str | None, typer.Option(help="For example 1d or 12h.")] = None,
    data: Data = None,
    timeout: Timeout = 120,
) -> None:
    """Move the simulated clock, stopping at each day's 00:00, and return at rest."""
    if (to is None) == (by is None):
        raise typer.BadParameter("give either --to or --by")
    began = time.monotonic()
    at, halts = asyncio.run(_advance(load_state(data_folder(data)), to, by, timeout))
    say(f"{at.isoformat()}, {halts} stops, {time.monotonic() - began:.1f} s")


@app.command()
@failing_clearly
def settle(data: Data = None, timeout: Timeout = 120) -> None:
    """Wait until nothing is under way any more."""
    asyncio.run(_settle(load_state(data_folder(data)), timeout))


def _start_of(now: str | None, clock: str) -> datetime | None:
    if now is not None and clock != "simulated":
        raise ValueError("--now is for --clock simulated: the system's clock is not ours to set")
    return None if now is None else parse_instant(now, "UTC")


def _run(options: Options) -> None:
    try:
        with Stack(options, say) as stack:
            state = stack.up()
            print(json.dumps(state.line()), flush=True)
            stack.watch()
    except KeyboardInterrupt:
        pass
    say("stopped")


async def _advance(state: StackState, to: str | None, by: str | None, seconds: float) -> tuple[datetime, int]:
    async with driving(state) as driver:
        target = parse_instant(to, state.time_zone) if to else await driver.now(seconds) + parse_duration(by or "")
        return target, await driver.advance(target, seconds)


async def _settle(state: StackState, seconds: float) -> None:
    async with Probe(state) as probe:
        await probe.rest(seconds)
