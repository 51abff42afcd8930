"""Purchases: what they are worth, how long they are guaranteed, and whom that makes worth asking (CP-15, KP-05)."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.case import step_row
from services.feedback.domain.rows import CaseFile, CaseStep
from services.feedback.domain.signals import Purchase
from services.feedback.domain.state import CustomerState
from shared.contracts.policy import Policy
from shared.contracts.profile import PurchaseRecorded
from shared.contracts.values import ComplaintAbout, PurchaseKind, Step
from shared.engine.decision import Accepted, Context, Decision, Event


def decide_purchase(state: CustomerState, _event: Event, data: PurchaseRecorded, context: Context) -> Decision:
    """The order as it stands now."""
    known = context.rows.get(Purchase, data.order_id)
    cancelled = data.kind == PurchaseKind.CANCELLED or (known is not None and known.cancelled and not context.again)
    row = Purchase(
        order_id=data.order_id,
        customer_id=context.stream.id,
        ordered_on=data.ordered_on,
        amount=None if data.amount is None else data.amount - (data.refunded_amount or 0),
        cancelled=cancelled,
        guarantee_until_on=data.guarantee_until_on or (known.guarantee_until_on if known else None),
    )
    state, entitled = _entitle(state, row, context.policy)
    asking = state.asking
    if not cancelled and (asking.dealt_on is None or data.ordered_on < asking.dealt_on):
        asking = replace(asking, dealt_on=data.ordered_on)
    return Accepted(replace(state, asking=asking), rows=(row, *entitled))


def is_guaranteed(file: CaseFile, context: Context) -> bool:
    """Whether the complaint is about a product whose guarantee still ran on its day."""
    if file.order_id is None or file.about not in (None, ComplaintAbout.PRODUCT):
        return False
    order = context.rows.get(Purchase, file.order_id)
    return order is not None and order.customer_id == file.customer_id and _runs(order, file)


def _runs(order: Purchase, file: CaseFile) -> bool:
    return order.guarantee_until_on is not None and order.guarantee_until_on >= file.opened_on


def _entitle(state: CustomerState, order: Purchase, policy: Policy) -> tuple[CustomerState, tuple[CaseStep, ...]]:
    """Open cases about this order, whose guarantee is heard of only now."""
    rows = []
    for case in state.cases:
        file = case.file
        product = file.order_id == order.order_id and file.about in (None, ComplaintAbout.PRODUCT)
        if case.guaranteed or not product or not _runs(order, file):
            continue
        steps = tuple(
            replace(step, entitlements=policy.remediation.entitlements)
            if step.step == Step.R2 and step.status == "open"
            else step
            for step in case.steps
        )
        entitled = replace(case, guaranteed=True, steps=steps)
        state = state.with_case(entitled)
        rows += [step_row(entitled, step) for step in steps if step.entitlements]
    return state, tuple(rows)
