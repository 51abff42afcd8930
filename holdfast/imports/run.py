"""One import from beginning to end: check all of it, send what is good, wait until the services have it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from aiokafka import AIOKafkaProducer
from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from holdfast.imports.checked import Faults, Spool, check
from holdfast.imports.columns import What, known_columns
from holdfast.imports.flow import Flow, Target, clients_of
from holdfast.imports.judge import Judge
from holdfast.imports.resume import Place, digest_of, load_place, save_place
from holdfast.imports.rows import Form, Row, form_of, read_rows
from holdfast.imports.send import send_all
from holdfast.terminal import say
from shared.contracts.policy import Policy
from shared.contracts.topics import topics
from shared.kafka import clients


class Asked(Struct, frozen=True):
    """What is to be imported, and how."""

    what: What
    name: str
    """Of the file; tells its form."""
    source: str
    strict: bool
    report: Path
    place: Path | None
    """Where it is kept how far the import is; None for a stream."""


class BadFile(ValueError):
    """Nothing of it can be imported."""


async def run(asked: Asked, file: IO[bytes], target: Target, console: Console) -> bool:
    """False where `strict` kept it from sending anything. Raises BadFile, NoAnswer."""
    async with _flowing(target) as flow:
        form = form_of(asked.name, file.read(4096))
        digest = digest_of(file, f"{asked.what} {asked.source} {form}")
        place = load_place(asked.place, digest) if asked.place else Place(digest)
        if place.done and not place.skipped:
            say(f"all {place.sent:,} events of this file were sent before: nothing to do")
            return True
        judge = await _judge(asked, flow, form)
        with Spool() as spool, Faults(asked.report) as faults:
            with _bar(console, "checked", None) as passed:
                check(_rows(file, form, asked.what), judge, spool, faults, lambda: passed(1))
            _tell(spool, faults)
            if asked.strict and faults.counts:
                return False
            place = place.without(faults.skipped)
            if place.done:
                say(f"all {place.sent:,} events of its good lines were sent before: nothing to do")
            else:
                await _send(asked, flow, spool, place, target, console)
    return True


async def _judge(asked: Asked, flow: Flow, form: Form) -> Judge:
    [active] = (await flow.ask("profile", "/v1/policies?state=active"))["items"]
    now = datetime.fromisoformat((await flow.ask("profile", "/v1/idle"))["now"])
    return Judge(asked.what, asked.source, Policy.model_validate(active["values"]), now, form == "csv")


def _rows(file: IO[bytes], form: Form, what: What) -> Iterator[Row]:
    rows = read_rows(file, form)
    if form == "csv":
        first = next(rows)
        if first.cells is None:
            raise BadFile(first.fault)
        heading, known = first.cells, known_columns(what)
        if unknown := [name for name in heading if name not in known]:
            commas = " (cells are separated by commas)" if len(heading) == 1 else ""
            may = ", ".join(sorted(known))
            raise BadFile(f"unknown column {', '.join(unknown)}{commas}; a file of {what} may have {may}")
        if lacking := [name for name in ("subject", "time") if name not in heading]:
            raise BadFile(f"the heading lacks {', '.join(lacking)}")
    return rows


def _tell(spool: Spool, faults: Faults) -> None:
    bad = faults.counts.total()
    say(f"{spool.count:,} good lines, {bad:,} bad ones")
    for line in faults.lines():
        say(line)
    if bad:
        say(f"every bad line, with its reason: {faults.path}")


async def _send(asked: Asked, flow: Flow, spool: Spool, place: Place, target: Target, console: Console) -> None:
    began, first = time.monotonic(), place.sent
    if first:
        say(f"the first {first:,} were sent before: going on from there")
    async with AsyncExitStack() as stack:
        producer: AIOKafkaProducer = clients.producer(target.kafka)
        await producer.start()
        stack.push_async_callback(producer.stop)
        advance = stack.enter_context(_bar(console, "sent", spool.count))
        advance(first)

        def sent(count: int) -> None:
            nonlocal place
            place = replace(place, sent=place.sent + count, done=place.sent + count == spool.count)
            if asked.place:
                save_place(asked.place, place)
            advance(count)

        await send_all(producer, flow, spool.records(first), sent)
    await flow.settle(0)
    if asked.place:
        save_place(asked.place, replace(place, sent=spool.count, done=True))
    seconds = time.monotonic() - began
    say(f"{spool.count - first:,} events sent and taken by all services in {seconds:,.1f} s")


@asynccontextmanager
async def _flowing(target: Target) -> AsyncIterator[Flow]:
    asking = clients_of(target.urls, target.token)
    try:
        yield Flow(asking, topics(target.kafka.topic_prefix))
    finally:
        for client in asking.values():
            await client.aclose()


@contextmanager
def _bar(console: Console, said: str, total: int | None) -> Iterator[Callable[[int], None]]:
    counted = MofNCompleteColumn() if total is not None else TextColumn("{task.completed:,.0f}")
    columns = (TextColumn(said), BarColumn(24), counted, TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.advance(task, count)
