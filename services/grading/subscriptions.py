"""What grading reads: a table, no bodies."""

from shared.contracts import feedback, profile, scheduler
from shared.engine.subscriptions import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    "profile": (
        profile.CustomerRegistered,
        profile.CustomerSnapshot,
        profile.CustomerUpdated,
        profile.CustomerMerged,
        profile.CustomerAbsorbed,
        profile.CustomerErased,
        profile.CustomerSplit,
        profile.NeedChanged,
        profile.PurchaseRecorded,
        profile.InteractionRecorded,
        profile.ComplaintWithdrawn,
        profile.CostAllocated,
        profile.ReferralRecorded,
        profile.CustomerChurned,
        profile.CustomerExited,
        profile.CustomerWonBack,
    ),
    "scheduler": (scheduler.FollowupCompleted, scheduler.TaskCompleted),
    "feedback": (
        feedback.ComplaintOpened,
        feedback.ComplaintFaultFound,
        feedback.ComplaintReopened,
        feedback.ComplaintResolved,
        feedback.RemediationStepCompleted,
    ),
}
