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
        upstream.ContactStated,
        upstream.ConsentChanged,
        upstream.NeedStated,
        upstream.LifeEventRecorded,
        upstream.ReferralRecorded,
        upstream.CustomerLeft,
        upstream.CommitmentMade,
        upstream.CommitmentFulfilled,
        upstream.MembershipGranted,
        upstream.BenefitRecorded,
        upstream.OrderPlaced,
        upstream.OrderDelivered,
        upstream.OrderDelayed,
        upstream.OrderRefunded,
        upstream.OrderCancelled,
        upstream.BrowseRecorded,
        upstream.CostAllocated,
        upstream.ProductLaunched,
        upstream.InteractionRecorded,
        upstream.GrievanceResolved,
        upstream.ComplaintReported,
        upstream.ComplaintUpdated,
        upstream.ComplaintWithdrawn,
        upstream.FeedbackSubmitted,
        upstream.SurveyAnswered,
        upstream.SatisfactionStated,
        upstream.SocialMentioned,
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
                profile.CustomerSplit,
                profile.ConsentChanged,
                profile.NeedChanged,
                profile.CustomerSnapshot,
                profile.LifeEventRecorded,
                profile.ReferralRecorded,
                profile.MembershipGranted,
                profile.BenefitChanged,
                profile.CommitmentMade,
                profile.CommitmentFulfilled,
                profile.LifecycleChanged,
                profile.CustomerChurned,
                profile.CustomerWonBack,
                profile.CustomerExited,
                profile.CustomerErased,
                profile.PurchaseRecorded,
                profile.InteractionRecorded,
                profile.GrievanceResolved,
                profile.ComplaintReceived,
                profile.ComplaintUpdated,
                profile.ComplaintWithdrawn,
                profile.FeedbackReceived,
                profile.SurveyAnswered,
                profile.SatisfactionStated,
                profile.MentionMatched,
                profile.MentionUnmatched,
                profile.BrowseRecorded,
                profile.CostAllocated,
                profile.ProductLaunched,
                profile.PolicyActivated,
                profile.ErasureCompleted,
            )
        ),
        "grading": registry(
            (
                grading.GradeAssigned,
                grading.TierAssigned,
                grading.ValueComputed,
                grading.LoyaltyAssigned,
                grading.ChurnRiskRaised,
                grading.ExitReviewRequested,
                grading.UpliftSuggested,
                grading.OverrideEnded,
                grading.PolicyActivated,
                grading.ErasureCompleted,
            )
        ),
        "scheduler": registry(
            (
                scheduler.FollowupScheduled,
                scheduler.FollowupDue,
                scheduler.FollowupOverdue,
                scheduler.FollowupEscalated,
                scheduler.FollowupSuperseded,
                scheduler.FollowupCompleted,
                scheduler.TaskCreated,
                scheduler.TaskCompleted,
                scheduler.TaskCancelled,
                scheduler.TaskOverdue,
                scheduler.TaskEscalated,
                scheduler.ContactSuppressed,
                scheduler.CommitmentBreached,
                scheduler.ExitDecided,
                scheduler.PolicyActivated,
                scheduler.ErasureCompleted,
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
                feedback.CaseWarned,
                feedback.CaseBreached,
                feedback.CaseMoved,
                feedback.WinbackStarted,
                feedback.WinbackStepCompleted,
                feedback.WinbackStepBlocked,
                feedback.WinbackClosed,
                feedback.GrievanceLogged,
                feedback.ComplaintRiskRaised,
                feedback.SurveyScored,
                feedback.SurveyRequested,
                feedback.FeedbackFlagged,
                feedback.ImprovementPrioritised,
                feedback.ImprovementPlanned,
                feedback.ImprovementOverdue,
                feedback.ImprovementVerified,
                feedback.ImprovementReopened,
                feedback.KpiComputed,
                feedback.PolicyActivated,
                feedback.ErasureCompleted,
            )
        ),
    }
)
"""Writer -> what it says."""

CLOCK = registry((clock.ClockMoved,))
DEAD_LETTERS = registry((dead_letter.DeadLetterRecorded,))

ALL = Registry({name: m for part in (UPSTREAM, *FACTS.values(), CLOCK, DEAD_LETTERS) for name, m in part.items()})
