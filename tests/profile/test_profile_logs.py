"""What is logged about a person: ids, never a word (S17)."""

from __future__ import annotations

from structlog.testing import capture_logs

NAME, EMAIL, PHONE, TEXT = "Klara Zeisig", "email:klara@zwitscher.example", "phone:+8613912345678", "zirp, sagt Zeisig"
CANARIES = ("zeisig", "zwitscher", "13912345678", "zirp")


async def test_no_word_about_a_person_gets_into_the_log(tell, get, caplog):
    with capture_logs() as logged, caplog.at_level("WARNING"):
        await tell("customer.registered", EMAIL, "2025-03-01", party="individual", name=NAME, handles=[PHONE])
        call = {"channel": "phone", "direction": "inbound"}
        await tell("interaction.recorded", EMAIL, "2025-03-02", note=TEXT, note_category="general", **call)
        (item,) = (await get("/customers", handle=PHONE))["items"]
        await get(f"/customers/{item['customer_id']}/export")
        await get("/customers", name="Zeisig")
        await get("/customers", 422, zeisig=NAME)
        await get(f"/customers/{NAME}", 404)
    assert [line["event"] for line in logged] == ["customer_exported"], "what is looked at below"
    said = (str(logged) + caplog.text).lower()
    assert [word for word in CANARIES if word in said] == []
