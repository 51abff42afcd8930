"""Every KPI by its name: its unit, its definition, and what works it out (KP-01…KP-10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from services.feedback.domain import figures, programme
from services.feedback.domain.counts import Counts
from services.feedback.domain.figures import Figure
from shared.contracts.policy import Policy


class Kpi(Struct, frozen=True):
    """How a figure is worked out, in words and as a function of what was counted."""

    unit: str
    definition: str
    work_out: Callable[[Counts, Policy], Figure]
    dimensions: frozenset[str] = frozenset()


KPIS: Mapping[str, Kpi] = {
    "complaint_rate": Kpi(
        "percent",
        "complaints over a channel ÷ contacts over it; eligible for a reward below the policy's rate and with enough"
        " contacts; read it beside unheard_grievances",
        figures.complaint_rate,
        frozenset({"channel"}),
    ),
    "unheard_grievances": Kpi(
        "count",
        "grievances that reached nobody: (grievances logged + complaints opened) ÷ reach rate, less those reported",
        figures.unheard_grievances,
    ),
    "nps": Kpi("points", "% promoters − % detractors of the nps answers", figures.nps, frozenset({"element"})),
    "csat": Kpi("percent", "satisfied ÷ all csat answers", figures.csat, frozenset({"element"})),
    "ces": Kpi("points", "mean of the ces answers", figures.ces, frozenset({"element"})),
    "retention_rate": Kpi(
        "percent", "of those who were customers on from_on, the share that still is on to_on", figures.retention_rate
    ),
    "churn_rate": Kpi(
        "percent", "of those who were customers on from_on, the share that left or was parted from", figures.churn_rate
    ),
    "followup_on_time_rate": Kpi(
        "percent",
        "follow-ups completed on time ÷ (completed + now overdue); superseded ones do not count",
        figures.followup_on_time_rate,
        frozenset({"grade", "agent"}),
    ),
    "key_profit_share": Kpi(
        "percent",
        "of the profit of twelve months with those who bring one, the share with key customers, as it stands now",
        figures.key_profit_share,
    ),
    "repurchase_rate": Kpi(
        "percent",
        "of those who bought in the period, the share that has bought more than once",
        figures.repurchase_rate,
    ),
    "conversion_rate": Kpi(
        "percent", "of those who were registered in the period, the share that has bought", figures.conversion_rate
    ),
    "winback_rate": Kpi("percent", "win-backs begun in the period: those who are back ÷ all", figures.winback_rate),
    "staff_satisfaction": Kpi(
        "percent",
        "satisfied ÷ all csat answers of customers with whom somebody of the staff had to do before; by agent: the"
        " last one",
        figures.staff_satisfaction,
        frozenset({"agent"}),
    ),
    "staff_solving": Kpi(
        "percent",
        "steps of cases and win-backs done in time ÷ all that somebody of the staff ended; eligible for an incentive"
        " from the policy's rate on, with enough steps",
        programme.staff_solving,
        frozenset({"agent"}),
    ),
    "remediation_cost": Kpi(
        "money",
        "minutes at the policy's rate and amounts that were spent on complaints; n: the complaints they name",
        programme.remediation_cost,
    ),
    "winback_cost": Kpi(
        "money",
        "minutes at the policy's rate and amounts spent on customers who were away, from leaving to coming back or to"
        " the end of the win-back; n: the win-backs; what names a complaint is that one's cost",
        programme.winback_cost,
    ),
    "improvement_effect": Kpi(
        "points",
        "mean change of the score from before the solution to the measurement, of all that were measured in the period",
        programme.improvement_effect,
    ),
    "sales": Kpi("money", "amounts of the orders of the period, less refunds, without cancelled ones", programme.sales),
    "referral_count": Kpi("count", "referrals recorded in the period", programme.referral_count),
    "market_share": Kpi(
        "percent",
        "as it was imported last for days within the period; nobody works it out here",
        programme.market_share,
    ),
}
