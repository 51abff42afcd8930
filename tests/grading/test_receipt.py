"""Whatever a customer did, the parts of each number add up to it exactly, and its books are the sum of its postings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grading.domain.books import Amounts, Books, Line, booked, last_year, window_start
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.models.spend import GammaGamma
from services.grading.domain.receipt import figures_of, receipt
from services.grading.domain.references import MODEL, ValueModel
from services.grading.domain.state import CustomerState
from services.grading.standing import warnings_of
from shared.contracts.policy import default_policy, overlay

TODAY = date(2025, 3, 1)
MONEY = st.integers(0, 10**7)
LINES = st.lists(
    st.builds(
        Line,
        st.integers(0, 700).map(lambda days: TODAY - timedelta(days=days)),
        st.builds(Amounts, MONEY, MONEY, MONEY, MONEY, st.integers(0, 10_000), MONEY, st.integers(0, 10_000)),
        orders=st.integers(0, 2),
    ),
    max_size=12,
)
SPEND = GammaGamma(9.88, 3.4, 792.8)
TIMINGS = st.sampled_from([MbgNbd(0.525, 6.183, 0.891, 1.614), ParetoNbd(0.553, 10.578, 0.606, 11.669)])
MODELS = st.none() | TIMINGS.map(lambda timing: ValueModel(TODAY, 1000, -1.0, timing, SPEND))


@given(lines=LINES, model=MODELS, rate=st.integers(0, 200), horizon=st.sampled_from(["infinite", 1, 2.5]))
def test_parts_add_up(lines, model, rate, horizon):
    policy = overlay(default_policy(), {"values": {"cost.hour_rate": rate, "clv.horizon": horizon}})
    state = CustomerState(books=booked(Books(), lines))
    values = figures_of(state, TODAY, policy, model).values
    rows = receipt(state, TODAY, policy, None, model)
    if values is None:
        assert all(row.points is None for row in rows)
        return
    numbers = {
        "profit_12m": values.last_year.total,
        "historic": values.historic.total,
        "future": values.future.amount,
        "clv": values.clv,
    }
    for name, number in numbers.items():
        assert sum(row.points for row in rows if row.rule.startswith(f"{name}.")) == number, name


@pytest.mark.parametrize(
    ("values", "about", "future"),
    [
        ({}, "m 300 a year, m·r/(1+d-r): 2.66667 years of it, r 0.8, d 0.1", 800),
        (
            {"horizon": 2},
            "m 300 a year, m·r/(1+d-r)·(1-(r/(1+d))^n): 1.25620 years of it, r 0.8, d 0.1, n 2",
            377,
        ),
        ({"horizon": 5, "retention": 1, "discount": 0}, "m 300 a year, m·n: 5 years of it, r 1, d 0", 1500),
    ],
    ids=["T36-for ever", "to the horizon", "nobody leaves"],
)
def test_the_formula_is_told_with_its_numbers(values, about, future):
    policy = overlay(default_policy(), {"values": {"clv": {"method": "formula", **values}}})
    state = CustomerState(books=booked(Books(), [Line(TODAY, Amounts(revenue=300), orders=1)]))
    [row] = [row for row in receipt(state, TODAY, policy, None, None) if row.rule == "future.formula"]
    assert (row.input, row.points) == (about, future)


@pytest.mark.parametrize(
    ("method", "reference", "rules"),
    [
        ("frequency", {}, []),
        ("model", {}, ["churn_without_model"]),
        ("model", {MODEL: ValueModel(TODAY, 700, -1.0, MbgNbd(0.5, 6, 0.9, 1.6), SPEND)}, []),
    ],
    ids=["own rhythm", "no model: nobody is warned of", "a model"],
)
def test_the_summary_warns_where_no_model_warns(method, reference, rules):
    policy = overlay(default_policy(), {"values": {"churn.method": method}})
    assert [warning["rule"] for warning in warnings_of(policy, reference)] == rules


@given(lines=LINES, data=st.data())
def test_books_are_the_sum_of_their_lines_in_any_order(lines, data):
    books = booked(Books(), lines)
    assert booked(Books(), data.draw(st.permutations(lines))) == books
    inside = [line.amounts for line in lines if window_start(TODAY) < line.on <= TODAY]
    expected = Amounts()
    for amounts in inside:
        expected = expected.plus(amounts)
    if books.days and TODAY - max(day.on for day in books.days) < timedelta(days=30):
        assert last_year(books, TODAY) == expected
    assert booked(books, [line.reversed() for line in lines]).total == Amounts()
