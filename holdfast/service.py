"""`holdfast <service> run | migrate | health …`: one service's own command, told what the local stack told it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import typer

from holdfast.local.services import environment_of
from holdfast.local.state import NoStack, data_folder, load_state
from holdfast.terminal import failing_clearly
from shared.contracts.topics import WRITERS

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def add_services(app: typer.Typer) -> None:
    """One command for each service."""
    for service in WRITERS:
        app.command(service, context_settings=PASSED_ON, help=f"{service}: run, migrate, health …")(_command(service))


def environment(service: str, given: Mapping[str, str], data: Path) -> dict[str, str]:
    """The given environment where it says which database is meant, else that of the local stack.

    Raises NoStack where there is neither.
    """
    if "HOLDFAST_DSN" in given:
        return dict(given)
    try:
        state = load_state(data)
    except NoStack as error:
        raise NoStack(f"HOLDFAST_DSN is not set, and {error}") from None
    url = state.urls()[service][0]
    return {**given, **environment_of(0, int(url.rpartition(":")[2]), state.environment[service])}


def _command(service: str) -> Callable[..., None]:
    @failing_clearly
    def run(context: typer.Context, verb: str = typer.Argument("run")) -> None:
        told = environment(service, os.environ, data_folder(None))
        command = [sys.executable, "-m", f"services.{service}", verb, *context.args]
        os.execve(sys.executable, command, told)  # noqa: S606 - it becomes the service

    return run
