"""What feedback reads: a table, no bodies."""

from shared.contracts import grading, profile, scheduler
from shared.engine.subscriptions import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    "profile": (
        profile.CustomerRegistered,
        profile.CustomerUpdated,
        profile.CustomerMerged,
        profile.CustomerAbsorbed,
        profile.ConsentChanged,
        profile.CustomerChurned,
        profile.CustomerWonBack,
        profile.CustomerExited,
        profile.CustomerErased,
        profile.ComplaintReceived,
        profile.ComplaintUpdated,
        profile.ComplaintWithdrawn,
    ),
    "grading": (grading.TierAssigned,),
    "scheduler": (scheduler.TaskCompleted,),
}
