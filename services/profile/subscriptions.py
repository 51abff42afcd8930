"""What profile reads: a table, no bodies."""

from shared.contracts import feedback, grading, scheduler, upstream
from shared.engine.subscriptions import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    "upstream": (
        upstream.CustomerRegistered,
        upstream.CustomerUpdated,
        upstream.ContactStated,
        upstream.ConsentChanged,
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
        upstream.LifeEventRecorded,
        upstream.BrowseRecorded,
        upstream.CostAllocated,
        upstream.SurveyAnswered,
        upstream.FeedbackSubmitted,
        upstream.SocialMentioned,
        upstream.GrievanceResolved,
        upstream.SatisfactionStated,
        upstream.ReferralRecorded,
        upstream.ProductLaunched,
        upstream.CommitmentMade,
        upstream.CommitmentFulfilled,
        upstream.CustomerLeft,
        upstream.MembershipGranted,
        upstream.BenefitRecorded,
    ),
    "grading": (grading.GradeAssigned, grading.TierAssigned, grading.ChurnRiskRaised),
    "scheduler": (
        scheduler.FollowupCompleted,
        scheduler.TaskCompleted,
        scheduler.CommitmentBreached,
        scheduler.ExitDecided,
    ),
    "feedback": (
        feedback.RemediationStepCompleted,
        feedback.WinbackStepCompleted,
        feedback.WinbackClosed,
        feedback.ComplaintOpened,
        feedback.ComplaintResolved,
        feedback.ComplaintReopened,
    ),
}
