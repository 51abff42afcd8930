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
            profile.CustomerSnapshot,
            profile.CustomerUpdated,
            profile.CustomerMerged,
            profile.CustomerAbsorbed,
            profile.CustomerChurned,
            profile.CustomerWonBack,
            profile.CustomerExited,
            profile.CustomerErased,
            profile.ConsentChanged,
            profile.NeedChanged,
            profile.LifeEventRecorded,
            profile.CommitmentMade,
            profile.CommitmentFulfilled,
            profile.PurchaseRecorded,
            profile.BrowseRecorded,
            profile.CustomerSplit,
            profile.InteractionRecorded,
            profile.FeedbackReceived,
            profile.MentionMatched,
            profile.ComplaintWithdrawn,
            profile.ProductLaunched,
        ),
        "grading": (
            grading.GradeAssigned,
            grading.TierAssigned,
            grading.LoyaltyAssigned,
            grading.UpliftSuggested,
            grading.ChurnRiskRaised,
            grading.ExitReviewRequested,
        ),
        "feedback": (
            feedback.ComplaintOpened,
            feedback.ComplaintFaultFound,
            feedback.ComplaintResolved,
            feedback.ComplaintReopened,
            feedback.RemediationStarted,
            feedback.RemediationStepAdded,
            feedback.CaseMoved,
            feedback.RemediationStepCompleted,
            feedback.WinbackStarted,
            feedback.WinbackStepCompleted,
            feedback.WinbackStepBlocked,
            feedback.WinbackClosed,
            feedback.ComplaintRiskRaised,
            feedback.SurveyScored,
            feedback.SurveyRequested,
            feedback.FeedbackFlagged,
        ),
    }
)
"""Writer -> what is read of it; the other types of that topic are skipped."""
