"""Two identified files are never one by guess: they are proposed, and a person says."""

from __future__ import annotations

import pytest

from services.profile.api import router
from services.profile.domain.candidates import AcceptCandidate, RejectCandidate, Verdict
from services.profile.domain.ledgers import Candidate
from shared.contracts.ids import event_key
from shared.engine.decision import Event
from tests.harness.engines import routes

ANNA, BERT, PHONE = "shop:1", "shop:2", "phone:+8613800000000"
WHO = {"party": "individual"}


@pytest.fixture
def say(files, instant):
    """A person's word on the only candidate there is."""

    def said(command, at, id_, **more):
        (row, *_) = files.tables[Candidate].values()
        data = command(candidate_id=row.candidate_id, other=files.id_of(BERT), shared=row.reason, handle=BERT, **more)
        when, source = instant(at), "holdfast/profile/http"
        subject = str(files.id_of(ANNA))
        return files.fold(Event(event_key(source, id_), id_, source, data.TYPE, when, when, subject, data))

    return said


def both_claim(files, first=ANNA, second=BERT, handle=PHONE):
    files.tell("customer.registered", first, "2025-03-01", **WHO, handles=[handle])
    files.tell("customer.registered", second, "2025-03-03", **WHO, handles=[handle])


@pytest.mark.parametrize("pair", [(ANNA, BERT), (BERT, ANNA)])
def test_who_claims_what_another_identified_file_has_is_proposed_whoever_came_first(files, instant, pair):
    both_claim(files, *pair)
    (row,) = files.tables[Candidate].values()
    assert [row.customer_id, row.other_customer_id] == sorted([files.id_of(ANNA), files.id_of(BERT)])
    assert (row.reason, row.since) == ("phone", instant("2025-03-03"))
    assert files.id_of(ANNA) != files.id_of(BERT)
    assert files.id_of(PHONE) == files.id_of(pair[0])


@pytest.mark.parametrize("kinds", [("phone:+8613800000000", "phone:+8613800000112"), (PHONE, "wechat:a", "card:1")])
def test_a_pair_is_proposed_once_for_each_kind_of_handle(files, kinds):
    files.tell("customer.registered", ANNA, "2025-03-01", **WHO, handles=list(kinds))
    files.tell("customer.registered", BERT, "2025-03-02", **WHO, handles=list(kinds))
    rows = {row.candidate_id: row.reason for row in files.tables[Candidate].values()}
    assert sorted(rows.values()) == sorted({kind.partition(":")[0] for kind in kinds})


def test_no_word_of_the_handle_is_in_what_is_said_or_kept(files):
    before = len(files.said)
    both_claim(files)
    assert not any("8613800000000" in str(fact.data) for fact in files.said[before:])
    assert not any("8613800000000" in str(row) for row in files.tables[Candidate].values())


@pytest.mark.parametrize(
    "tell",
    [
        pytest.param(
            lambda f: f.tell("interaction.recorded", PHONE, "2025-03-01", channel="phone", direction="inbound"),
            id="a file that an event opened is taken in, not proposed",
        ),
        pytest.param(
            lambda f: f.tell("customer.registered", BERT, "2025-03-01", **WHO, handles=[PHONE]),
            id="what this customer claims again is its own",
        ),
    ],
)
def test_nobody_is_proposed_where_there_are_no_two(files, tell):
    tell(files)
    files.tell("customer.registered", BERT, "2025-03-03", **WHO, handles=[PHONE])
    assert files.tables[Candidate] == {}


def test_a_person_inside_an_organisation_is_not_that_organisation(files):
    files.tell("customer.registered", PHONE, "2025-03-01", **WHO)
    files.tell("customer.registered", ANNA, "2025-03-02", party="organisation")
    files.tell("contact.stated", ANNA, "2025-03-03", contact_id="k1", role="user", handles=[PHONE])
    assert files.tables[Candidate] == {}


def test_accepted_they_are_one_as_if_upstream_had_said_so(files, say):
    both_claim(files)
    files.tell("need.stated", BERT, "2025-03-04", demand="target")
    anna, bert = files.id_of(ANNA), files.id_of(BERT)
    assert say(AcceptCandidate, "2025-03-05", "c1").result == "applied"
    assert files.id_of(BERT) == anna
    assert files.facts("customer.merged", str(bert)) == [{"into": str(anna), "turn": 1}]
    assert files.facts("customer.absorbed", str(anna)) == [{"from": str(bert), "turn": 1}]
    assert len(files.needs(ANNA)) == 1
    (verdict,) = files.tables[Verdict].values()
    assert verdict.status == "accepted"


def test_rejected_they_stay_two_and_the_next_claim_changes_nothing(files, say):
    both_claim(files)
    assert say(RejectCandidate, "2025-03-05", "c1", reason="a_family_phone").result == "applied"
    files.tell("customer.updated", BERT, "2025-03-06", handles=[PHONE])
    assert len({row.candidate_id for row in files.tables[Candidate].values()}) == 1
    (verdict,) = files.tables[Verdict].values()
    assert (verdict.status, verdict.because) == ("rejected", "a_family_phone")
    assert files.id_of(ANNA) != files.id_of(BERT)


