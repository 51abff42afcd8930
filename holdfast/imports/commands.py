"""`holdfast import customers | orders FILE`."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Annotated

import typer

from holdfast.imports.columns import What
from holdfast.imports.flow import Target
from holdfast.imports.resume import place_beside
from holdfast.imports.run import Asked, run
from holdfast.local.state import data_folder, load_state
from holdfast.terminal import errors, failing_clearly
from shared.contracts.topics import WRITERS
from shared.kafka.settings import KafkaSettings

app = typer.Typer(no_args_is_help=True, help="Customers and orders from a file, as upstream events.")

STREAM = "-"
File = Annotated[str, typer.Argument(help="CSV with a heading, or JSON lines; - is standard input.")]
Source = Annotated[str, typer.Option(help="Which system the file is from: with it, ids are unique.")]
Strict = Annotated[bool, typer.Option("--strict", help="Send nothing unless every line is good.")]
Report = Annotated[Path | None, typer.Option(help="Where bad lines are listed; else beside the file.")]
Stack = Annotated[Path | None, typer.Option("--data", help="Folder of the stack; else HOLDFAST_DATA, else .holdfast.")]
Urls = Annotated[
    list[str] | None,
    typer.Option(
        "--url",
        help="Base URLs of profile, grading, scheduler and feedback, in this order, instead of a local stack's; the "
        "token is HOLDFAST_TOKEN's, the broker HOLDFAST_KAFKA's.",
    ),
]


@app.command()
@failing_clearly
def customers(
    file: File,
    source: Source = "import",
    strict: Strict = False,
    report: Report = None,
    data: Stack = None,
    url: Urls = None,
) -> None:
    """Each line is a registration, or what its column `type` says."""
    _import("customers", file, source, strict, report, _target(data, url))


@app.command()
@failing_clearly
def orders(
    file: File,
    source: Source = "import",
    strict: Strict = False,
    report: Report = None,
    data: Stack = None,
    url: Urls = None,
) -> None:
    """Each line is an order placed, or what its column `type` says."""
    _import("orders", file, source, strict, report, _target(data, url))


def _import(what: What, name: str, source: str, strict: bool, report: Path | None, target: Target) -> None:
    path = Path(f"{what}" if name == STREAM else name)
    beside = path.with_name(f"{path.name}.refused.csv")
    place = None if name == STREAM else place_beside(path)
    asked = Asked(what, name, source, strict, report or beside, place)
    with _opened(name) as file:
        if not asyncio.run(run(asked, file, target, errors)):
            raise typer.Exit(1)


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    """The file, which is read twice: what comes from a stream is put aside first, where nobody else sees it."""
    if name != STREAM:
        with Path(name).open("rb") as file:
            yield file
        return
    with TemporaryFile() as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.seek(0)
        yield kept


def _target(data: Path | None, urls: list[str] | None) -> Target:
    if not urls:
        state = load_state(data_folder(data))
        return Target({name: state.urls()[name][0] for name in WRITERS}, state.token, state.kafka_settings())
    if len(urls) != len(WRITERS):
        raise ValueError(f"--url: give {len(WRITERS)}, of {', '.join(WRITERS)} in this order")
    return Target(dict(zip(WRITERS, urls, strict=True)), os.environ.get("HOLDFAST_TOKEN", ""), KafkaSettings())
