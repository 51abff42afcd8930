"""Handles: every spelling of a number or an address is one handle, and none is guessed."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.profile.api import router
from services.profile.domain.handles import normal_handle
from services.profile.domain.ledgers import Handle
from services.profile.domain.region import spelling
from services.profile.domain.rules import rules
from services.profile.store import LEDGERS
from services.profile.subscriptions import SUBSCRIPTIONS
from shared.contracts import upstream
from tests.harness.engines import fact_input, routes


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        pytest.param("phone:+8613800000112", "phone:+8613800000112", id="E.164 stays"),
        pytest.param("phone:+491700000001", "phone:+491700000001", id="E.164 of another country stays"),
        pytest.param("phone:+86 138-0000-0112", "phone:+8613800000112", id="spaces and dashes go"),
        pytest.param("Phone: +49 (0)170 / 000.0001", "phone:+491700000001", id="the trunk zero in brackets goes"),
        pytest.param("phone:+39 06 1234 5678", "phone:+390612345678", id="Italy's zero is part of the number"),
        pytest.param("phone:＋８６１３８０００００１１２", "phone:+8613800000112", id="wide digits are digits"),
        pytest.param("phone:+1–212–555–0100", "phone:+12125550100", id="long dashes go"),
        pytest.param("phone:138 0000 0112", "phone:13800000112", id="without its country it is never guessed"),
        pytest.param("phone:008613800000112", "phone:008613800000112", id="nor is a prefix that dials abroad"),
        pytest.param("phone:+1 555", "phone:+1555", id="an impossible number stays, but for spaces"),
        pytest.param("phone:+999 12-34", "phone:+9991234", id="a country that is none stays, but for dashes"),
        pytest.param("phone:+1 212 555 0100 ext. 5", "phone:+12125550100ext.5", id="an extension is another person"),
        pytest.param("phone:+1800FLOWERS", "phone:+1800FLOWERS", id="letters are nobody's digits"),
        pytest.param("phone:+49 009 1609119", "phone:+490091609119", id="two trunk zeros are nobody's habit"),
        pytest.param("phone:desk", "phone:desk", id="a word stays"),
        pytest.param("phone:---", None, id="nothing but dashes is no handle"),
        pytest.param("tel:+86 138 0000 0112", "tel:+86 138 0000 0112", id="another kind is its sender's own"),
        pytest.param("email:Anna.Berg@B.Example", "email:anna.berg@b.example", id="case goes on both sides"),
        pytest.param("email:anna@Bücher.example", "email:anna@xn--bcher-kva.example", id="a domain as on the wire"),
        pytest.param("email:anna@XN--BCHER-KVA.example", "email:anna@xn--bcher-kva.example", id="and in capitals"),
        pytest.param("email:李雷@例子.中国", "email:李雷@xn--fsqu00a.xn--fiqs8s", id="Chinese on both sides"),
        pytest.param("email:anna@例子。中国", "email:anna@xn--fsqu00a.xn--fiqs8s", id="so is the full stop"),
        pytest.param("email:ÄNNA@b.example", "email:änna@b.example", id="case goes in every script"),
        pytest.param("email:a\u0308nna@b.example", "email:änna@b.example", id="a composed letter is one"),
        pytest.param("email:anna+shop@b.example", "email:anna+shop@b.example", id="a tag is another mailbox"),
        pytest.param("email:anna@b_ü.example", "email:anna@b_ü.example", id="a domain that can be none stays"),
        pytest.param("email:Anna", "email:anna", id="without a domain only case goes"),
        pytest.param("wechat:Aunt-May", "wechat:Aunt-May", id="other kinds keep their case"),
    ],
)
def test_every_spelling_is_one_handle(text, handle):
    assert normal_handle(text) == handle


@pytest.mark.parametrize(
    ("region", "text", "handle"),
    [
        pytest.param("CN", "phone:138 0013 8000", "phone:+8613800138000", id="as it is dialled at home"),
        pytest.param("CN", "Phone: 0086 138-0013-8000", "phone:+8613800138000", id="as it is dialled from abroad"),
        pytest.param("CN", "phone:１３８００１３８０００", "phone:+8613800138000", id="in wide digits"),
        pytest.param("CN", "phone:010 1234 5678", "phone:+861012345678", id="the trunk zero goes"),
        pytest.param("CN", "phone:+86 138 0013 8000", "phone:+8613800138000", id="with its country it is the same"),
        pytest.param("CN", "phone:+49 170 0000001", "phone:+491700000001", id="another country's stays there"),
        pytest.param("GB", "phone:020 7946 0958", "phone:+442079460958", id="of another deployment"),
        pytest.param("US", "phone:(415) 555-2671", "phone:+14155552671", id="without a trunk prefix"),
        pytest.param("CN", "phone:10086", "phone:10086", id="a short code is no subscriber's"),
        pytest.param("US", "phone:555-1234", "phone:5551234", id="without its area it may be anybody's"),
        pytest.param("CN", "phone:138 0013 8000 ext. 5", "phone:13800138000ext.5", id="an extension is another person"),
        pytest.param("CN", "shop:13800138000", "shop:13800138000", id="another kind is its sender's own"),
        pytest.param(None, "phone:138 0013 8000", "phone:13800138000", id="no country is guessed"),
        pytest.param("CN", "no handle", "no handle", id="text that is none stays as it came"),
    ],
)
def test_a_number_without_its_country_is_the_deployments(region, text, handle):
    assert spelling(region, text) == handle
    assert spelling(region, handle) == handle


NATIONAL, ABROAD = "phone:138 0013 8000", "phone:+86 138 0013 8000"


@pytest.mark.parametrize(
    ("name", "subject", "data"),
    [
        ("need.stated", NATIONAL, {"demand": "latent"}),
        ("customer.registered", "shop:1", {"party": "individual", "handles": [NATIONAL]}),
        ("customers.merged", "shop:1", {"other": NATIONAL}),
        ("handle.released", ABROAD, {"handle": NATIONAL}),
        ("referral.recorded", "shop:1", {"referred": NATIONAL}),
        ("contact.stated", "shop:1", {"contact_id": "k1", "role": "user", "handles": [NATIONAL]}),
    ],
)
def test_both_spellings_are_one_handle_wherever_they_stand(make_files, name, subject, data):
    files = make_files(region="CN")
    files.tell("interaction.recorded", ABROAD, "2025-03-01", channel="phone", direction="inbound")
    assert files.tell(name, subject, "2025-03-02", **data).result == "applied"
    phones = {handle for handle in files.tables[Handle] if handle.startswith("phone:")}
    assert phones == {"phone:+8613800138000"}


async def test_who_calls_is_found_by_the_number_as_it_is_dialled_at_home(engine_of, instant):
    abroad = rules(b"a secret of sixteen bytes", "CN")
    engine = await engine_of(abroad, LEDGERS, SUBSCRIPTIONS, "2025-04-01T00:00:00+00:00")
    data = upstream.NeedStated(demand="latent")
    await engine.apply([fact_input(data, instant("2025-03-01"), ABROAD, UUID(int=1))])
    async with routes(engine, router) as client:
        found = (await client.get("/v1/customers", params={"handle": NATIONAL})).json()["items"]
    assert len(found) == 1


SPELLED = st.one_of(
    st.text(max_size=40),
    st.text("+0123456789 -–()/.٣３＋", max_size=24).map(lambda text: f"+{text}"),
    st.from_regex(r"\+[1-9][0-9]{5,15}", fullmatch=True),
    st.from_regex(r"\w{1,8}@\w{1,8}\.\w{2,6}", fullmatch=True),
)


@given(kind=st.sampled_from(["phone", "email", "shop"]), value=SPELLED)
@example(kind="email", value="ß@\u0345ß.example")
@example(kind="email", value="İ@İ.example")
def test_a_normal_handle_is_normal(kind, value):
    once = normal_handle(f"{kind}:{value}")
    if once is not None:
        assert normal_handle(once) == once


@given(number=st.from_regex(r"\+(86138|49170|1212555)[0-9]{4,8}", fullmatch=True), data=st.data())
def test_where_the_spaces_are_does_not_matter(number, data):
    gaps = [data.draw(st.sampled_from(["", " ", "-", "  ", "–"])) for _ in number[1:]]
    spelled = "+" + "".join(digit + gap for digit, gap in zip(number[1:], gaps, strict=True))
    assert normal_handle(f"phone:{spelled}") == normal_handle(f"phone:{number}")
