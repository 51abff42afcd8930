"""What happens with a customer and is passed on: life events, costs, surveys, feedback, mentions, referrals."""

from __future__ import annotations

from itertools import permutations

import pytest

from services.profile.domain.commitments import Commitment
from services.profile.domain.handles import customer_id, print_of
from services.profile.domain.ledgers import Complaint
from services.profile.domain.referrals import Referral
from shared.contracts.ids import event_key
from shared.engine.decision import StreamKey
from tests.profile.conftest import SECRET

ANNA, BEN = "shop:1", "shop:2"
KEY = str(event_key("shop", "e1"))


@pytest.mark.parametrize(
    ("name", "data", "fact"),
    [
        pytest.param(
            "life_event.recorded",
            {"kind": "promotion", "on": "2025-03-10", "volunteered": True},
            {"kind": "promotion", "on": "2025-03-10", "volunteered": True},
            id="life event",
        ),
        pytest.param(
            "browse.recorded",
            {"category": "filters", "sku": "f1"},
            {"category": "filters", "sku": "f1"},
            id="look at a product",
        ),
        pytest.param(
            "cost.allocated",
            {"kind": "training", "minutes": 120, "complaint_id": "c1"},
            {"kind": "training", "minutes": 120, "complaint_id": "c1"},
            id="time spent",
        ),
        pytest.param(
            "cost.allocated",
            {"kind": "gift", "amount": 1_000, "currency": "EUR"},
            {"kind": "gift", "amount": 1_100, "currency": "USD"},
            id="amounts are told in the reporting currency",
        ),
        pytest.param(
            "survey.answered",
            {"survey": "nps", "score": 9, "element": "service_quality", "touchpoint": "shop", "trigger": "regular"},
            {
                "answer_id": KEY,
                "survey": "nps",
                "score": 9,
                "element": "service_quality",
                "touchpoint": "shop",
                "trigger": "regular",
            },
            id="an answer is called by the key of its event",
        ),
        pytest.param(
            "grievance.resolved", {"interaction_id": "i1"}, {"interaction_id": "i1"}, id="a grievance is settled"
        ),
        pytest.param(
            "satisfaction.stated",
            {"complaint_id": "c1", "satisfied": False},
            {"complaint_id": "c1", "satisfied": False},
            id="a customer says how it was",
        ),
    ],
)
def test_passed_on_at_the_time_of_its_event_and_entered(make_files, name, data, fact):
    files = make_files({"currency.rates": {"EUR": 1.1}})
    files.tell(name, ANNA, "2025-03-10", id="e1", **data)
    assert files.facts(name) == [fact]
    assert [fact.time for fact in files.said if fact.name == name] == ["2025-03-10T09:00:00Z"]
    assert [entry.type for entry in files.timeline(ANNA)] == ([] if name == "cost.allocated" else [name])


@pytest.mark.parametrize(
    ("name", "data", "slug"),
    [
        pytest.param(
            "life_event.recorded",
            {"kind": "illness", "on": "2025-03-10", "volunteered": False},
            "not_volunteered",
            id="T132 what was not volunteered",
        ),
        pytest.param(
            "cost.allocated", {"kind": "gift", "amount": 1, "currency": "CHF"}, "currency_unknown", id="no rate"
        ),
        pytest.param("survey.answered", {"survey": "nps", "score": 11}, "score_off_scale", id="NPS ends at 10"),
        pytest.param("survey.answered", {"survey": "csat", "score": 0}, "score_off_scale", id="CSAT begins at 1"),
        pytest.param("survey.answered", {"survey": "ces", "score": 8}, "score_off_scale", id="CES ends at 7"),
    ],
)
def test_refused(files, name, data, slug):
    assert (files.tell(name, ANNA, "2025-03-10", **data).reason, files.said) == (slug, [])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"survey": "nps", "score": 0}, id="NPS begins at 0"),
        pytest.param({"survey": "csat", "score": 5}, id="CSAT ends at 5"),
        pytest.param({"survey": "gap", "expectation": 4, "experience": 3}, id="a gap has no score"),
        pytest.param({"survey": "csat", "score": 7}, id="a scale is the policy's"),
    ],
)
def test_answers_on_their_scale_are_passed_on(make_files, answer):
    files = make_files({"survey.scales": {"csat": {"lowest": 1, "highest": 5 if answer.get("score") != 7 else 7}}})
    files.tell("survey.answered", ANNA, "2025-03-10", **answer)
    assert len(files.facts("survey.answered")) == 1


