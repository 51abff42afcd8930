"""What feedback says: cases, the customers' voice, improvements, figures."""

from __future__ import annotations

from shared.contracts.feedback.cases import (
    CaseBreached,
    CaseWarned,
    ComplaintFaultFound,
    ComplaintOpened,
    ComplaintReopened,
    ComplaintResolved,
    PlannedStep,
    PlannedWinbackStep,
    RemediationStarted,
    RemediationStepAdded,
    RemediationStepCompleted,
    WinbackClosed,
    WinbackStarted,
    WinbackStepBlocked,
    WinbackStepCompleted,
)
from shared.contracts.feedback.service import (
    ErasureCompleted,
    PolicyActivated,
)
from shared.contracts.feedback.voice import (
    ComplaintRiskRaised,
    FeedbackFlagged,
    GrievanceLogged,
    ImprovementOverdue,
    ImprovementPlanned,
    ImprovementPrioritised,
    ImprovementReopened,
    ImprovementVerified,
    KpiComputed,
    SurveyRequested,
    SurveyScored,
)

__all__ = [
    "CaseBreached",
    "CaseWarned",
    "ComplaintFaultFound",
    "ComplaintOpened",
    "ComplaintReopened",
    "ComplaintResolved",
    "ComplaintRiskRaised",
    "ErasureCompleted",
    "FeedbackFlagged",
    "GrievanceLogged",
    "ImprovementOverdue",
    "ImprovementPlanned",
    "ImprovementPrioritised",
    "ImprovementReopened",
    "ImprovementVerified",
    "KpiComputed",
    "PlannedStep",
    "PlannedWinbackStep",
    "PolicyActivated",
    "RemediationStarted",
    "RemediationStepAdded",
    "RemediationStepCompleted",
    "SurveyRequested",
    "SurveyScored",
    "WinbackClosed",
    "WinbackStarted",
    "WinbackStepBlocked",
    "WinbackStepCompleted",
]
