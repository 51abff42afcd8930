"""`holdfast keys`: who may ask the services over HTTP."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from holdfast.local.keep import KEYS
from holdfast.local.state import data_folder
from holdfast.terminal import failing_clearly, say
from shared.contracts.topics import WRITERS
from shared.web.keys import BadKeys, Key, new_key, read_keys, write_keys
from shared.web.roles import FOR_KEYS, Role

app = typer.Typer(no_args_is_help=True, help="Who may ask the services over HTTP.")
File = Annotated[Path | None, typer.Option(help="The file of keys; HOLDFAST_KEYS_FILE, else that of the local stack.")]


def keys_file(given: Path | None) -> Path:
    """Where the keys are."""
    told = os.environ.get("HOLDFAST_KEYS_FILE")
    return given or (Path(told) if told else data_folder(None) / KEYS)


@app.command()
@failing_clearly
def new(
    id: Annotated[str, typer.Argument(help="Whose it is: a person or a system, in the audit log too.")],
    role: Annotated[str, typer.Option(help=", ".join(FOR_KEYS))],
    agent: Annotated[list[str] | None, typer.Option(help="Of an agent: whose customers; may be repeated.")] = None,
    service: Annotated[list[str] | None, typer.Option(help="Where it opens; may be repeated. Everywhere.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it holds.")] = 365,
    file: File = None,
) -> None:
    """Make a key and print it: this once, for only its print is kept. The services know it within a second."""
    if role not in FOR_KEYS:
        raise ValueError(f"--role is one of {', '.join(FOR_KEYS)}")
    if unknown := sorted(set(service or ()) - set(WRITERS)):
        raise ValueError(f"--service is one of {', '.join(WRITERS)}, not {', '.join(unknown)}")
    kept, place = _kept(file)
    if any(key.id == id for key in kept):
        raise ValueError(f"{id} has a key: revoke it first, or give another id")
    text, print_ = new_key(id)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    key = Key(id, print_, Role(role), until, tuple(agent or ()), tuple(service or ()))
    write_keys(place, [*kept, key])
    say(f"{id} may ask as {role} until {until:%Y-%m-%d}. The key is not shown again:")
    print(text)


@app.command("list")
@failing_clearly
def list_(file: File = None) -> None:
    """Every key, without the key."""
    table = Table("id", "role", "agents", "services", "until", box=None)
    for key in _kept(file)[0]:
        until = f"{key.expires_at:%Y-%m-%d}" + (" (over)" if key.is_over() else "")
        table.add_row(key.id, key.role, ", ".join(key.agents), ", ".join(key.services) or "all", until)
    Console().print(table)


@app.command()
@failing_clearly
def revoke(id: str, file: File = None) -> None:
    """It opens nothing any more, within a second."""
    kept, place = _kept(file)
    left = [key for key in kept if key.id != id]
    if len(left) == len(kept):
        raise ValueError(f"{place} has no key {id}")
    write_keys(place, left)
    say(f"{id} may ask no more")


def _kept(file: Path | None) -> tuple[list[Key], Path]:
    place = keys_file(file)
    found = list(read_keys(place.read_bytes())) if place.exists() else []
    wrong = [each for each in found if isinstance(each, BadKeys)]
    if wrong:
        raise wrong[0]
    return [key for key in found if isinstance(key, Key)], place
