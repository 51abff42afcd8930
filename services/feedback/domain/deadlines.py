"""The day by which a case is to be resolved: derived anew when severity or policy change, every version kept."""

from __future__ import annotations

from msgspec.structs import replace

from services.feedback.domain.clocks import resolve_due
from services.feedback.domain.rows import CaseFile, Deadline
from shared.engine.decision import Context


def versioned(file: CaseFile, context: Context) -> CaseFile:
    """With another version where it comes out different; of those of one instant the last one counts."""
    due_on = resolve_due(file.opened_on, file.severity, context.policy)
    last = file.deadlines[-1] if file.deadlines else None
    if last is not None and last.due_on == due_on:
        return file
    older = file.deadlines[:-1] if last is not None and last.at == context.now else file.deadlines
    version = Deadline(due_on, file.severity, context.policy_id, context.now)
    return replace(file, resolve_by_on=due_on, deadlines=(*older, version))
