"""Repeats: a complaint of a customer who had complained shortly before (CP-08)."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from services.feedback.domain.rows import CaseFile
from services.feedback.domain.state import CustomerState, OpenCase, PastComplaint


def remember(state: CustomerState, file: CaseFile, window_days: int, today: date) -> CustomerState:
    """The state that knows of this complaint too, and no longer of those that no new one can repeat."""
    oldest = today - timedelta(days=window_days)
    kept = (each for each in state.past if each.opened_on >= oldest)
    mine = PastComplaint(complaint_id=file.complaint_id, opened_at=file.opened_at, opened_on=file.opened_on)
    return replace(state, past=tuple(sorted((*kept, mine), key=_moment)))


def mark_repeat(case: OpenCase, past: tuple[PastComplaint, ...], window_days: int) -> OpenCase:
    """The case, known as a repeat if an older complaint lies at most `window_days` before it; once true it stays so."""
    return case if case.repeat else replace(case, repeat=repeats(case.file, past, window_days))


def repeats(file: CaseFile, past: tuple[PastComplaint, ...], window_days: int) -> bool:
    mine = (file.opened_at, file.complaint_id)
    return any(_moment(each) < mine and file.opened_on - each.opened_on <= timedelta(days=window_days) for each in past)


def _moment(past: PastComplaint) -> tuple[object, str]:
    return (past.opened_at, past.complaint_id)