def test_a_suggestion_is_counted_and_its_words_stay_here(files):
    files.tell(
        "feedback.submitted", ANNA, "2025-03-10", id="e1", kind="suggestion", source="direct", text="open earlier"
    )
    assert files.facts("feedback.received") == [{"feedback_id": KEY, "kind": "suggestion", "source": "direct"}]
    assert files.facts("complaint.received") == []
    assert (files.state(ANNA).suggestions, files.timeline(ANNA)[0].note) == (1, "open earlier")


def test_t91_feedback_of_kind_complaint_is_a_complaint_called_by_the_same_id(files):
    said = {"kind": "complaint", "source": "hotline", "element": "service_quality", "text": "rude"}
    files.tell("feedback.submitted", ANNA, "2025-03-10", id="e1", **said)
    assert files.facts("feedback.received")[0]["feedback_id"] == KEY
    (complaint,) = files.facts("complaint.received")
    assert (complaint["complaint_id"], complaint["fault"], complaint["severity"]) == (KEY, "unknown", "minor")
    assert (complaint["correctable"], complaint["element"]) == (True, "service_quality")
    assert files.tables[Complaint][KEY].text == "rude"
    assert len(files.timeline(ANNA)) == 1


@pytest.mark.parametrize("sequence", list(permutations(range(2))), ids=str)
def test_a_complaint_out_of_feedback_is_updated_like_any_other(make_files, sequence):
    files = make_files()
    told = [
        ("feedback.submitted", {"kind": "complaint", "source": "hotline"}),
        ("complaint.updated", {"complaint_id": KEY, "fault": "company"}),
    ]
    for n in sequence:
        files.tell(told[n][0], ANNA, f"2025-03-1{n}", id=f"e{n + 1}", now="2025-03-12", **told[n][1])
    heard = [fact.data["fault"] for fact in files.said if fact.name.startswith("complaint.")]
    assert heard == ["unknown", "company"]


def test_t133_a_mention_by_a_known_handle_is_this_customers(files):
    files.tell("customer.registered", ANNA, "2025-03-01", party="individual", handles=["weibo:anna"])
    told = {"handle": "weibo:anna", "sentiment": "negative", "element": "service_quality", "network": "weibo"}
    files.tell("social.mentioned", None, "2025-03-10", id="e1", **told)
    (fact,) = [said for said in files.said if said.name == "mention.matched"]
    assert (fact.subject, fact.data["mention_id"], fact.data["kind"]) == (str(files.id_of(ANNA)), KEY, "mention")
    entry = files.timeline(ANNA)[-1]
    assert (entry.type, entry.sentiment, entry.details["network"]) == ("social.mentioned", "negative", "weibo")


@pytest.mark.parametrize(
    ("handle", "stream"),
    [(None, event_key("shop", "e1")), ("WeiBo:nobody", print_of(SECRET, "weibo:nobody"))],
    ids=["without a handle", "under a handle"],
)
def test_t133_a_mention_by_nobody_we_know_touches_no_customer(files, handle, stream):
    told = {"handle": handle} if handle else {}
    files.tell("social.mentioned", None, "2025-03-10", id="e1", sentiment="negative", network="weibo", **told)
    (fact,) = files.said
    assert (fact.name, fact.subject, fact.data["mention_id"]) == ("mention.unmatched", None, KEY)
    assert list(files.streams) == [StreamKey("mention", stream)]


