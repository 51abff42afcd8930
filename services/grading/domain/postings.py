"""How an event changes the books: said once, and the same again when its customer's history is folded anew."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from services.grading.domain.books import Line, booked
from services.grading.domain.rows import Posting
from services.grading.domain.state import CustomerState
from shared.engine.decision import Context, Event


def told_before(event: Event, context: Context) -> Posting | None:
    """What this event changed when it was first folded."""
    return context.rows.get(Posting, event.id) if context.again else None


def post(
    state: CustomerState, event: Event, context: Context, lines: Iterable[Line]
) -> tuple[CustomerState, tuple[Struct, ...]]:
    """The state with these lines in its books, and the posting that says where they came from."""
    before = told_before(event, context)
    kept = before.lines if before else tuple(line for line in lines if not line.is_nothing)
    if not kept:
        return state, ()
    return replace(state, books=booked(state.books, kept)), (Posting(event.id, context.stream.id, kept),)
