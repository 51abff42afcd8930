"""The closed sets of the contract about complaints, win-backs and the customers' voice."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    COMPANY = "company"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"


class ComplaintAbout(StrEnum):
    PRODUCT = "product"
    SERVICE = "service"
    DELIVERY = "delivery"
    STAFF = "staff"


class Step(StrEnum):
    """A step of the remediation playbook."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"
    R6 = "R6"
    R7 = "R7"


class StepResult(StrEnum):
    """Done, declined by us, rejected by the customer."""

    DONE = "done"
    DECLINED = "declined"
    REJECTED = "rejected"


class WinbackStep(StrEnum):
    """A step of the win-back playbook."""

    W1 = "W1"
    W2 = "W2"
    W3 = "W3"
    W4 = "W4"
    W5 = "W5"


class FeedbackKind(StrEnum):
    EVALUATION = "evaluation"
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"


class FeedbackSource(StrEnum):
    SURVEY = "survey"
    INTERVIEW = "interview"
    SOCIAL = "social"
    CRM_DATA = "crm_data"
    DIRECT = "direct"
    QUESTIONNAIRE = "questionnaire"
    MARKET_RESEARCH = "market_research"
    HOTLINE = "hotline"
    RETURN_VISIT = "return_visit"
    FORUM = "forum"
    DEPARTED_VISIT = "departed_visit"


class FeedbackFlag(StrEnum):
    UNTAGGED = "untagged"
    NO_PLAN = "no_plan"


class SurveyName(StrEnum):
    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    GAP = "gap"


class GapVerdict(StrEnum):
    """Experience against expectation."""

    BELOW = "below"
    MET = "met"
    EXCEEDED = "exceeded"


class MentionKind(StrEnum):
    MENTION = "mention"
    NEWS = "news"


class GrievanceSource(StrEnum):
    INTERACTION = "interaction"
    SURVEY = "survey"
    MENTION = "mention"
