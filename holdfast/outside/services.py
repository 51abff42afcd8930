"""The services that a command speaks to: those of a stack, or named by their URLs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from holdfast.local.state import data_folder, load_state
from shared.contracts.topics import WRITERS

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the stack; else HOLDFAST_DATA, else .holdfast.")]
Urls = Annotated[
    list[str] | None,
    typer.Option("--url", help="Base URL of a service, instead of the stack's; the token is HOLDFAST_TOKEN's."),
]


@contextmanager
def clients(data: Path | None, urls: Sequence[str] | None) -> Iterator[list[tuple[str, httpx2.Client]]]:
    """(name, client) of each service; a service named by its URL is called by that. Raises NoStack."""
    if urls:
        known, token = [(url, url) for url in urls], os.environ.get("HOLDFAST_TOKEN", "")
    else:
        state = load_state(data_folder(data))
        known, token = [(name, state.urls()[name][0]) for name in WRITERS], state.token
    headers = {"Authorization": f"Bearer {token}"}
    made = [(name, httpx2.Client(base_url=url, headers=headers, timeout=30)) for name, url in known]
    try:
        yield made
    finally:
        for _, http in made:
            http.close()
