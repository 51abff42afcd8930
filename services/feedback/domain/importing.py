"""Figures that nobody can work out here: told from outside, kept, shown beside the others (KP-05)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Struct
from pydantic import Field

from shared.contracts.data import Command, Count, Name
from shared.contracts.dates import BusinessDate
from shared.engine.decision import Accepted, Context, Decision, Event, Refused

IMPORTABLE = ("market_share",)
WORKED_OUT = Refused("kpi_unknown", f"only these are told from outside: {', '.join(IMPORTABLE)}")
BACKWARDS = Refused("invalid_body", "to_on lies before from_on: turn them round")


class FigureTold(Command):
    """A percentage of the days from `from_on` to `to_on`; `n`: of how many, where that is known."""

    from_on: BusinessDate
    to_on: BusinessDate
    value: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    n: Count = 0
    source: Name | None = None


class ImportFigure(FigureTold):
    TYPE: ClassVar[str] = "holdfast.feedback.command.import_figure.v1"

    figure_id: UUID
    kpi: Name


class ImportedFigure(Struct, frozen=True):
    """The last word about one figure of these days."""

    figure_id: UUID
    kpi: str
    from_on: date
    to_on: date
    value: float
    n: int
    source: str | None = None


class FigureState(Struct, frozen=True):
    """The stream of one figure of one period."""

    figure: ImportedFigure | None = None


def decide_imported(_state: FigureState, _event: Event, data: ImportFigure, _context: Context) -> Decision:
    """A later word takes the place of an older one about the same days."""
    if data.kpi not in IMPORTABLE:
        return WORKED_OUT
    if data.to_on < data.from_on:
        return BACKWARDS
    figure = ImportedFigure(data.figure_id, data.kpi, data.from_on, data.to_on, data.value, data.n, data.source)
    return Accepted(FigureState(figure), rows=(figure,))
