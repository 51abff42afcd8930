"""The closed sets of the contract about what is decided: grades, tiers, journals, contacts."""

from __future__ import annotations

from enum import StrEnum


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


class SuppressedBy(StrEnum):
    """The rule that held a contact back."""

    CONSENT = "consent"
    ATTENTION_CAP = "attention_cap"
    QUIET_HOURS = "quiet_hours"
    EXITED = "exited"
    ERASED = "erased"
