"""The closed sets of the contract."""

from __future__ import annotations

from enum import StrEnum


class Party(StrEnum):
    INDIVIDUAL = "individual"
    ORGANISATION = "organisation"


class CustomerKind(StrEnum):
    CONSUMER = "consumer"
    PURCHASER = "purchaser"
    ORGANISATION = "organisation"
    DEALER = "dealer"
    DISTRIBUTOR = "distributor"
    RETAILER = "retailer"
    DEPARTMENT = "department"
    AGENT = "agent"


class ContactRole(StrEnum):
    """What a person does inside an organisation (PR-07)."""

    DECISION_MAKER = "decision_maker"
    PURCHASER = "purchaser"
    USER = "user"


class DateKind(StrEnum):
    BIRTHDAY = "birthday"
    WEDDING = "wedding"
    FOUNDING = "founding"
    ANNIVERSARY = "anniversary"


class ConsentPurpose(StrEnum):
    MARKETING = "marketing"
    SERVICE = "service"
    SURVEY = "survey"
    PRIVATE_HELP = "private_help"


class Demand(StrEnum):
    TARGET = "target"
    LATENT = "latent"
    NONE = "none"


class NeedSource(StrEnum):
    STATED = "stated"
    INFERRED = "inferred"
    FOLLOWUP = "followup"


class PurchaseKind(StrEnum):
    PLACED = "placed"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Stage(StrEnum):
    PRE_SALE = "pre_sale"
    IN_SALE = "in_sale"
    AFTER_SALE = "after_sale"


class Sentiment(StrEnum):
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


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


class Grade(StrEnum):
    """How likely a deal is, and how soon: A within a month to E never."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class DealStatus(StrEnum):
    WON = "won"
    NEGOTIATING = "negotiating"
    PROSPECT = "prospect"


class Importance(StrEnum):
    IMPORTANT = "important"
    STANDARD = "standard"


class Urgency(StrEnum):
    URGENT = "urgent"
    MODERATE = "moderate"
    NOT_URGENT = "not_urgent"
    LONG_HORIZON = "long_horizon"


class GradeFlag(StrEnum):
    EXPECTED_CLOSE_MISSING = "expected_close_missing"
    FORECAST_OVERDUE = "forecast_overdue"
    COST_UNKNOWN = "cost_unknown"


class Basis(StrEnum):
    """Who decided: the rules, or a person over them."""

    COMPUTED = "computed"
    OVERRIDE = "override"


class Tier(StrEnum):
    KEY = "key"
    REGULAR = "regular"
    SMALL = "small"


class Segment(StrEnum):
    LONG_STANDING = "long_standing"
    PREMIUM = "premium"
    GOLD = "gold"
    VIP = "vip"


class Journal(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    HALF_MONTHLY = "half_monthly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class FollowupMode(StrEnum):
    CONTACT = "contact"
    DESK_REVIEW = "desk_review"


class DueBecause(StrEnum):
    """What holds a follow-up's due date where it is."""

    GRADE = "grade"
    TIER_FLOOR = "tier_floor"
    COMPLAINT = "complaint"
    CALENDAR = "calendar"


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


class BenefitAction(StrEnum):
    GRANTED = "granted"
    USED = "used"
    NOTICE_SHOWN = "notice_shown"


class BenefitBasis(StrEnum):
    EARNED = "earned"
    TIER = "tier"
    MEMBERSHIP = "membership"


class BenefitStatus(StrEnum):
    ACTIVE = "active"
    USED_UP = "used_up"
    EXPIRED = "expired"
    LAPSED = "lapsed"


class CostKind(StrEnum):
    SERVICE = "service"
    REPAIR = "repair"
    TRAINING = "training"
    GIFT = "gift"
    OTHER = "other"


class LifecycleStage(StrEnum):
    PROSPECT = "prospect"
    NEGOTIATING = "negotiating"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    CHURNED = "churned"
    WON_BACK = "won_back"
    DORMANT = "dormant"
    EXITED = "exited"


class ChurnKind(StrEnum):
    """Abnormal: avoidable, out of dissatisfaction (GR-24)."""

    ABNORMAL = "abnormal"
    NORMAL = "normal"


class Loyalty(StrEnum):
    LOYAL = "loyal"
    REPEAT_ONLY = "repeat_only"
    ADVOCATE_ONLY = "advocate_only"
    NONE = "none"


class ChurnLevel(StrEnum):
    AT_RISK = "at_risk"
    SUSPECTED_CHURN = "suspected_churn"


class OverrideField(StrEnum):
    GRADE = "grade"
    TIER = "tier"
    SEGMENT = "segment"


class OverrideEnd(StrEnum):
    EXPIRED = "expired"
    AGREED = "agreed"
    REMOVED = "removed"


class SuppressedBy(StrEnum):
    """The rule that held a contact back."""

    CONSENT = "consent"
    ATTENTION_CAP = "attention_cap"
    QUIET_HOURS = "quiet_hours"
    EXITED = "exited"
    ERASED = "erased"
