"""At the far ends of what a customer can be the numbers still equal those of 60 digits."""

from __future__ import annotations

from functools import cache
from itertools import count, product

import pytest
from mpmath import betainc, hyp2f1, mp, mpf, quad
from msgspec.structs import astuple

from services.grading.domain.models.history import History
from services.grading.domain.models.mbg import MbgNbd
from services.grading.domain.models.pareto import ParetoNbd
from services.grading.fitting import scores
from services.grading.fitting.sample import sample_of

mp.dps = 60
MBG = [MbgNbd(0.525, 6.183, 0.891, 1.614), MbgNbd(0.11, 2.24, 0.31, 0.5), MbgNbd(3.0, 40.0, 2.5, 9.0)]
PARETO = [
    ParetoNbd(0.553, 10.578, 0.606, 11.669),
    ParetoNbd(1.5, 6.0, 1.7, 25.0),
    ParetoNbd(0.4, 30.0, 0.9, 8.0),
]
SEEN = [
    History(x, float(share * weeks), float(weeks))
    for x, weeks, share in product((0, 1, 20, 2000), (0, 1, 39, 520), (0, 0.5, 0.999, 1))
    if (x > 0) == (share * weeks > 0)
]
WEEKS = (0.1, 13.0, 520.0, 1560.0)
NEAR = 1e-9


def exactly(model):
    return [mpf(value) for value in astuple(model)]


def _moved(model, by):
    """Its third parameter, which the textbook form divides by what is left of it beyond one."""
    first, second, third, fourth = exactly(model)
    return type(model)(first, second, third + by, fourth)


@cache
def mbg_alive(model, seen):
    r, alpha, a, b = exactly(model)
    x, last, weeks = mpf(seen.repeats), mpf(seen.last_week), mpf(seen.weeks)
    return 1 / (1 + a / (b + x) * ((alpha + weeks) / (alpha + last)) ** (r + x))


def mbg_orders(model, seen, ahead):
    """The textbook form."""
    r, alpha, a, b = exactly(model)
    x, weeks = mpf(seen.repeats), mpf(seen.weeks)
    series = hyp2f1(r + x, b + x + 1, a + b + x, ahead / (alpha + weeks + ahead))
    shrunk = ((alpha + weeks) / (alpha + weeks + ahead)) ** (r + x)
    return mbg_alive(model, seen) * (a + b + x) / (a - 1) * (1 - shrunk * series)


@cache
def pareto_odds(model, seen):
    r, alpha, s, beta = exactly(model)
    x, last, weeks = mpf(seen.repeats), mpf(seen.last_week), mpf(seen.weeks)
    power, high = r + s + x, max(alpha, beta)
    second = s + 1 if alpha >= beta else r + x

    def half(at):
        return hyp2f1(power, second, power + 1, abs(alpha - beta) / (high + at)) / (high + at) ** power

    return s / power * (alpha + weeks) ** (r + x) * (beta + weeks) ** s * (half(last) - half(weeks))


def pareto_orders(model, seen, ahead):
    r, alpha, s, beta = exactly(model)
    weeks = mpf(seen.weeks)
    rate = (r + seen.repeats) * (beta + weeks) / (alpha + weeks) / (s - 1)
    return rate * (1 - ((beta + weeks) / (beta + weeks + ahead)) ** (s - 1)) / (1 + pareto_odds(model, seen))


@pytest.mark.parametrize("model", MBG)
def test_mbg_nbd(model):
    r, alpha, _, _ = exactly(model)
    for seen in SEEN:
        alive = mbg_alive(model, seen)
        assert model.alive(seen) == pytest.approx(float(alive), rel=NEAR)
        for ahead in WEEKS:
            none = ((alpha + mpf(seen.weeks)) / (alpha + mpf(seen.weeks) + ahead)) ** (r + seen.repeats)
            assert model.buys(seen, ahead) == pytest.approx(float(alive * (1 - none)), rel=NEAR)
            assert model.orders(seen, ahead) == pytest.approx(float(mbg_orders(model, seen, ahead)), rel=NEAR)


