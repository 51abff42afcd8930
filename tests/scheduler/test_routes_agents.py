"""The calendar of an agent, for people with the token and for programs with a signed address."""

from __future__ import annotations

from icalendar import Calendar

from shared.contracts.policy import default_policy, overlay
from shared.engine import policy_life
from shared.web.credentials import Credentials
from shared.web.doors import Doors
from tests.scheduler.database import ANN, BOB, CID

NOBODY = {"Role": ""}


async def address(stack, agent="ann"):
    return (await stack.post(f"/agents/{agent}/calendar", {}, 201))["url"].removeprefix("/v1")


async def test_a_calendar_shows_the_agents_own_work_on_its_days(stack):
    await stack.known("2025-02-20", "C", ANN, owner="ann")
    await stack.known("2025-03-01", "B", BOB, owner="bob")
    answer = await stack.client.get(await address(stack), headers=NOBODY)
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event.decoded("dtstart").isoformat(), str(event["summary"])) == ("2025-03-07", "followup: grade")
    await stack.now("2025-03-09")
    (event,) = Calendar.from_ical((await stack.client.get(await address(stack), headers=NOBODY)).content).walk("VEVENT")
    late = "followup: grade (due 2025-03-07)"
    assert (event.decoded("dtstart").isoformat(), str(event["summary"])) == ("2025-03-09", late)


async def test_an_address_is_one_agents_and_holds_until_it_is_revoked(stack):
    url = await address(stack)
    assert await address(stack) == url
    for path in ("/agents/ann/calendar.ics", url.replace("ann", "bob"), url[:-1], f"{url[:-1]}\u00e9"):
        answer = await stack.client.get(path, headers=NOBODY)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:holdfast:forbidden")
    assert (await stack.client.delete("/agents/ann/calendar")).status_code == 204
    assert (await stack.client.get(url, headers=NOBODY)).status_code == 403
    assert (await stack.client.get(await address(stack), headers=NOBODY)).status_code == 200


async def test_the_address_of_one_who_has_left_shows_nothing_any_more(stack):
    url = await address(stack)
    await stack.now("2025-03-09")
    await stack.post("/agents/ann/leave", {"on": "2025-03-10", "successor": "bob"})
    assert (await stack.client.get(url, headers=NOBODY)).status_code == 200, "until the day"
    await stack.now("2025-03-10")
    assert (await stack.client.get(url, headers=NOBODY)).status_code == 403
    assert (await stack.client.get("/agents/ann/calendar.ics")).status_code == 200, "with the token"


