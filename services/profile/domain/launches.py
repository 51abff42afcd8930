"""Products that are launched: about no customer, each in a stream of its own (KA-02, CA-08)."""

from __future__ import annotations

from msgspec import Struct

from services.profile.domain.admission import too_early
from shared.contracts import profile
from shared.contracts.upstream import ProductLaunched
from shared.engine.decision import Accepted, Context, Decision, Event, Fact, Superseded


class LaunchState(Struct, frozen=True):
    """What has been said of one product: its pilot (True), the end of it (False), a launch for all (None)."""

    said: tuple[bool | None, ...] = ()


def decide_product_launched(state: LaunchState, event: Event, context: Context) -> Decision:
    """Passed on once per stage."""
    data = event.data
    if not isinstance(data, ProductLaunched):
        raise TypeError(f"{data.TYPE} launches no product")
    if refused := too_early(event, context):
        return refused
    if data.pilot in state.said:
        return Superseded("this stage of the launch was told by another event")
    fact = profile.ProductLaunched(product=data.product, tags=data.tags, pilot=data.pilot)
    return Accepted(LaunchState((*state.said, data.pilot)), (Fact(fact, time=event.time, about_customer=False),))
