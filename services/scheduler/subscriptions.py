"""What the scheduler reads: the types of each writer's topic that its rules answer."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from shared.contracts import feedback, grading, profile
from shared.engine.subscriptions import Subscriptions

SUBSCRIPTIONS: Final[Subscriptions] = MappingProxyType(
    {
        "profile": (
            profile.CustomerRegistered,
            profile.CustomerUpdated,
            profile.CustomerMerged,
            profile.CustomerAbsorbed,
            profile.CustomerErased,
            profile.InteractionRecorded,
            profile.ComplaintWithdrawn,
        ),
        "grading": (grading.GradeAssigned, grading.TierAssigned),
        "feedback": (
            feedback.ComplaintOpened,
            feedback.ComplaintFaultFound,
            feedback.ComplaintResolved,
            feedback.ComplaintReopened,
            feedback.RemediationStarted,
            feedback.RemediationStepAdded,
            feedback.RemediationStepCompleted,
        ),
    }
)
"""Writer -> what is read of it; the other types of that topic are skipped."""
