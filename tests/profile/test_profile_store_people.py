"""Contacts and consents in a real database, and out again by the routes."""

from __future__ import annotations

FIRM, PHONE = "shop:1", "phone:+8613800000000"
CALL = {"channel": "phone", "direction": "inbound"}


async def the_file(get, handle=FIRM, part=""):
    (item,) = (await get("/customers", handle=handle))["items"]
    return f"/customers/{item['customer_id']}{part}"


async def test_the_newest_word_on_each_field_of_a_contact_holds(tell, get):
    await tell("contact.stated", FIRM, "2025-03-02", contact_id="k1", role="user", department="sales", handles=[PHONE])
    await tell("contact.stated", FIRM, "2025-03-03", contact_id="k1", role="decision_maker")
    await tell("contact.stated", FIRM, "2025-03-01", contact_id="k1", role="purchaser", department="stores")
    assert (await get(await the_file(get)))["contacts"] == [
        {"contact_id": "k1", "role": "decision_maker", "department": "sales", "handles": [PHONE]}
    ]


async def test_notes_of_one_contact_show_for_that_contact_alone_whenever_the_handle_became_theirs(tell, get):
    await tell("interaction.recorded", PHONE, "2025-03-01", note="early", **CALL)
    await tell("contact.stated", FIRM, "2025-03-02", contact_id="k1", role="user", handles=[PHONE])
    await tell("interaction.recorded", PHONE, "2025-03-03", note="late", **CALL)
    await tell("interaction.recorded", FIRM, "2025-03-04", contact_id="k2", note="of k2", **CALL)
    await tell("interaction.recorded", FIRM, "2025-03-05", note="of all", **CALL)
    path = await the_file(get, part="/timeline")
    shown = {
        who: [(e["contact_id"], e["note"]) for e in (await get(path, **query))["items"]]
        for who, query in (("all", {}), ("k1", {"contact": "k1"}), ("k2", {"contact": "k2"}), ("k3", {"contact": "k3"}))
    }
    assert shown == {
        "all": [("k1", None), ("k1", None), ("k2", None), (None, "of all")],
        "k1": [("k1", "early"), ("k1", "late")],
        "k2": [("k2", "of k2")],
        "k3": [],
    }


async def test_who_takes_a_line_over_is_not_shown_what_was_said_on_it_before(tell, get):
    for day, contact in (("02", "k1"), ("05", "k2"), ("07", "k2"), ("09", "k1")):
        await tell("contact.stated", FIRM, f"2025-03-{day}", contact_id=contact, role="user", handles=[PHONE])
    for day in ("01", "03", "06", "08", "10"):
        await tell("interaction.recorded", PHONE, f"2025-03-{day}", note=day, **CALL)
    await tell("commitment.made", PHONE, "2025-03-03", commitment_id="p1", text="a visit", due_on="2025-04-01")
    path, promises = await the_file(get, part="/timeline"), await the_file(get, part="/commitments")
    for who, notes, words in (("k1", ["01", "03", "10"], "a visit"), ("k2", ["06", "08"], None), ("k3", [], None)):
        assert [
            e["note"] for e in (await get(path, contact=who))["items"] if e["note"] not in (None, "a visit")
        ] == notes
        assert [promise["text"] for promise in (await get(promises, contact=who))["items"]] == [words], who
    assert [entry["note"] for entry in (await get(path))["items"]] == [None] * 6
    balance = (await get(await the_file(get, part="/contact-balance")))["items"]
    assert [(each["contact_id"], each["inbound"]) for each in balance] == [("k2", 2), ("k1", 3)]
    assert [promise["text"] for promise in (await get(promises))["items"]] == [None]


