"""Every type of the contract by its full name: what a reader may subscribe to and a writer may say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from shared.contracts import clock, dead_letter, feedback, grading, profile, scheduler, upstream
from shared.contracts.data import Data


class Registry(dict[str, type[Data]]):
    """Full CloudEvents type -> model of its data.

    `closed`: a type that is not in it is refused (upstream); else it is skipped (our own topics).
    """

    def __init__(self, models: Mapping[str, type[Data]], *, closed: bool = False) -> None:
        super().__init__(models)
        self.closed = closed


def registry(models: Iterable[type[Data]], *, closed: bool = False) -> Registry:
    """A registry of just these models; raises ValueError when two claim one type."""
    found: dict[str, type[Data]] = {}
    for model in models:
        if found.setdefault(model.TYPE, model) is not model:
            raise ValueError(f"{model.TYPE} is claimed twice")
    return Registry(found, closed=closed)


UPSTREAM = registry(
    (
        upstream.CustomerRegistered,
        upstream.CustomerUpdated,
        upstream.CustomersMerged,
        upstream.HandleReleased,
        upstream.NeedStated,
        upstream.OrderPlaced,
        upstream.OrderDelivered,
        upstream.OrderDelayed,
        upstream.OrderRefunded,
        upstream.OrderCancelled,
        upstream.InteractionRecorded,
        upstream.ComplaintReported,
        upstream.ComplaintUpdated,
        upstream.ComplaintWithdrawn,
    ),
    closed=True,
)

FACTS: Mapping[str, Registry] = MappingProxyType(
    {
        "profile": registry(
            (
                profile.CustomerRegistered,
                profile.CustomerUpdated,
                profile.CustomerMerged,
                profile.CustomerAbsorbed,
                profile.NeedChanged,
                profile.PurchaseRecorded,
                profile.InteractionRecorded,
                profile.ComplaintReceived,
                profile.ComplaintUpdated,
                profile.ComplaintWithdrawn,
            )
        ),
        "grading": registry((grading.GradeAssigned, grading.TierAssigned)),
        "scheduler": registry(
            (
                scheduler.FollowupScheduled,
                scheduler.FollowupDue,
                scheduler.FollowupOverdue,
                scheduler.FollowupSuperseded,
                scheduler.FollowupCompleted,
                scheduler.TaskCreated,
                scheduler.TaskCompleted,
                scheduler.TaskCancelled,
                scheduler.TaskOverdue,
            )
        ),
        "feedback": registry(
            (
                feedback.ComplaintOpened,
                feedback.RemediationStarted,
                feedback.RemediationStepCompleted,
                feedback.RemediationStepAdded,
                feedback.ComplaintFaultFound,
                feedback.ComplaintResolved,
                feedback.ComplaintReopened,
            )
        ),
    }
)
"""Writer -> what it says."""

CLOCK = registry((clock.ClockMoved,))
DEAD_LETTERS = registry((dead_letter.DeadLetterRecorded,))

ALL = Registry({name: m for part in (UPSTREAM, *FACTS.values(), CLOCK, DEAD_LETTERS) for name, m in part.items()})