@pytest.mark.parametrize("second", [AcceptCandidate, RejectCandidate])
@pytest.mark.parametrize("first", [AcceptCandidate, RejectCandidate])
def test_the_first_word_on_a_pair_counts(files, say, first, second):
    both_claim(files)
    say(first, "2025-03-05", "c1")
    outcome = say(second, "2025-03-06", "c2")
    assert (outcome.result, outcome.reason, outcome.status) == ("refused", "already_decided", 409)


def test_who_became_one_in_another_way_needs_no_word(files, say):
    both_claim(files)
    files.tell("customers.merged", ANNA, "2025-03-04", other=BERT)
    assert say(AcceptCandidate, "2025-03-05", "c1").reason == "already_merged"


# -- through the database


@pytest.fixture
def post(engine, client_of):
    async def posted(path, body=None, expect=200, key=None):
        answer = await client_of.post(path, json=body, headers={"Idempotency-Key": key} if key else {})
        assert answer.status_code == expect, answer.text
        return answer.json()

    return posted


@pytest.fixture
async def client_of(engine):
    async with routes(engine, router) as client:
        client.base_url = "http://service/v1"
        yield client


async def _claim(tell, number, at):
    """Two files that share the number."""
    phone = f"phone:+861380000{number:04}"
    await tell("customer.registered", f"shop:{number}a", at, party="individual", name=f"Anna {number}", handles=[phone])
    await tell("customer.registered", f"shop:{number}b", at, party="individual", name=f"Berta {number}")
    await tell("customer.updated", f"shop:{number}b", at, handles=[phone])


async def test_candidates_are_listed_page_by_page_the_oldest_first(get, tell):
    for number in (3, 1, 2):
        await _claim(tell, number, f"2025-03-0{number}")
    first = await get("/candidates", limit=2)
    rest = await get("/candidates", limit=2, cursor=first["next_cursor"])
    names = [{one["name"] for one in item["customers"]} for item in first["items"] + rest["items"]]
    assert names == [{f"Anna {number}", f"Berta {number}"} for number in (1, 2, 3)]
    assert rest["next_cursor"] is None
    item = first["items"][0]
    assert (item["reason"], item["since"], item["status"]) == ("phone", "2025-03-01T09:00:00Z", "open")
    assert (await get("/candidates", status="nothing", expect=422))["type"] == "urn:holdfast:invalid_query"


async def test_accepted_over_http_they_answer_as_one_customer(get, post, tell):
    await _claim(tell, 1, "2025-03-01")
    (item,) = (await get("/candidates"))["items"]
    path = f"/candidates/{item['candidate_id']}/accept"
    done = await post(path, key="k1")
    assert (done["status"], done["candidate_id"]) == ("accepted", item["candidate_id"])
    assert await post(path, key="k1") == done
    found = [(await get("/customers", handle=f"shop:1{side}"))["items"][0]["customer_id"] for side in "ab"]
    assert found == [done["customer_id"]] * 2
    assert (await get("/candidates"))["items"] == []
    (accepted,) = (await get("/candidates", status="accepted"))["items"]
    assert [one["customer_id"] for one in accepted["customers"]] == [done["customer_id"]]
    assert (await post(path, expect=409))["type"] == "urn:holdfast:already_decided"


async def test_rejected_over_http_they_are_not_proposed_for_it_again(get, post, tell):
    await _claim(tell, 1, "2025-03-01")
    (item,) = (await get("/candidates"))["items"]
    path = f"/candidates/{item['candidate_id']}/reject"
    done = await post(path, {"reason": "mother_and_daughter"}, key="k1")
    assert (done["status"], done["because"]) == ("rejected", "mother_and_daughter")
    assert (await post(path, {}, key="k1", expect=422))["type"] == "urn:holdfast:idempotency_key_reused"
    await tell("customer.updated", "shop:1b", "2025-03-02", handles=["phone:+86 138 0000 0001"])
    assert (await get("/candidates"))["items"] == []
    await tell("customer.updated", "shop:1a", "2025-03-03", handles=["email:anna@b.example"])
    await tell("customer.updated", "shop:1b", "2025-03-04", handles=["email:Anna@B.example"])
    assert [item["reason"] for item in (await get("/candidates"))["items"]] == ["email"]


async def test_who_was_merged_by_word_is_no_candidate_any_more(get, tell):
    await _claim(tell, 1, "2025-03-01")
    await tell("customers.merged", "shop:1a", "2025-03-02", other="shop:1b")
    assert (await get("/candidates"))["items"] == []


