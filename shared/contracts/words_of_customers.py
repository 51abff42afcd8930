"""The closed sets of the contract about who customers are and what they did."""

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
