"""Which stream an input is folded into: the customer's, or that of a thing which is nobody's."""

from __future__ import annotations

from services.feedback.domain.signals import SignalKind, signal_id_of
from shared.contracts.profile import MentionUnmatched
from shared.engine.decision import Event, Rows, StreamKey
from shared.engine.routing import by_customer, only_its_customer


def candidates(event: Event, rows: Rows) -> tuple[StreamKey, ...]:
    """Every stream that the event may touch."""
    own = _own_stream(event)
    return (own,) if own else only_its_customer(event, rows)


def route(event: Event, rows: Rows) -> StreamKey:
    return _own_stream(event) or by_customer(event, rows)


def _own_stream(event: Event) -> StreamKey | None:
    if isinstance(event.data, MentionUnmatched):
        return StreamKey("mention", signal_id_of(SignalKind.MENTION, event.data.mention_id))
    return None
