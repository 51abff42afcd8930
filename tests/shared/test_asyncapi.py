"""The AsyncAPI document is the same each time it is written."""

from __future__ import annotations

import json

from shared.contracts import grading, profile, scheduler
from shared.contracts.topics import DEFAULT
from shared.engine.subscriptions import reads
from shared.kafka.asyncapi import document

SUBSCRIPTIONS = {
    "profile": (profile.CustomerExited, profile.CustomerErased),
    "grading": (grading.TierAssigned,),
    "scheduler": (scheduler.CommitmentBreached,),
}


def test_channels_and_messages_stand_in_order_whatever_the_order_of_the_subscriptions():
    backwards = dict(reversed(SUBSCRIPTIONS.items()))
    first, second = (document("feedback", reads(each, (), DEFAULT)) for each in (SUBSCRIPTIONS, backwards))
    assert first == second
    told = json.loads(first)
    parts = (told["channels"], told["operations"], told["components"]["messages"])
    assert all(list(part) == sorted(part) and len(part) == 5 for part in parts)
