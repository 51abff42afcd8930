"""Grievances add up before they become complaints; low scores and negative mentions are grievances too."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.feedback.domain.joining import announce
from services.feedback.domain.signals import Grievance, Signal, grievance_id_of
from shared.contracts.feedback import ComplaintRiskRaised, GrievanceLogged, SurveyScored
from shared.contracts.profile import GrievanceResolved, InteractionRecorded, MentionMatched, SurveyAnswered
from shared.engine.decision import Superseded


def grumble(desk, id, **more):
    usual = {"channel": "hotline", "direction": "inbound", "human": True, "grievance": True, "question": False}
    told = usual | {"objection": False, "consent_purpose": "service", "interaction_id": id} | more
    return desk.tell(InteractionRecorded(**told))


def resolve(desk, id):
    return desk.tell(GrievanceResolved(interaction_id=id))


def raised(desk):
    return [(fact.grievances, fact.window_days) for fact in desk.said(ComplaintRiskRaised)]


def test_t63_the_third_within_the_window_warns_once(desk):
    for day in ("03-01", "03-10"):
        grumble(desk.to(f"2025-{day}"), day)
    assert raised(desk) == []
    grumble(desk.to("2025-03-20"), "03-20")
    assert raised(desk) == [(3, 30)]
    grumble(desk.to("2025-03-22"), "03-22")
    assert raised(desk) == [(3, 30)]
    assert [fact.interaction_id for fact in desk.said(GrievanceLogged)] == ["03-01", "03-10", "03-20", "03-22"]


def test_t64_a_resolved_one_does_not_count(desk):
    grumble(desk.to("2025-03-01"), "a")
    grumble(desk.to("2025-03-10"), "b")
    resolve(desk, "b")
    grumble(desk.to("2025-03-20"), "c")
    assert raised(desk) == []


def test_a_new_accumulation_warns_again(desk):
    for id in ("a", "b", "c"):
        grumble(desk, id)
    resolve(desk, "a")
    grumble(desk, "d")
    assert raised(desk) == [(3, 30), (3, 30)]


@pytest.mark.parametrize(
    ("third", "expected"),
    [pytest.param("2025-03-31", [(3, 30)], id="30 days"), pytest.param("2025-04-01", [], id="31 days")],
)
def test_time_takes_the_oldest_out_of_the_window(desk, third, expected):
    grumble(desk.to("2025-03-01"), "a")
    grumble(desk.to("2025-03-10"), "b")
    grumble(desk.to(third), "c")
    assert raised(desk) == expected


def test_the_window_that_closes_ends_an_accumulation(desk):
    for id in ("a", "b", "c"):
        grumble(desk.to("2025-03-01"), id)
    desk.to("2025-04-01")
    assert (desk.state.grievances.unresolved, desk.state.grievances.raised) == ((), False)
    for id in ("d", "e", "f"):
        grumble(desk, id)
    assert len(raised(desk)) == 2


def test_a_resolution_may_come_before_its_grievance(desk):
    for id in ("b", "c"):
        grumble(desk, id)
    resolve(desk, "a")
    grumble(desk, "a")
    assert (raised(desk), len(desk.said(GrievanceLogged))) == ([], 3)
    row = desk.saved[grievance_id_of("interaction", "a")]
    assert isinstance(row, Grievance)
    assert row.resolved_at == desk.now


def test_what_is_told_twice_counts_once(desk):
    for id in ("a", "b", "b"):
        grumble(desk, id)
    assert (raised(desk), len(desk.said(GrievanceLogged))) == ([], 2)


def test_a_contact_without_a_grievance_is_counted_and_nothing_else(desk):
    grumble(desk, "a", grievance=False, agent="a1")
    assert desk.facts == []
    ((row),) = [row for row in desk.saved.values() if isinstance(row, Signal)]
    assert (row.kind, row.channel, row.agent) == ("contact", "hotline", "a1")


def test_a_grievance_is_resolved_by_its_own_id_too(desk):
    grumble(desk, "a")
    (said,) = desk.said(GrievanceLogged)
    desk.tell(GrievanceResolved(grievance_id=said.grievance_id))
    assert desk.state.grievances.unresolved == ()
    assert isinstance(desk.tell(GrievanceResolved(grievance_id=said.grievance_id)), Superseded)


# -- answers and mentions


@pytest.mark.parametrize(
    ("survey", "score", "sources"),
    [
        pytest.param("nps", 3, ["survey"], id="T131 NPS 3"),
        pytest.param("nps", 6, ["survey"], id="NPS 6"),
        pytest.param("nps", 7, [], id="T131 NPS 7"),
        pytest.param("csat", 2, ["survey"], id="CSAT 2"),
        pytest.param("csat", 3, [], id="CSAT 3"),
        pytest.param("ces", 1, [], id="no low score of effort"),
    ],
)
def test_a_low_score_is_a_grievance(desk, survey, score, sources):
    desk.tell(SurveyAnswered(answer_id="a1", survey=survey, score=score))
    assert [fact.source for fact in desk.said(GrievanceLogged)] == sources
    assert [(fact.answer_id, fact.survey, fact.score, fact.gap) for fact in desk.said(SurveyScored)] == [
        ("a1", survey, score, None)
    ]


@pytest.mark.parametrize(
    ("expectation", "experience", "gap", "verdict"), [(4, 3, -1, "below"), (4, 4, 0, "met"), (3, 5, 2, "exceeded")]
)
def test_t86_a_gap_is_experience_less_expectation(desk, expectation, experience, gap, verdict):
    desk.tell(SurveyAnswered(answer_id="a1", survey="gap", expectation=expectation, experience=experience))
    assert [(fact.score, fact.gap, fact.verdict) for fact in desk.said(SurveyScored)] == [(None, gap, verdict)]


def test_an_answer_that_comes_again_is_superseded(desk):
    desk.tell(SurveyAnswered(answer_id="a1", survey="nps", score=3))
    assert isinstance(desk.tell(SurveyAnswered(answer_id="a1", survey="nps", score=3)), Superseded)
    assert len(desk.said(SurveyScored)) == 1


@pytest.mark.parametrize(
    ("sentiment", "kind", "logged"),
    [("negative", "mention", 1), ("neutral", "mention", 0), ("positive", "mention", 0), ("negative", "news", 0)],
)
def test_t133_a_negative_mention_by_somebody_known_is_a_grievance(desk, sentiment, kind, logged):
    desk.tell(MentionMatched(mention_id="m1", sentiment=sentiment, network="weibo", kind=kind, element="shop"))
    assert [fact.source for fact in desk.said(GrievanceLogged)] == ["mention"] * logged


# -- two files of one customer


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        pytest.param(2, 1, 1, id="too many only together"),
        pytest.param(1, 1, 0, id="not too many even together"),
        pytest.param(3, 1, 0, id="warned of before"),
        pytest.param(1, 3, 0, id="the other was warned of before"),
    ],
)
def test_a_merge_warns_of_what_it_reveals(desk_of, ours, theirs, expected):
    winner, loser, joined = desk_of(), desk_of(UUID(int=2)), desk_of()
    for desk, number in ((winner, ours), (loser, theirs)):
        for n in range(number):
            grumble(desk, f"{desk.stream.id}{n}")
            grumble(joined, f"{desk.stream.id}{n}")
    facts = announce(winner.state, joined.state, joined.context(joined.told[-1]))
    assert [type(fact.data) for fact in facts] == [ComplaintRiskRaised] * expected
