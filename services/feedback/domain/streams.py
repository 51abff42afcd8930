"""Which stream an input is folded into: the customer's, or that of a thing which is nobody's."""

from __future__ import annotations

from typing import Final

from services.feedback.domain.commands_of_things import (
    COMMANDS_OF_THINGS,
    ActivatePromise,
    CompleteImprovement,
    ConfirmPromise,
    DecideSolution,
    OpenImprovement,
    OpenPromise,
    RateImprovement,
)
from services.feedback.domain.importing import ImportFigure
from services.feedback.domain.signals import SignalKind, signal_id_of
from shared.contracts.profile import MentionUnmatched
from shared.engine.decision import Event, Rows, StreamKey
from shared.engine.routing import by_customer, only_its_customer

# A table by type answers at once; asking for class after class is slow where the classes are pydantic's.
OF_NOBODY: Final = frozenset((MentionUnmatched, *COMMANDS_OF_THINGS, ImportFigure))


def candidates(event: Event, rows: Rows) -> tuple[StreamKey, ...]:
    """Every stream that the event may touch."""
    own = _own_stream(event)
    return (own,) if own else only_its_customer(event, rows)


def route(event: Event, rows: Rows) -> StreamKey:
    return _own_stream(event) or by_customer(event, rows)


def _own_stream(event: Event) -> StreamKey | None:
    if type(event.data) not in OF_NOBODY:
        return None
    match event.data:
        case MentionUnmatched() as data:
            return StreamKey("mention", signal_id_of(SignalKind.MENTION, data.mention_id))
        case OpenImprovement() | RateImprovement() | DecideSolution() | CompleteImprovement() as data:
            return StreamKey("improvement", data.item_id)
        case OpenPromise() | ConfirmPromise() | ActivatePromise() as data:
            return StreamKey("promise", data.promise_id)
        case ImportFigure() as data:
            return StreamKey("figure", data.figure_id)
        case _:
            return None
