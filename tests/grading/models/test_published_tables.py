"""The models give the numbers that were published for the CDNOW log (Fader, Hardie, Lee 2005; CLVTools; BTYDplus)."""

from __future__ import annotations

from math import log

import numpy as np
import pandas as pd
import pytest
from clvkit import BGNBD, MBGNBD, CustomerBase
from msgspec.structs import astuple

from holdfast.demo.orders import load_orders
from services.grading.domain.models.history import History
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.fitting import scores
from services.grading.fitting.fit import NoFit, fit_gamma_gamma, fit_mbg, fit_pareto
from services.grading.fitting.sample import grouped, sample_of, spending_of
from tests.grading.models.cdnow import CALIBRATED_UNTIL, cohort

PUBLISHED = ParetoNbd(0.553, 10.578, 0.606, 11.669)


@pytest.fixture(scope="module")
def seen():
    return sample_of(person.seen for person in cohort())


def test_the_log_is_read_as_the_literature_reads_it(seen):
    assert (len(seen.repeats), seen.repeats.sum()) == (2357, 2457)
    assert sum(person.later_days for person in cohort()) == 1882
    assert sum(person.later_days > 0 for person in cohort()) == 684
    everybody = cohort("all")
    assert len(everybody) == 23_570
    assert sum(person.later_days for person in everybody) == 19_684
    assert sum(person.later_days > 0 for person in everybody) == 7_058


def test_mbg_nbd(seen):
    model, log_likelihood = fit_mbg(seen)
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.525, 6.183, 0.891, 1.614), abs=5e-4)
    assert log_likelihood == pytest.approx(-9582.1357, abs=0.01)


def test_pareto_nbd(seen):
    model, log_likelihood = fit_pareto(seen)
    assert log_likelihood == pytest.approx(-9594.976, abs=0.01)
    someone = History(26, 30.86, 31)
    told = (model.orders(someone, 52), model.alive(someone), model.orders(History(0, 0, 0), 52))
    assert told == pytest.approx((25.46, 0.9979, 1.473), abs=0.005)
    alive = scores.alive(model, seen)
    assert [*np.quantile(alive, (0.25, 0.5, 0.75)), alive.mean()] == pytest.approx(
        (0.3174, 0.3499, 0.4763, 0.4462), abs=0.005
    )


def test_gamma_gamma_over_repeat_orders_as_published():
    repeaters = [p for p in cohort() if p.seen.repeats]
    spent = spending_of((p.seen.repeats, (p.spent - p.first_day) / 100) for p in repeaters)
    model, log_likelihood = fit_gamma_gamma(spent)
    assert len(repeaters) == 946
    assert (model.p, model.q, model.v) == pytest.approx((6.25, 3.74, 15.44), abs=0.005)
    assert log_likelihood == pytest.approx(-4055.9177, abs=0.01)


@pytest.mark.filterwarnings("ignore:on_negative:UserWarning")  # eight order days are worth nothing
def test_another_package_reads_the_same_log_and_comes_to_the_published_bg_nbd():
    rows = [(o.customer, pd.Timestamp(o.on), o.cents / 100) for o in load_orders() if o.on <= CALIBRATED_UNTIL]
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    end = pd.Timestamp(CALIBRATED_UNTIL)
    base = CustomerBase.from_transactions(frame, time_unit="W", collapse="D", observation_period_end=end)
    columns = base.to_pandas()[["frequency", "recency", "T"]].to_numpy()
    assert columns == pytest.approx(np.array([astuple(person.seen) for person in cohort()]))
    fitted = BGNBD().fit(base)
    assert list(fitted.params_) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=5e-4)
    assert fitted.log_likelihood_ == pytest.approx(-9582.429, abs=0.01)
    ours, log_likelihood = fit_mbg(sample_of(person.seen for person in cohort()))
    theirs = MBGNBD().fit(base)
    assert list(theirs.params_) == pytest.approx(astuple(ours), abs=5e-4)
    assert theirs.log_likelihood_ == pytest.approx(log_likelihood, abs=0.01)


def test_other_units_of_time_are_the_same_model(seen):
    weeks, weekly = fit_mbg(seen)
    days, daily = fit_mbg(seen._replace(last_week=seen.last_week * 7, weeks=seen.weeks * 7))
    assert daily == pytest.approx(weekly - seen.repeats.sum() * log(7), abs=0.01)
    assert (days.r, days.alpha / 7, days.a, days.b) == pytest.approx((weeks.r, weeks.alpha, weeks.a, weeks.b), rel=1e-3)


def test_grouped_rows_are_the_same_customers(seen):
    fewer = grouped(seen)
    assert len(fewer.repeats) < len(seen.repeats)
    assert fewer.customers == seen.customers


@pytest.mark.parametrize("fit", [fit_mbg, fit_pareto])
def test_without_customers_there_is_no_fit(fit):
    with pytest.raises(NoFit):
        fit(sample_of([]))


@pytest.mark.parametrize("model", [MbgNbd(0.525, 6.183, 0.891, 1.614), PUBLISHED], ids=["mbg", "pareto"])
def test_many_customers_at_once_get_the_numbers_of_each(seen, model):
    people = [person.seen for person in cohort()][:200]
    some = sample_of(people)
    for together, alone in (
        (scores.alive(model, some), model.alive),
        (scores.buys(model, some, 13), lambda h: model.buys(h, 13)),
        (scores.orders(model, some, 39), lambda h: model.orders(h, 39)),
    ):
        assert together == pytest.approx([alone(person) for person in people], rel=1e-10)
