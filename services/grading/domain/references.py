"""What many customers depend on: documents that jobs make, handed to rules by name."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from services.grading.domain.models.calibration import Calibration
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.models.spend import GammaGamma
from shared.engine.decision import Context

CUTS, MODEL = "tier_cuts", "value_model"


class TierCuts(Struct, frozen=True):
    """The profits from which a customer is key, regular, or in the band below (GR-14…GR-16); None: nobody is."""

    as_of: date
    ranked: int
    """Customers with a purchase."""
    key_from: int | None
    regular_from: int | None
    key_band_from: int | None
    regular_band_from: int | None
    profit: int = 0
    """Of all who are ranked, over twelve months."""
    earned: int = 0
    """With those of them who bring a profit."""
    key_earned: int = 0
    whale: tuple[int, ...] = ()
    """Cumulative profit of the best 10 %, 20 % … 100 % of them."""
    value: str = "profit_12m"
    """What is ranked, and compared with the amounts above: `tier.value` of that day's policy."""


class ValueModel(Struct, frozen=True):
    """Parameters that were most likely on that day."""

    fitted_on: date
    customers: int
    log_likelihood: float
    timing: MbgNbd | ParetoNbd
    spend: GammaGamma
    calibration: Calibration | None = None
    """Of the chance to order, by the last window that has closed."""


def cuts_of(context: Context) -> TierCuts | None:
    found: TierCuts | None = context.reference.get(CUTS)
    return found


def model_of(context: Context) -> ValueModel | None:
    found: ValueModel | None = context.reference.get(MODEL)
    return found
