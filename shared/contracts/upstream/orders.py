"""What order and shop systems tell: orders, browsing, costs, launches."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from shared.contracts.data import Count, Currency, Data, Flag, Minor, Name, Names, Value
from shared.contracts.dates import BusinessDate
from shared.contracts.values import CostKind


class OrderLine(Value):
    sku: Name
    category: Name
    quantity: Count
    amount: Minor


class OrderPlaced(Data):
    """`amount` is net of `discount`."""

    TYPE: ClassVar[str] = "holdfast.order.placed.v1"

    order_id: Name
    amount: Minor
    currency: Currency
    goods_cost: Minor | None = None
    discount: Minor | None = None
    lines: Annotated[tuple[OrderLine, ...], Field(fail_fast=True, max_length=1000)] = ()
    online: Flag | None = None


class OrderDelivered(Data):
    TYPE: ClassVar[str] = "holdfast.order.delivered.v1"

    order_id: Name
    guarantee_until_on: BusinessDate | None = None


class OrderDelayed(Data):
    TYPE: ClassVar[str] = "holdfast.order.delayed.v1"

    order_id: Name
    expected_on: BusinessDate | None = None


class OrderRefunded(Data):
    """`amount` in the currency of the order."""

    TYPE: ClassVar[str] = "holdfast.order.refunded.v1"

    order_id: Name
    amount: Minor


class OrderCancelled(Data):
    TYPE: ClassVar[str] = "holdfast.order.cancelled.v1"

    order_id: Name


class BrowseRecorded(Data):
    """A look at a category or a product, as a sign of preference (PR-18)."""

    TYPE: ClassVar[str] = "holdfast.browse.recorded.v1"

    category: Name
    sku: Name | None = None


class Cost(Value):
    kind: CostKind
    minutes: Count | None = None
    amount: Minor | None = None
    currency: Currency | None = None
    complaint_id: Name | None = None


class CostAllocated(Cost, Data):
    """What serving a customer cost (GR-18): minutes at the policy's rate, an amount in `currency`, or both.

    `complaint_id`: the complaint the time was spent on; what the company's fault cost is not held against the customer.
    """

    TYPE: ClassVar[str] = "holdfast.cost.allocated.v1"

    @model_validator(mode="after")
    def _has_a_measure(self) -> Self:
        if self.minutes is None and self.amount is None:
            raise ValueError("give minutes or amount")
        if self.amount is not None and self.currency is None:
            raise ValueError("an amount needs its currency")
        return self


class ProductLaunched(Data):
    """`pilot` True starts wave 1, the same product again with False ends the pilot; None: all at once (KA-02)."""

    TYPE: ClassVar[str] = "holdfast.product.launched.v1"
    ABOUT_CUSTOMER: ClassVar[bool] = False

    product: Name
    tags: Names = ()
    pilot: Flag | None = None