@pytest.mark.parametrize(
    ("releases", "left"),
    [
        pytest.param((("shop:1a", "2025-03-02", "phone:+8613800000001"),), [], id="let go before it was claimed"),
        pytest.param((("shop:1a", "2025-03-04", "phone:+8613800000001"),), ["phone"], id="let go while both had it"),
        pytest.param((("shop:1a", "2025-03-02", "phone:+8613800000002"),), ["phone"], id="another one that they share"),
        pytest.param(
            tuple(("shop:1a", "2025-03-02", f"phone:+861380000000{n}") for n in (1, 2)), [], id="all that they share"
        ),
    ],
)
async def test_who_never_had_a_handle_at_one_time_is_no_candidate(get, tell, releases, left):
    phones = ["phone:+8613800000001"] + (["phone:+8613800000002"] if releases[-1][2].endswith("2") else [])
    await tell("customer.registered", "shop:1a", "2025-03-01", party="individual", handles=phones)
    await tell("customer.registered", "shop:1b", "2025-03-03", party="individual", handles=phones)
    assert [item["reason"] for item in (await get("/candidates"))["items"]] == ["phone"]
    for subject, at, handle in releases:
        await tell("handle.released", subject, at, handle=handle)
    assert [item["reason"] for item in (await get("/candidates"))["items"]] == left


async def test_nobody_knows_a_candidate_that_was_never_proposed(post):
    answer = await post("/candidates/0b8f3f0e-0000-4000-8000-00000000000c/accept", expect=404)
    assert answer["type"] == "urn:holdfast:not_found"


BORN = {"kind": "birthday", "month": 3, "day": 15, "volunteered": True}


async def _born(tell, number, name="Anna Berg", at="2025-03-01", **more):
    await tell("customer.registered", f"shop:{number}", at, party="individual", name=name, dates=[BORN | more])


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        pytest.param({}, {}, True, id="the same name and day"),
        pytest.param({"year": 1990}, {"year": 1990}, True, id="the same year too"),
        pytest.param({"year": 1990}, {}, True, id="a year that one of them did not say"),
        pytest.param({"name": "anna  BERG"}, {"name": "Änna Berg"}, True, id="a name as people type it"),
        pytest.param({"year": 1990}, {"year": 1991}, False, id="another year"),
        pytest.param({}, {"day": 16}, False, id="another day"),
        pytest.param({}, {"lunar": True}, False, id="another calendar"),
        pytest.param({}, {"kind": "wedding"}, False, id="another occasion"),
        pytest.param({}, {"name": "Anna Bergman"}, False, id="a part of the name"),
        pytest.param({"name": " "}, {"name": " "}, False, id="no name"),
    ],
)
async def test_who_has_the_same_name_and_birthday_is_proposed_and_never_merged(get, tell, first, second, alike):
    await _born(tell, 1, **first)
    await _born(tell, 2, at="2025-03-02", **second)
    found = [(item["reason"], item["since"][:10]) for item in (await get("/candidates"))["items"]]
    assert found == ([("name_and_birthday", "2025-03-02")] if alike else [])
    ids = {(await get("/customers", handle=f"shop:{n}"))["items"][0]["customer_id"] for n in (1, 2)}
    assert len(ids) == 2


async def test_name_and_birthday_may_be_told_one_after_the_other_and_taken_back(get, tell):
    await tell("customer.registered", "shop:1", "2025-03-01", party="individual", name="Anna Berg")
    await _born(tell, 2)
    assert (await get("/candidates"))["items"] == []
    await tell("customer.updated", "shop:1", "2025-03-03", dates=[BORN])
    assert [item["reason"] for item in (await get("/candidates"))["items"]] == ["name_and_birthday"]
    await tell("customer.updated", "shop:2", "2025-03-04", name="Anna Lund")
    assert (await get("/candidates"))["items"] == []


async def test_namesakes_are_decided_on_as_any_pair_is(get, post, tell):
    for number in (1, 2, 3):
        await _born(tell, number)
    pairs = (await get("/candidates"))["items"]
    assert len(pairs) == 3
    await post(f"/candidates/{pairs[0]['candidate_id']}/reject", {"reason": "twins"})
    await post(f"/candidates/{pairs[1]['candidate_id']}/accept")
    left = [item["candidate_id"] for item in (await get("/candidates"))["items"]]
    assert pairs[0]["candidate_id"] not in left
    assert pairs[1]["candidate_id"] not in left


async def test_a_birthday_that_a_form_gave_to_everybody_proposes_few(engine, get, tell):
    for number in range(24):
        await _born(tell, number)
    found = await engine.pool.fetchval("select count(*) from candidate")
    assert 20 <= found < 24 * 23 // 2


async def test_who_is_proposed_is_the_same_whoever_is_heard_of_first(get, tell):
    names = {"shop:1a": "2025-03-01", "shop:1b": "2025-03-03", "shop:1c": "2025-03-05"}
    for name, at in reversed(names.items()):
        await tell("customer.registered", name, at, party="individual", handles=["phone:+8613800000001"])
    first, *others = [(await get("/customers", handle=name))["items"][0]["customer_id"] for name in names]
    pairs = [{one["customer_id"] for one in item["customers"]} for item in (await get("/candidates"))["items"]]
    assert pairs == [{first, other} for other in others]
