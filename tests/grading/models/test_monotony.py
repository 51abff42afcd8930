"""An order never lowers P(alive), P(buy), expected orders or value; silence never raises them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.grading.domain.models.history import History
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.domain.models.spend import GammaGamma

SHAPES = st.floats(0.1, 5)
SCALES = st.floats(1, 60)
MODELS = st.one_of(
    st.builds(MbgNbd, SHAPES, SCALES, SHAPES, SHAPES), st.builds(ParetoNbd, SHAPES, SCALES, SHAPES, SCALES)
)
SPEND = st.builds(GammaGamma, st.floats(0.5, 20), st.floats(1.5, 20), st.floats(100, 5000))
SLACK = 1 + 1e-9


@st.composite
def histories(draw):
    weeks = draw(st.floats(0, 300))
    repeats = draw(st.integers(0, 60)) if weeks > 0 else 0
    last = draw(st.floats(0, 1)) * weeks if repeats else 0.0
    return History(repeats if last > 0 else 0, last, weeks)


def with_an_order_today(seen):
    return History(seen.repeats + 1, seen.weeks, seen.weeks)


@given(model=MODELS, seen=histories().filter(lambda seen: seen.weeks > seen.last_week), ahead=st.floats(0.1, 104))
def test_an_order_lowers_nothing(model, seen, ahead):
    after = with_an_order_today(seen)
    assert model.buys(seen, ahead) <= model.buys(after, ahead) * SLACK
    assert model.orders(seen, ahead) <= model.orders(after, ahead) * SLACK
    if seen.repeats:
        assert model.alive(seen) <= model.alive(after) * SLACK


@given(
    model=MODELS,
    spend=SPEND,
    seen=histories().filter(lambda seen: seen.weeks > seen.last_week),
    spent=st.floats(0, 1e7),
    more=st.floats(1, 50),
)
def test_an_order_of_the_usual_size_or_more_lowers_no_value(model, spend, seen, spent, more):
    days = seen.repeats + 1
    usual = spend.per_day(spent, days)
    before = model.orders(seen, 52) * usual
    assert before <= model.orders(with_an_order_today(seen), 52) * spend.per_day(spent + usual * more, days + 1) * SLACK


@given(model=MODELS, seen=histories(), silence=st.floats(0, 100), ahead=st.floats(0.1, 104))
def test_silence_raises_nothing(model, seen, silence, ahead):
    later = History(seen.repeats, seen.last_week, seen.weeks + silence)
    assert model.alive(later) <= model.alive(seen) * SLACK
    assert model.buys(later, ahead) <= model.buys(seen, ahead) * SLACK
    assert model.orders(later, ahead) <= model.orders(seen, ahead) * SLACK


@given(model=MODELS, seen=histories(), ahead=st.floats(0.1, 104))
def test_chances_are_chances(model, seen, ahead):
    assert 0 <= model.buys(seen, ahead) <= model.alive(seen) <= 1
    assert model.orders(seen, ahead) >= 0
