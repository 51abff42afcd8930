"""A person knows better: what is set is in force, what is computed runs on in its shadow until both agree again."""

from __future__ import annotations

from datetime import date
from uuid import uuid5

import pytest

from services.grading.domain.commands import RemoveOverride, SetOverride
from services.grading.domain.overrides import standing_of
from services.grading.domain.state import CustomerState, Override, Standing
from shared.contracts.grading import GradeAssigned, OverrideEnded, TierAssigned
from shared.contracts.values import OverrideField, Segment, Tier
from shared.engine.decision import Refused
from tests.grading.conftest import SPACE


def set_(field, value, reason="a long friend of the house", **more):
    return SetOverride(field=field, value=value, reason=reason, author="ann", **more)


def of(story, type_):
    return [data for _, data in [*story.said, *story.also] if isinstance(data, type_)]


def known(story):
    """The id of the override that is in force."""
    return story.state.overrides[-1].override_id


def test_a_grade_that_is_set_is_said_with_its_basis_and_the_next_letter_is_still_computed(story):
    told = story().registered().need(expected_close_on="2025-05-01")
    told.told(set_("grade", "E"), "2025-03-02")

    said = told.last
    assert (said.grade, said.previous, said.basis, said.changed) == ("E", "B", "override", True)
    assert (told.customer.grade, told.next.grade) == ("E", "A")


def test_what_is_computed_runs_on_unsaid_and_ends_the_override_when_it_agrees(story):
    told = story().registered().need(expected_close_on="2025-05-01").told(set_("grade", "A"), "2025-03-02")
    id = known(told)
    told.tick("2025-04-01")

    assert of(told, OverrideEnded) == [OverrideEnded(override_id=id, field="grade", because="agreed")]
    assert (told.last.grade, told.last.changed, told.last.basis) == ("A", False, "computed")
    assert told.state.overrides == ()


def test_an_override_that_agrees_from_the_start_stays_until_they_have_differed(story):
    told = story().registered().need(expected_close_on="2025-05-01").told(set_("grade", "B"), "2025-03-02")
    assert of(told, OverrideEnded) == []

    told.tick("2025-04-01")

    assert (told.customer.grade, of(told, OverrideEnded)) == ("B", [])
    told.need("2025-04-02", expected_close_on="2025-06-20")
    assert [said.because for said in of(told, OverrideEnded)] == ["agreed"]


def test_the_day_after_its_last_one_it_has_expired(story):
    told = story().registered().need(expected_close_on="2025-05-01")
    told.told(set_("grade", "E", until_on=date(2025, 3, 10)), "2025-03-02")

    told.tick("2025-03-10")
    assert told.last.grade == "E"
    told.tick("2025-03-11")

    assert [said.because for said in of(told, OverrideEnded)] == ["expired"]
    graded = of(told, GradeAssigned)[-1]
    assert (graded.grade, graded.basis) == ("B", "computed")


def test_a_removed_one_gives_way_to_what_is_computed(story):
    told = story().registered().need(expected_close_on="2025-05-01").told(set_("grade", "E"), "2025-03-02")

    told.told(RemoveOverride(override_id=known(told)), "2025-03-03")

    assert [said.because for said in of(told, OverrideEnded)] == ["removed"]
    assert of(told, GradeAssigned)[-1].grade == "B"


@pytest.mark.parametrize("tier", ["key", "small"])
def test_a_tier_that_is_set_is_said(story, tier):
    told = story().registered().told(set_("tier", tier), "2025-03-02")

    said = of(told, TierAssigned)[-1]
    assert (said.tier, said.previous, said.basis) == (tier, "regular", "override")
    assert said.supply_priority == (tier == "key")
    assert said.segments == (("gold", "vip") if tier == "key" else ())
    assert told.customer.tier == tier


@pytest.mark.parametrize(
    ("segment", "segments"),
    [
        pytest.param(None, ("long_standing",), id="gone with the tier"),
        pytest.param("vip", ("long_standing", "vip"), id="but for what a person has set"),
    ],
)
def test_gold_and_vip_go_with_the_tier_that_is_set(segment, segments):
    held = Standing(tier=Tier.KEY, segments=(Segment.LONG_STANDING, Segment.GOLD, Segment.VIP))
    fields = [(OverrideField.TIER, "small")] + ([(OverrideField.SEGMENT, segment)] if segment else [])
    overrides = tuple(Override(uuid5(SPACE, value), field, value, None) for field, value in fields)

    found = standing_of(CustomerState(standing=held, overrides=overrides))

    assert (found.tier, found.segments) == (Tier.SMALL, segments)


def test_segments_add_up_and_go_one_by_one(story):
    told = story().registered().told(set_("segment", "vip"), "2025-03-02").told(set_("segment", "gold"), "2025-03-03")
    assert of(told, TierAssigned)[-1].segments == ("gold", "vip")

    told.told(RemoveOverride(override_id=known(told)), "2025-03-04")

    assert of(told, TierAssigned)[-1].segments == ("vip",)


def test_another_one_of_the_same_field_takes_its_place(story):
    told = story().registered().told(set_("tier", "key"), "2025-03-02").told(set_("tier", "small"), "2025-03-03")

    assert [override.value for override in told.state.overrides] == ["small"]
    assert [said.because for said in of(told, OverrideEnded)] == ["removed"]


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        pytest.param(set_("grade", "F"), "value_unknown", id="no grade"),
        pytest.param(set_("tier", "vip"), "value_unknown", id="no tier"),
        pytest.param(set_("segment", "key"), "value_unknown", id="no segment"),
        pytest.param(set_("grade", "A", until_on=date(2025, 3, 1)), "invalid_body", id="its last day has passed"),
        pytest.param(set_("grade", "A", reason=" \n"), "reason_required", id="for no reason"),
    ],
)
def test_what_cannot_be_set_is_refused(story, command, rule):
    told = story().registered().told(command, "2025-03-02")

    assert isinstance(told.outcomes[-1], Refused)
    assert told.outcomes[-1].rule == rule


def test_one_that_has_ended_is_removed_without_a_word(story):
    told = story().registered().told(set_("tier", "key"), "2025-03-02")
    said = len(told.said)

    told.told(RemoveOverride(override_id=uuid5(SPACE, "none")), "2025-03-03")

    assert len(told.said) == said
