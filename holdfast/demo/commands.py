"""`holdfast demo`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from holdfast.demo.chance import SEED, midnight
from holdfast.demo.orders import LAST_DAY
from holdfast.demo.running import running, wind
from holdfast.demo.session import Session
from holdfast.local.ending import interrupt_when_asked
from holdfast.local.options import Options
from holdfast.local.stack import Stack
from holdfast.local.state import StackState, data_folder
from holdfast.terminal import failing_clearly, say

app = typer.Typer(help="Real orders through all four services, and what became of them.")

POLICY = Path(__file__).parent / "policy.yaml"
WIDTH = 150
LIVED = 182
"""Half a year: as long as somebody likes to watch."""


@app.callback(invoke_without_command=True)
@failing_clearly
def demo(  # noqa: PLR0913, PLR0917 - one parameter per option of the command
    customers: Annotated[str, typer.Option(help="sample (2,357), all (23,570), or how many of the sample.")] = "sample",
    until: Annotated[str, typer.Option(help="The last day.")] = LAST_DAY.isoformat(),
    lived: Annotated[int, typer.Option(min=1, help="Days at the end that are lived; the others are history.")] = LIVED,
    seed: Annotated[int, typer.Option(help="Of the simulation of what the log does not say.")] = SEED,
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the stack; else HOLDFAST_DATA.")] = None,
    kafka: Annotated[str | None, typer.Option(envvar="KAFKA_BOOTSTRAP", help="A broker; else an embedded one.")] = None,
    postgres: Annotated[str | None, typer.Option(envvar="POSTGRES_DSN", help="A server; else an embedded one.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65526, help="The first of ten ports.")] = 8101,
    url: Annotated[
        list[str] | None, typer.Option(help="All four services of an empty stack that runs already.")
    ] = None,
) -> None:
    """Bring the stack up, tell the shop's history, live on day by day, show what became of it, check it all."""
    session = Session(customers, date.fromisoformat(until), lived, seed)
    now = midnight(session.since - timedelta(days=1))
    interrupt_when_asked()
    if url:
        raise typer.Exit(0 if uvloop.run(_visit(running(url), now, session)) else 1)
    options = Options(
        data=data_folder(data),
        clock="simulated",
        now=now,
        policy=POLICY,
        kafka=kafka or None,
        postgres=postgres or None,
        port=port,
        partitions=1,
    )
    raise typer.Exit(_run(options, session, _console()))


async def _visit(state: StackState, now: datetime, session: Session) -> bool:
    await wind(state, now)
    return await session.play(state, _console(), data_folder(None))


def _console() -> Console:
    """Wide enough for the tables where nobody says how wide it is."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)


def _run(options: Options, session: Session, console: Console) -> int:
    """0 where everything adds up."""
    try:
        with Stack(options, say) as stack:
            say("starting Postgres, the broker and the four services ...")
            state = stack.up()
            holds = uvloop.run(session.play(state, console, options.data))
            if console.is_terminal:
                _stay(stack, state, console)
            return 0 if holds else 1
    except KeyboardInterrupt:
        say("stopped")
        return 130


def _stay(stack: Stack, state: StackState, console: Console) -> None:
    urls = "  ".join(f"{name} {urls[0]}" for name, urls in state.urls().items())
    console.print(f"It stays up until Ctrl-C: {urls}", soft_wrap=True)
    stack.watch()
    say("stopped")
