"""The `holdfast` command."""

from __future__ import annotations

import typer

from holdfast.local import commands as local

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Holdfast keeps customers."
)
app.add_typer(local.app, name="local")


def main() -> None:
    """Run it."""
    app()


if __name__ == "__main__":
    main()