def test_a_launch_is_told_once_per_stage_and_about_no_customer(files):
    launch = {"product": "pump", "tags": ["training"]}
    for pilot in (True, True, False):
        files.tell("product.launched", None, "2025-03-10", pilot=pilot, **launch)
    assert [(fact.name, fact.subject, fact.data["pilot"]) for fact in files.said] == [
        ("product.launched", None, True),
        ("product.launched", None, False),
    ]


def test_nothing_is_launched_tomorrow(files):
    refused = files.tell("product.launched", None, "2025-03-12", now="2025-03-10", product="pump")
    assert (refused.reason, files.said) == ("time_in_future", [])


def test_a_referral_opens_the_file_of_one_whom_nobody_has_heard_of(files):
    files.tell("referral.recorded", ANNA, "2025-03-10", referred="Shop:2")
    ben = customer_id(SECRET, BEN)
    assert files.id_of(BEN) == ben
    assert [fact["registered_on"] for fact in files.facts("customer.registered", str(ben))] == ["2025-03-10"]
    assert files.facts("referral.recorded", str(files.id_of(ANNA))) == [{"referred_customer_id": str(ben)}]
    (row,) = files.tables[Referral].values()
    assert (row.customer_id, row.referred_customer_id) == (files.id_of(ANNA), ben)


def test_a_referral_of_one_who_is_known_opens_nothing(files):
    files.tell("customer.registered", BEN, "2025-03-01", party="organisation")
    files.tell("referral.recorded", ANNA, "2025-03-10", referred=BEN)
    assert len(files.facts("customer.registered", str(files.id_of(BEN)))) == 1
    assert len(files.facts("referral.recorded")) == 1


def test_nobody_refers_himself(files):
    files.tell("referral.recorded", ANNA, "2025-03-10", referred=ANNA)
    assert (files.facts("referral.recorded"), len(files.facts("customer.registered"))) == ([], 1)


def promised(files, at="2025-03-10", **data):
    return files.tell("commitment.made", ANNA, at, commitment_id="p1", due_on="2025-03-12", **data)


def test_a_promise_is_told_without_its_words(files):
    promised(files, text="we call back", owner="ann", complaint_id="c1")
    assert files.facts("commitment.made") == [
        {"commitment_id": "p1", "owner": "ann", "due_on": "2025-03-12", "complaint_id": "c1"}
    ]
    assert files.tables[Commitment]["p1"].text == "we call back"


@pytest.mark.parametrize("sequence", list(permutations(range(2))), ids=str)
def test_a_promise_kept_before_it_is_known_is_told_once_it_is(make_files, sequence):
    files = make_files()
    told = [
        lambda: promised(files, now="2025-03-13"),
        lambda: files.tell("commitment.fulfilled", ANNA, "2025-03-11", now="2025-03-13", commitment_id="p1"),
    ]
    for n in sequence:
        told[n]()
    said = [(fact.name, fact.time[:10]) for fact in files.said if fact.name.startswith("commitment.")]
    assert said == [("commitment.made", "2025-03-10"), ("commitment.fulfilled", "2025-03-11")]


def test_the_same_promise_under_another_event_is_superseded(files):
    promised(files)
    assert promised(files).result == "superseded"
    files.tell("commitment.fulfilled", ANNA, "2025-03-11", commitment_id="p1")
    assert files.tell("commitment.fulfilled", ANNA, "2025-03-11", commitment_id="p1").result == "superseded"


def test_a_breach_is_noted_where_the_promise_is_known(files):
    promised(files)
    breached = {"commitment_id": "p1"}
    files.told_by("scheduler", "commitment.breached", files.id_of(ANNA), "2025-03-13", **breached)
    assert files.tables[Commitment]["p1"].breached_at is not None
    unknown = files.told_by("scheduler", "commitment.breached", files.id_of(ANNA), "2025-03-13", commitment_id="p2")
    assert unknown.result == "superseded"


def test_a_promise_kept_under_another_customers_handle_is_still_its_owners(files):
    promised(files)
    files.tell("commitment.fulfilled", BEN, "2025-03-11", commitment_id="p1")
    assert len(files.facts("commitment.fulfilled", str(files.id_of(ANNA)))) == 1