@pytest.mark.parametrize(
    "model",
    [MbgNbd(0.644, 6.63, 188.6, 659.9), MbgNbd(1.188, 1.894, 901.05, 2269.0), MbgNbd(0.6, 8.0, 1e6, 3e6)],
    ids=str,
)
@pytest.mark.parametrize("seen", [seen for seen in SEEN if seen.repeats < 100], ids=str)
def test_customers_who_are_all_alike(model, seen):
    """The power series itself: its terms fall at once."""
    r, alpha, a, b = exactly(model)
    x, weeks = seen.repeats, mpf(seen.weeks)
    for ahead in WEEKS:
        z = ahead / (alpha + weeks + ahead)
        series = power_series(r + x, b + x + 1, a + b + x, z)
        expected = mbg_alive(model, seen) * (a + b + x) / (a - 1) * (1 - (1 - z) ** (r + x) * series)
        assert model.orders(seen, ahead) == pytest.approx(float(expected), rel=NEAR)
        assert scores.orders(model, sample_of([seen]), ahead)[0] == model.orders(seen, ahead)


def power_series(a, b, c, z):
    total = term = mpf(1)
    for n in count():
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if term < total * mpf(10) ** -30:
            return total
    raise AssertionError


@pytest.mark.parametrize("model", PARETO)
def test_pareto_nbd(model):
    for seen in SEEN:
        assert model.alive(seen) == pytest.approx(float(1 / (1 + pareto_odds(model, seen))), rel=NEAR, abs=1e-300)
        for ahead in WEEKS:
            assert model.orders(seen, ahead) == pytest.approx(float(pareto_orders(model, seen, ahead)), rel=NEAR)


@pytest.mark.parametrize("seen", [History(0, 0.0, 0.0), History(3, 20.0, 39.0)])
@pytest.mark.parametrize("model", PARETO)
def test_the_chance_of_an_order_equals_its_integral_over_the_moment_of_leaving(model, seen):
    """Of somebody alive: 1 - E[no order until the end or until they leave]."""
    r, alpha, s, beta = exactly(model)
    r, alpha, beta, ahead = r + seen.repeats, alpha + mpf(seen.weeks), beta + mpf(seen.weeks), mpf(13)
    stays = (beta / (beta + ahead)) ** s * (alpha / (alpha + ahead)) ** r
    leaves = quad(lambda t: s / beta * (beta / (beta + t)) ** (s + 1) * (alpha / (alpha + t)) ** r, [0, ahead])
    assert model.orders_if_alive(seen, 13.0) == pytest.approx(float(1 - stays - leaves), rel=NEAR)


def test_expected_orders_equal_their_integral_over_the_chance_to_leave():
    """Of somebody who stayed after each of their order days, the first one too."""
    model, seen, ahead = MBG[0], History(4, 30.0, 39.0), mpf(52)
    r, alpha, a, b = exactly(model)
    stayed = b + seen.repeats + 1
    shape, scale, total = r + seen.repeats, alpha + mpf(seen.weeks), betainc(a, stayed, 0, 1)

    def share(p):
        return p ** (a - 1) * (1 - p) ** (stayed - 1) * (1 - (1 + p * ahead / scale) ** -shape) / p / total

    assert model.orders(seen, 52.0) == pytest.approx(float(mbg_alive(model, seen) * quad(share, [0, 1])), rel=NEAR)


@pytest.mark.parametrize("off", [0.0, -1e-9, 1e-5, 1.1e-3])
def test_a_parameter_near_one_gives_the_numbers_it_should(off):
    mbg, pareto = MbgNbd(0.525, 6.183, 1 + off, 1.614), ParetoNbd(0.553, 10.578, 1 + off, 11.669)
    beside = mpf(10) ** -25 if off == 0 else mpf(0)
    for seen in (History(0, 0.0, 0.0), History(3, 20.0, 39.0), History(2000, 519.48, 520.0)):
        for ahead in (WEEKS[0], WEEKS[-1]):
            expected = mbg_orders(_moved(mbg, beside), seen, ahead), pareto_orders(_moved(pareto, beside), seen, ahead)
            assert mbg.orders(seen, ahead) == pytest.approx(float(expected[0]), rel=NEAR)
            assert pareto.orders(seen, ahead) == pytest.approx(float(expected[1]), rel=NEAR)
            for model, number in zip((mbg, pareto), expected, strict=True):
                assert scores.orders(model, sample_of([seen]), ahead)[0] == pytest.approx(float(number), rel=NEAR)


def test_the_reference_sees_a_wrong_sign():
    assert mbg_alive(MBG[0], History(3, 20.0, 39.0)) != pytest.approx(1 - MBG[0].alive(History(3, 20.0, 39.0)))
