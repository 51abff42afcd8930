"""What the rules say no to of customers and orders, asked before anything is folded: an import checks a file by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.profile.domain.admission import not_admitted
from services.profile.domain.file import refused_words
from services.profile.domain.handles import normal_handle
from services.profile.domain.orders import refused_order, refused_refund
from shared.contracts import upstream
from shared.contracts.data import Data
from shared.contracts.policy import Policy
from shared.engine.decision import Context, Event, Refused

REFUSALS: Final[Mapping[type[Data], Callable[[Any, Policy], Refused | None]]] = {
    upstream.CustomerRegistered: refused_words,
    upstream.CustomerUpdated: refused_words,
    upstream.OrderPlaced: refused_order,
    upstream.OrderRefunded: refused_refund,
}
"""All else of an order is taken, whatever it says."""


def refusal(event: Event, context: Context) -> Refused | None:
    """As `decide` would answer in an empty file."""
    if refused := not_admitted(event, normal_handle(event.subject or ""), context):
        return refused
    of_its_type = REFUSALS.get(type(event.data))
    return of_its_type(event.data, context.policy) if of_its_type else None