async def test_the_door_opens_without_a_token_for_signed_paths_alone():
    seen = []

    async def app(scope, _receive, _send):
        seen.append((scope["path"], scope["state"]["principal"] is not None))

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message):
        return None

    door = Doors(app, Credentials("a token of tests"), ("/calendar.ics",))
    token = [(b"authorization", b"Bearer a token of tests")]
    for method, path, headers in (
        ("GET", "/v1/agents/a/calendar.ics", []),
        ("GET", "/v1/agents/a/calendar.ics", token),
        ("POST", "/v1/agents/a/calendar.ics", []),
        ("GET", "/v1/tasks", []),
    ):
        await door({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
    assert seen == [("/v1/agents/a/calendar.ics", False), ("/v1/agents/a/calendar.ics", True)]


async def listed(stack, agent, on="2025-03-20"):
    return {item["customer_id"] for item in (await stack.get("/worklist", agent=agent, on=on))["items"]}


async def test_a_deputy_has_the_work_of_who_is_away_for_just_these_days(stack):
    await stack.known("2025-03-01", "C", ANN, owner="ann")
    await stack.known("2025-03-01", "C", BOB, owner="bob")
    away = {"from_on": "2025-03-18", "to_on": "2025-03-20", "deputy": "bob"}
    shown = await stack.post("/agents/ann/absences", away)
    assert (shown["agent_id"], shown["deputy"], shown["away_to_on"]) == ("ann", "bob", "2025-03-20")
    assert await listed(stack, "bob", "2025-03-17") == {str(BOB)}
    assert await listed(stack, "bob", "2025-03-20") == {str(ANN), str(BOB)}
    assert await listed(stack, "bob", "2025-03-21") == {str(BOB)}
    assert await listed(stack, "ann") == {str(ANN)}


async def test_who_leaves_leaves_everything_to_one_who_may_be_away_too(stack):
    await stack.known("2025-03-01", "C", ANN, owner="ann")
    await stack.post("/agents/ann/leave", {"on": "2025-03-10", "successor": "bob"})
    await stack.post("/agents/bob/absences", {"from_on": "2025-03-20", "to_on": "2025-03-20", "deputy": "cleo"})
    assert await listed(stack, "bob") == await listed(stack, "cleo") == {str(ANN)}
    assert await listed(stack, "cleo", "2025-03-21") == set()
    await stack.post("/agents/bob/leave", {"on": "2025-03-10", "successor": "ann"})
    assert await listed(stack, "ann") == {str(ANN)}, "a circle ends"


async def covered(stack, *agents):
    """Who sees the work of ann on each day from the 17th on."""
    days = [f"2025-03-{n}" for n in range(17, 26)]
    return {who: "".join([".x"[str(ANN) in await listed(stack, who, day)] for day in days]) for who in agents}


async def away(stack, agent, from_on, to_on, deputy, expect=200):
    body = {"from_on": f"2025-03-{from_on}", "to_on": f"2025-03-{to_on}", "deputy": deputy}
    return await stack.post(f"/agents/{agent}/absences", body, expect)


async def test_absences_follow_one_another_and_the_later_word_holds_for_its_days(stack):
    await stack.known("2025-03-01", "C", ANN, owner="ann")
    await away(stack, "ann", 17, 18, "bob")
    await away(stack, "ann", 20, 24, "cleo")
    assert await covered(stack, "bob", "cleo") == {"bob": "xx.......", "cleo": "...xxxxx."}
    shown = await away(stack, "ann", 22, 23, "dan")
    assert [(a["from_on"][-2:], a["to_on"][-2:], a["deputy"]) for a in shown["absences"]] == [
        ("17", "18", "bob"), ("20", "21", "cleo"), ("22", "23", "dan"), ("24", "24", "cleo"),
    ]  # fmt: skip
    assert await covered(stack, "cleo", "dan") == {"cleo": "...xx..x.", "dan": ".....xx.."}
    back = {"from_on": "2025-03-21", "to_on": "2025-03-24"}
    shown = await stack.post("/agents/ann/returns", back)
    assert (shown["absences"][-1]["to_on"], shown["deputy"]) == ("2025-03-20", None)
    assert await covered(stack, "bob", "cleo", "dan") == {"bob": "xx.......", "cleo": "...x.....", "dan": "........."}
    await stack.post("/agents/ann/returns", {**back, "to_on": "2025-03-20"}, 422, "invalid_body")


async def test_deputies_have_deputies_and_successors_on_their_own_days(stack):
    """ann is away 17-20, her deputy bob 19-25 and gone from the 20th on, and his deputy cleo on the 20th."""
    await stack.known("2025-03-01", "C", ANN, owner="ann")
    await away(stack, "ann", 17, 20, "bob")
    await away(stack, "bob", 19, 25, "cleo")
    await away(stack, "cleo", 20, 20, "ann")
    await stack.post("/agents/bob/leave", {"on": "2025-03-20", "successor": "dan"})
    seen = await covered(stack, "ann", "bob", "cleo", "dan")
    assert seen == {"ann": "xxxxxxxxx", "bob": "xxxx.....", "cleo": "..xx.....", "dan": "...x....."}


async def test_who_leaves_with_open_work_has_it_spread_over_those_who_are_there(stack):
    await stack.known("2025-03-01", "E", ANN, owner="ann")
    for n in range(4):
        await stack.post("/tasks", {"customer_id": str(ANN), "kind": "call", "purpose": f"p{n}"}, 201)
    await stack.post("/agents/ann/leave", {"on": "2025-03-01", "successor": "bob"})
    assert len((await stack.get("/worklist", agent="bob"))["items"]) == 4
    await away(stack, "cleo", "01", "02", "bob")
    spread = await stack.post("/worklist/spread", {"owner": "ann", "agents": ["ann", "bob", "cleo", "dan"]})
    assert sorted(item["owner"] for item in spread["items"]) == ["bob", "bob", "dan", "dan"]
    assert (await stack.get("/worklist", agent="ann"))["items"] == []


async def test_agents_are_told_of_and_listed(stack):
    told = {"agent_id": "ann", "name": "Ann", "team": "north", "role": "sales", "channels": ["phone"]}
    await stack.post("/agents", told)
    await stack.post("/agents", {"agent_id": "bob", "channels": ["line"]}, 422, "channel_unknown")
    await stack.post("/agents/ann/leave", {"on": "2025-03-10", "successor": "ann"}, 422, "invalid_body")
    away = {"from_on": "2025-03-20", "to_on": "2025-03-19", "deputy": "bob"}
    await stack.post("/agents/ann/absences", away, 422, "invalid_body")
    assert [agent["name"] for agent in (await stack.get("/agents"))["items"]] == ["Ann"]


async def test_what_is_escalated_is_on_the_list_of_the_role_and_goes_where_it_is_given(stack):
    ladder = [{"after_days": 2, "to": "supervisor"}]
    policy = overlay(default_policy(), {"values": {"escalation": {"tasks": ladder, "followups": ladder}}})
    id, _ = await policy_life.add(stack.engine, policy, None, None)
    await policy_life.activate(stack.engine, id)
    await stack.post("/agents", {"agent_id": "bob", "role": "supervisor"})
    await stack.known("2025-03-01", "A", ANN, owner="ann")
    await stack.now("2025-03-04")
    await stack.graded("2025-03-04", "A", urgency="urgent")
    assert await listed(stack, "bob", "2025-03-04") == {str(ANN)}
    (item,) = (await stack.get("/worklist", agent="bob"))["items"]
    assert (item["kind"], item["escalated_to"], item["overdue_days"]) == ("followup", "supervisor", 2)
    task = await stack.post("/tasks", {"customer_id": str(ANN), "kind": "appointment"}, 201)
    given = await stack.post(f"/tasks/{task['task_id']}/assign", {"owner": "cleo", "department": "repair"})
    assert (given["owner"], given["department"], given["escalated_to"]) == ("cleo", "repair", None)
    assert await listed(stack, "cleo", "2025-03-04") == {str(ANN)}


async def test_my_customers_are_listed_with_those_of_who_is_away(stack):
    await stack.known("2025-03-01", "D", ANN, owner="ann")
    await stack.known("2025-03-01", "B", BOB, owner="bob")
    await stack.known("2025-03-01", "C", CID, owner="bob")
    await stack.post("/agents/ann/absences", {"from_on": "2025-03-01", "to_on": "2025-03-02", "deputy": "bob"})
    first = await stack.get("/agents/bob/customers", limit=2)
    rest = await stack.get("/agents/bob/customers", limit=2, cursor=first["next_cursor"])
    shown = [(item["customer_id"], item["grade"], item["owner"]) for item in first["items"] + rest["items"]]
    assert shown == [(str(BOB), "B", "bob"), (str(CID), "C", "bob"), (str(ANN), "D", "ann")]
    assert len((await stack.get("/agents/ann/customers"))["items"]) == 1


async def test_an_appointment_stands_at_its_hour(stack):
    await stack.known("2025-03-01", "E", ANN, owner="ann")
    at = "2025-03-03T15:00:00+00:00"
    task = await stack.post("/tasks", {"customer_id": str(ANN), "kind": "appointment", "due_at": at}, 201)
    assert (task["due_at"], task["due_on"]) == (at, "2025-03-03")
    (event,) = Calendar.from_ical((await stack.client.get(await address(stack), headers=NOBODY)).content).walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == at
