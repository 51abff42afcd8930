"""What feedback reads: a table, no bodies."""

from shared.contracts import grading, profile, scheduler
from shared.engine.subscriptions import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    "profile": (
        profile.CustomerRegistered,
        profile.CustomerSnapshot,
        profile.CustomerUpdated,
        profile.CustomerMerged,
        profile.CustomerAbsorbed,
        profile.ConsentChanged,
        profile.CustomerChurned,
        profile.CustomerWonBack,
        profile.CustomerExited,
        profile.CustomerErased,
        profile.InteractionRecorded,
        profile.FeedbackReceived,
        profile.SurveyAnswered,
        profile.MentionMatched,
        profile.MentionUnmatched,
        profile.SatisfactionStated,
        profile.GrievanceResolved,
        profile.PurchaseRecorded,
        profile.CostAllocated,
        profile.ReferralRecorded,
        profile.CommitmentMade,
        profile.CommitmentFulfilled,
        profile.CustomerSplit,
        profile.ComplaintReceived,
        profile.ComplaintUpdated,
        profile.ComplaintWithdrawn,
    ),
    "grading": (grading.TierAssigned, grading.ValueComputed),
    "scheduler": (
        scheduler.CommitmentBreached,
        scheduler.TaskCreated,
        scheduler.TaskCompleted,
        scheduler.ContactSuppressed,
        scheduler.FollowupCompleted,
        scheduler.FollowupOverdue,
        scheduler.FollowupSuperseded,
    ),
}
