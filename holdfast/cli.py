"""The `holdfast` command."""

from __future__ import annotations

import typer

from holdfast import dead_letters, keys, policy
from holdfast.demo import commands as demo
from holdfast.imports import commands as imports
from holdfast.journal.commands import add_journal
from holdfast.local import commands as local
from holdfast.service import add_services

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Holdfast keeps customers."
)
app.add_typer(local.app, name="local")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(policy.app, name="policy")
app.add_typer(keys.app, name="keys")
app.add_typer(demo.app, name="demo")
app.add_typer(imports.app, name="import")
add_journal(app)
add_services(app)


def main() -> None:
    """Run it."""
    app()


if __name__ == "__main__":
    main()
