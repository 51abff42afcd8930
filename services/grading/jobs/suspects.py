"""Who may stand otherwise than was said: many customers at once, without opening any books."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from services.grading.domain.references import TierCuts, ValueModel
from services.grading.domain.value import PROFIT
from services.grading.fitting import levels
from services.grading.fitting.sample import Column
from services.grading.jobs.looks import Looks
from services.grading.jobs.ranks import ranked_by, uncertain
from shared.contracts.policy import Policy

Found = NDArray[np.bool_]


def suspects(looks: Looks, policy: Policy, cuts: TierCuts | None, model: ValueModel | None) -> NDArray[np.int64]:
    """Places of all whose tier, suggestion or level has changed by time or by the others, and of some more."""
    measure = cuts.value if cuts else PROFIT
    found = _stand_otherwise(looks, cuts, ranked_by(measure, looks, policy, model))
    if model is None:
        found |= looks.told != None  # noqa: E711 - of each
    else:
        bought = looks.bought
        found[bought] |= levels.differ(model.timing, looks.sample(), looks.told[bought], policy.churn.model_levels)
    return np.asarray(found.nonzero()[0])


def _stand_otherwise(looks: Looks, cuts: TierCuts | None, value: Column) -> Found:
    """By tier or suggestion, as `place` finds them without a pause or hysteresis."""
    buys = looks.orders > 0 if cuts is not None and cuts.ranked else np.zeros(len(looks.ids), dtype=bool)
    key, regular, key_band, regular_band = (_at_least(value, cut) for cut in _ends(cuts))
    tier = np.select([~buys, key, regular], ["regular", "key", "regular"], "small")
    near = buys & (value > 0)
    to_regular, to_key = near & (tier == "small") & regular_band, near & (tier == "regular") & key_band
    uplift_to = np.select([to_regular, to_key], ["regular", "key"], "")
    otherwise = looks.is_held | (tier != looks.placed) | (uplift_to != looks.uplift_to)
    return np.asarray(otherwise | _on_the_edge(value, cuts) & buys)


def _on_the_edge(value: Column, cuts: TierCuts | None) -> Found:
    """Whom a single number may put on the other side."""
    if cuts is None or cuts.value == PROFIT:
        return np.zeros(len(value), dtype=bool)
    ends, apart = np.array([0.0, *(end for end in _ends(cuts) if end is not None)]), uncertain(cuts.value, value)
    return np.asarray((np.abs(value[:, None] - ends) <= apart[:, None]).any(axis=1))


def _ends(cuts: TierCuts | None) -> tuple[int | None, ...]:
    if cuts is None:
        return (None,) * 4
    return cuts.key_from, cuts.regular_from, cuts.key_band_from, cuts.regular_band_from


def _at_least(value: Column, cut: int | None) -> Found:
    return np.asarray(value >= (inf if cut is None else cut))
