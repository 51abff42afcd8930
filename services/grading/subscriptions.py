"""What grading reads: the types of each writer's topic that its rules answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.contracts import feedback, profile, scheduler
from shared.contracts.types import Registry, registry

SUBSCRIPTIONS: Final[Mapping[str, Registry]] = MappingProxyType(
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
                profile.ComplaintWithdrawn,
            )
        ),
        "scheduler": registry((scheduler.FollowupCompleted, scheduler.TaskCompleted)),
        "feedback": registry(
            (
                feedback.ComplaintOpened,
                feedback.ComplaintReopened,
                feedback.ComplaintResolved,
                feedback.RemediationStepCompleted,
            )
        ),
    }
)
"""Writer -> what is read of it; the other types of that topic are skipped."""
