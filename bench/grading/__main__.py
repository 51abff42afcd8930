"""`make bench-grading`: every score against the simple ones on real hold-outs, written to docs/grading-benchmark.md."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

from bench.grading.cohorts import SOON, Cohort, cdnow, complete_journey
from bench.grading.measures import auc, brier, calibration_error, captured, gain, gini
from bench.grading.scores import Ranking, chance_within, rankings, recalibrated

REPORT = Path(__file__).parents[2] / "docs" / "grading-benchmark.md"
BASE, OURS = "RFM quintiles", "MBG/NBD x Gamma-Gamma, all days"
WINDOW = timedelta(weeks=SOON)
HEADING = """# How well value and churn are told

Written by `make bench-grading`; `docs/grading.md` says what to make of it. Hold-outs of real purchase logs: parameters
see nothing after the day of the cohort. Top 20 %: the share of what came after that the best fifth by the score
brought. Ties count in part. The interval is of the difference in Gini to RFM quintiles, 95 % by a bootstrap over
customers.
"""


def section(cohort: Cohort, before: Cohort) -> str:
    """One cohort's tables; whoever wins is marked, also where it is a simple score. `before`: a window earlier."""
    found = rankings(cohort)
    base = next(ranking for ranking in found if ranking.name == BASE)
    ginis = {ranking.name: gini(ranking.spend, cohort.later_spend) for ranking in found}
    best = max(ginis, key=lambda name: ginis[name])
    lines = [
        f"## {cohort.name}",
        "",
        f"{len(cohort.spent):,} customers, {int(cohort.later_days.sum()):,} order days after, of "
        f"{int((cohort.later_days > 0).sum()):,} customers.",
        "",
        "| Score | top 20 % spend | top 20 % orders | AUC buys | Gini spend | to RFM | orders forecast |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_line(ranking, base, cohort, ginis[ranking.name]) for ranking in found]
    chance, corrected = chance_within(cohort, SOON), recalibrated(cohort, before, SOON)
    lines += [
        "",
        f"Best by Gini of spend: **{best}** ({ginis[best]:.3f}; {OURS}: {ginis[OURS]:.3f}).",
        f"P(order in {SOON} weeks), MBG/NBD: Brier {brier(chance, cohort.soon):.4f} (of the base rate "
        f"{brier(chance * 0 + (cohort.soon > 0).mean(), cohort.soon):.4f}), calibration error "
        f"{calibration_error(chance, cohort.soon):.4f}, AUC {auc(chance, cohort.soon):.3f}, mean {chance.mean():.3f} "
        f"against {(cohort.soon > 0).mean():.3f}. Recalibrated on the {SOON} weeks before: Brier "
        f"{brier(corrected, cohort.soon):.4f}, calibration error {calibration_error(corrected, cohort.soon):.4f}, mean "
        f"{corrected.mean():.3f}.",
        "",
    ]
    return "\n".join(lines)


def _line(ranking: Ranking, base: Ranking, cohort: Cohort, spend_gini: float) -> str:
    low, high = (0.0, 0.0) if ranking is base else gain(ranking.spend, base.spend, cohort.later_spend)
    actual = cohort.later_days.sum()
    forecast = "" if ranking.orders is None else f"{100 * (ranking.orders / actual - 1):+.1f} %"
    return (
        f"| {ranking.name} | {captured(ranking.spend, cohort.later_spend):.3f} "
        f"| {captured(ranking.buys, cohort.later_days):.3f} | {auc(ranking.buys, cohort.later_days):.3f} "
        f"| {spend_gini:.3f} | {'' if ranking is base else f'{low:+.3f} … {high:+.3f}'} | {forecast} |"
    )


def main() -> int:
    books, food = date(1997, 9, 30), date(2017, 7, 1)
    cohorts = [(cdnow(who, books), cdnow(who, books - WINDOW, SOON)) for who in ("sample", "all")]
    groceries = complete_journey(food), complete_journey(food - WINDOW, SOON)
    sections = [section(cohort, before) for cohort, before in (*cohorts, groceries) if cohort and before]
    REPORT.write_text("\n".join([HEADING, *sections]))
    print(f"written: {REPORT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
