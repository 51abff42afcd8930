"""What a job says to a customer's stream."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.data import Command
from shared.contracts.dates import BusinessDate


class SettleCustomer(Command):
    """Look at the tier again under these cuts; what the model says of the customer goes with it."""

    TYPE: ClassVar[str] = "holdfast.grading.command.settle_customer.v1"

    as_of: BusinessDate
    model_level: Literal["none", "watch", "warn", "lost"] | None = None
    p_buy: Annotated[float, Field(ge=0, le=1)] | None = None
    last_order_on: date | None = None
