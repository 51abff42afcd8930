"""From counts to figures, each with its n and what it says (KP-01…KP-10)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from services.feedback.domain.counts import Counts, Histogram
from shared.contracts.policy import Policy


class Figure(Struct, frozen=True):
    """`value` None: nothing to count."""

    value: float | None
    n: int
    details: dict[str, Any] = {}


ECONOMICS = (
    "Note, no forecast: keeping 5 % more customers usually went with more than 25 % more profit.",
    "Note, no forecast: with a retention that much better, yearly growth of 2.5 % became 7.5 %.",
    "Note, no forecast: in some industries 5 points less churn multiplied the profit.",
)
"""What the retention literature reports (KP-04)."""


def complaint_rate(counts: Counts, policy: Policy) -> Figure:
    rate = _share(counts.complaints, counts.contacts)
    few = counts.contacts < policy.complaint.bonus_min_contacts
    eligible = counts.contacts > 0 and not few and counts.complaints < policy.complaint.bonus_rate * counts.contacts
    return Figure(rate, counts.contacts, {"eligible": eligible, "complaints": counts.complaints})


def unheard_grievances(counts: Counts, policy: Policy) -> Figure:
    if not counts.reported:
        return Figure(None, 0, {"estimated_total": None})
    total = counts.reported / float(policy.complaint.reach_rate)
    estimated = round(total, 4)
    return Figure(round(total - counts.reported, 4), counts.reported, {"estimated_total": estimated})


def nps(counts: Counts, policy: Policy) -> Figure:
    promoters = _among(counts.nps, lambda score: score >= policy.survey.promoter)
    detractors = _among(counts.nps, lambda score: score <= policy.survey.detractor)
    n = _all(counts.nps)
    if n == 0:
        return Figure(None, 0, {"standard_error": None, "promoters": 0, "detractors": 0})
    value = 100 * (promoters - detractors) / n
    spread = (promoters + detractors) / n - ((promoters - detractors) / n) ** 2
    details = {"standard_error": 100 * math.sqrt(spread / n), "promoters": promoters, "detractors": detractors}
    return Figure(value, n, details)


def csat(counts: Counts, policy: Policy) -> Figure:
    return _satisfied(counts.csat, policy)


def staff_satisfaction(counts: Counts, policy: Policy) -> Figure:
    return _satisfied(counts.staff, policy)


def ces(counts: Counts, _policy: Policy) -> Figure:
    n = _all(counts.ces)
    if n == 0:
        return Figure(None, 0, {"standard_error": None})
    mean = sum(score * times for score, times in counts.ces) / n
    spread = sum(times * (score - mean) ** 2 for score, times in counts.ces) / n
    return Figure(mean, n, {"standard_error": math.sqrt(spread / n)})


def churn_rate(counts: Counts, policy: Policy) -> Figure:
    """Against the yearly benchmark, taken to the length of the period."""
    rate, benchmark = _share(counts.lost, counts.base), float(policy.kpi.benchmark)
    years = ((counts.to_on - counts.from_on).days + 1) / 365
    expected = 100 * (1 - (1 - benchmark / 100) ** years)
    details = {
        "benchmark": benchmark,
        "benchmark_of_period": round(expected, 4),
        "worse": rate is not None and rate > expected,
        "notes": ECONOMICS,
    }
    return Figure(rate, counts.base, details)


def retention_rate(counts: Counts, _policy: Policy) -> Figure:
    return Figure(_share(counts.base - counts.lost, counts.base), counts.base, {"notes": ECONOMICS})


def followup_on_time_rate(counts: Counts, _policy: Policy) -> Figure:
    grades = sorted({grade for grade, _, _ in counts.followups if grade})
    total = _on_time(counts.followups)
    return Figure(
        total.value,
        total.n,
        total.details
        | {
            "grades": {
                grade: {"value": part.value, "n": part.n, **part.details}
                for grade in grades
                for part in (_on_time(tuple(each for each in counts.followups if each[0] == grade)),)
            }
        },
    )


def key_profit_share(counts: Counts, _policy: Policy) -> Figure:
    return Figure(
        _share(counts.key_earned, counts.earned),
        counts.valued,
        {"key_profit": counts.key_profit, "profit": counts.profit},
    )


def repurchase_rate(counts: Counts, _policy: Policy) -> Figure:
    return Figure(_share(counts.repeaters, counts.buyers), counts.buyers)


def conversion_rate(counts: Counts, _policy: Policy) -> Figure:
    return Figure(_share(counts.converted, counts.registered), counts.registered)


def winback_rate(counts: Counts, _policy: Policy) -> Figure:
    open_ = counts.winbacks - counts.returned - counts.lost_winbacks
    details = {"won": counts.returned, "lost": counts.lost_winbacks, "open": open_}
    return Figure(_share(counts.returned, counts.winbacks), counts.winbacks, details)


def _satisfied(scores: Histogram, policy: Policy) -> Figure:
    n = _all(scores)
    if n == 0:
        return Figure(None, 0, {"standard_error": None})
    share = _among(scores, lambda score: score >= policy.survey.satisfied) / n
    return Figure(100 * share, n, {"standard_error": 100 * math.sqrt(share * (1 - share) / n)})


def _on_time(rows: tuple[tuple[str | None, str, int], ...]) -> Figure:
    by = {status: sum(n for _, each, n in rows if each == status) for status in ("on_time", "late", "overdue")}
    n = sum(by.values())
    details = {"late": by["late"] + by["overdue"], "overdue": by["overdue"]}
    return Figure(_share(by["on_time"], n), n, details)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _all(scores: Histogram) -> int:
    return sum(n for _, n in scores)


def _among(scores: Histogram, wanted: Callable[[int], bool]) -> int:
    return sum(n for score, n in scores if wanted(score))
