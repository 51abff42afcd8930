"""What people and jobs say to a customer's stream."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import ConfigDict, Field

from services.grading.domain.silence import ModelLevel
from shared.contracts.data import Command, Name, Text, Value
from shared.contracts.dates import BusinessDate
from shared.contracts.values import OverrideField


class SettleCustomer(Command):
    """Look at the tier again under these cuts; what the model says of the customer goes with it."""

    TYPE: ClassVar[str] = "holdfast.grading.command.settle_customer.v1"

    as_of: BusinessDate
    model_level: ModelLevel | None = None
    p_buy: Annotated[float, Field(ge=0, le=1)] | None = None
    last_order_on: date | None = None


class OverrideBody(Value):
    """The body of POST /v1/customers/{id}/overrides; the rule says which values there are."""

    model_config = ConfigDict(extra="forbid")

    field: OverrideField
    value: Name
    reason: Text
    author: Name
    until_on: BusinessDate | None = None


class SetOverride(OverrideBody, Command):
    """A person knows better (X-05)."""

    TYPE: ClassVar[str] = "holdfast.grading.command.set_override.v1"


class RemoveOverride(Command):
    TYPE: ClassVar[str] = "holdfast.grading.command.remove_override.v1"

    override_id: UUID