async def test_what_was_said_to_a_contact_stays_hidden_when_the_line_goes_to_another_firm(tell, get):
    await tell("contact.stated", FIRM, "2025-03-01", contact_id="k1", role="user", handles=[PHONE])
    await tell("interaction.recorded", PHONE, "2025-03-02", note="of k1", **CALL)
    await tell("handle.released", FIRM, "2025-03-03", handle=PHONE)
    await tell("contact.stated", "shop:99", "2025-03-04", contact_id="k9", role="user", handles=[PHONE])
    path = await the_file(get, part="/timeline")
    assert [(e["contact_id"], e["note"]) for e in (await get(path))["items"]] == [("k1", None)]
    assert [e["note"] for e in (await get(path, contact="k1"))["items"]] == ["of k1"]


async def test_a_contacts_timeline_pages_through_both_ways_of_being_known(tell, get):
    await tell("contact.stated", FIRM, "2025-03-01", contact_id="k1", role="user", handles=[PHONE])
    for day in range(2, 8):
        known = {"subject": PHONE} if day % 2 else {"subject": FIRM, "contact_id": "k1"}
        await tell("interaction.recorded", known.pop("subject"), f"2025-03-0{day}", note=str(day), **CALL, **known)
    path, notes, cursor = await the_file(get, part="/timeline"), [], {}
    while cursor is not None:
        found = await get(path, contact="k1", limit=2, **cursor)
        notes += [entry["note"] for entry in found["items"]]
        cursor = {"cursor": found["next_cursor"]} if found["next_cursor"] else None
    assert notes == [str(day) for day in range(2, 8)]


async def test_cn04_the_neglected_contact_comes_first(tell, get):
    for contact_id, role in (("boss", "decision_maker"), ("clerk", "user")):
        await tell("contact.stated", FIRM, "2025-03-01", contact_id=contact_id, role=role)
    for day in ("02", "03", "04"):
        await tell("interaction.recorded", FIRM, f"2025-03-{day}", contact_id="boss", **CALL)
    path = await the_file(get, part="/contact-balance")
    assert [(i["contact_id"], i["role"], i["inbound"], i["share"]) for i in (await get(path))["items"]] == [
        ("clerk", "user", 0, 0.0),
        ("boss", "decision_maker", 3, 100.0),
    ]
    none = (await get(path, from_on="2025-03-20"))["items"]
    assert [(item["contact_id"], item["share"], item["last_at"]) for item in none] == [
        ("boss", None, None),
        ("clerk", None, None),
    ]


async def test_consents_show_what_holds_and_every_statement_is_its_proof(tell, get):
    await tell("consent.changed", FIRM, "2025-03-01", channel="email", purpose="marketing", granted=True)
    await tell("consent.changed", FIRM, "2025-03-02", purpose="marketing", granted=False)
    held = {(c["channel"], c["purpose"]): c for c in (await get(await the_file(get)))["consents"]}
    withdrawn = held[None, "marketing"]
    assert (withdrawn["granted"], withdrawn["at"], withdrawn["event_id"]) == (False, "2025-03-02T09:00:00Z", "e2")
    assert (held[None, "service"]["granted"], held[None, "service"]["event_id"]) == (True, None)
    path = await the_file(get, part="/consents")
    first = await get(path, limit=1)
    rest = await get(path, cursor=first["next_cursor"])
    assert [(s["granted"], s["source"], s["cause"]["event_id"]) for s in (*first["items"], *rest["items"])] == [
        (False, "shop", "e2"),
        (True, "shop", "e1"),
    ]


async def test_pr28_a_mood_says_how_it_changed_by_when_it_was_felt(tell, get):
    moods = [
        ("2025-03-03", "negative"),
        ("2025-03-01", "negative"),
        ("2025-03-05", "positive"),
        ("2025-03-07", "neutral"),
    ]
    shown = []
    for at, sentiment in moods:
        await tell("interaction.recorded", "shop:28", at, channel="phone", direction="inbound", sentiment=sentiment)
        (item,) = (await get("/customers", handle="shop:28"))["items"]
        mood = (await get(f"/customers/{item['customer_id']}"))["sentiment"]
        shown.append((mood["previous"], mood["last"], mood["change"]))
    assert shown == [
        (None, "negative", None),
        ("negative", "negative", "same"),
        ("negative", "positive", "better"),
        ("positive", "neutral", "worse"),
    ]
