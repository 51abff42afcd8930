"""The policy: defaults, what may be laid over them, and what is refused with a sentence."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import reduce

import pytest

from shared.contracts.policy import (
    default_policy,
    document,
    load_policy,
    load_stored,
    overlay,
    overlay_text,
    policy_id,
)

DEFAULTS = {
    "grading.window_days": [30, 90, 180],
    "grading.month_mode": "days",
    "cadence.days": {"A": 1, "B": 7, "C": 15, "D": 30, "E": 365},
    "urgency.days": [7, 30, 90],
    "importance.threshold": 100_000,
    "tier.key_share": 0.2,
    "tier.regular_share": 0.3,
    "tier.uplift_band": 0.1,
    "tier.value": "profit_12m",
    "tier.hysteresis": "off",
    "tier.floor_days": {"key": 30},
    "clv.method": "auto",
    "clv.retention": 0.8,
    "clv.discount": 0.1,
    "clv.horizon": "infinite",
    "cost.hour_rate": 50,
    "profit.exit_margin": 0,
    "loyalty.min_orders": 2,
    "loyalty.min_referrals": 1,
    "churn.method": "frequency",
    "churn.at_risk_factor": 2,
    "churn.churn_factor": 3,
    "churn.min_orders": 3,
    "grievance.limit": 3,
    "grievance.window_days": 30,
    "complaint.reach_rate": 0.3,
    "complaint.bonus_rate": 0.1,
    "complaint.bonus_min_contacts": 30,
    "complaint.urgent_days": 7,
    "complaint.acknowledge_days": 0,
    "remediation.due_days": {"R1": 0, "R2": 1, "R3": 2, "R4": 1, "R5": 1, "R6": 3, "R7": 7},
    "remediation.supervisor_when": {"severity": ["major"], "tiers": ["key"], "repeat_days": 90, "rejected": True},
    "winback.due_days": {"W1": 0, "W2": 1, "W3": 3, "W4": 7, "W5": 30},
    "reply.days": 1,
    "care.feb29": "feb_28",
    "care.gift_cap": 200,
    "care.cap_per_7_days": 2,
    "need.task_days": 0,
    "visit.gold_days": 90,
    "segments.long_standing_days": 365,
    "consent.default": {"service": True, "marketing": True, "survey": True, "private_help": False},
    "membership.term": "P1Y",
    "lifecycle.transitions.churned": ["won_back", "dormant"],
    "lifecycle.transitions.exited": [],
    "calendar.time_zone": "UTC",
    "calendar.working_days": "off",
    "survey.every_days": 90,
    "survey.low_score": {"nps": 6, "csat": 2},
    "survey.promoter": 9,
    "kpi.period": "month",
    "kpi.benchmark": 12.94,
    "improvement.score": "product",
    "improvement.weights": {"impact": 3, "feasibility": 2, "scope": 1},
    "approval.max": 1,
    "feedback.plan_days": 7,
    "postpurchase.days": 3,
    "usage_visit.days": 90,
    "privacy.refused_note_categories": ["internal_politics"],
    "currency": {"reporting": "USD", "rates": {}},
    "outcomes": ["advanced", "unchanged", "declined", "unreachable", "reviewed"],
}


def at(policy, key):
    return reduce(lambda tree, step: tree[step], key.split("."), document(policy))


def over(values, **body):
    return overlay(default_policy(), {"values": values, **body})


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_default(key):
    assert at(default_policy(), key) == DEFAULTS[key]


@pytest.mark.parametrize(
    ("capability", "names"),
    [
        ("call", {"phone", "hotline"}),
        ("visit", {"visit", "shop"}),
        (
            "write",
            {
                "sms",
                "email",
                "letter",
                "wechat",
                "weibo",
                "momo",
                "app",
                "online_service",
                "community",
                "web",
                "advert",
            },
        ),
    ],
)
def test_default_channels(capability, names):
    channels = default_policy().channels
    assert {name for name, channel in channels.items() if channel.capability == capability} == names


def test_default_remediation_playbook():
    plays = [(play.step, play.when) for play in default_policy().playbooks.remediation]
    always = [("R1", "always"), ("R2", "always"), ("R3", "always")]
    rest = [("R4", "supervisor"), ("R5", "correctable"), ("R6", "always"), ("R7", "breach_or_staff")]
    assert plays == always + rest


def test_maps_are_read_with_words_and_with_letters():
    policy = default_policy()
    assert policy.cadence.days["A"] == 1
    assert policy.remediation.due_days["R7"] == 7
    assert policy.importance.threshold == Decimal(100_000)


class TestOverlay:
    def test_dotted_and_nested_keys_say_the_same(self):
        dotted = over({"grading.window_days": [10, 20, 30], "cadence.days.A": 2})
        nested = over({"grading": {"window_days": [10, 20, 30]}, "cadence": {"days": {"A": 2}}})
        assert dotted == nested
        assert policy_id(dotted) == policy_id(nested)

    def test_maps_are_merged_key_by_key(self):
        assert over({"cadence.days": {"A": 2}}).cadence.days == {"A": 2, "B": 7, "C": 15, "D": 30, "E": 365}
        line = {"capability": "write", "consent_purpose": "service", "cost": 0.05}
        assert over({"channels": {"line": line}}).channels.keys() > default_policy().channels.keys()

    def test_lists_replace(self):
        values = {"calendar.working_days": ["mon", "fri"], "calendar.holidays": ["2025-12-25"]}
        calendar = over(values).calendar
        assert (calendar.working_days, calendar.holidays) == (("mon", "fri"), (date(2025, 12, 25),))

    def test_the_default_stays_as_it_was(self):
        before = document(default_policy())
        over({"cadence.days.A": 2, "privacy.allowed_fields": []})
        assert document(default_policy()) == before

    def test_name_is_no_content(self):
        assert policy_id(over({"reply.days": 2}, name="slow")) == policy_id(over({"reply.days": 2}))

    def test_yaml_and_json_bodies(self):
        yaml = b"name: slow\nvalues:\n  reply.days: 2\n  calendar:\n    holidays: [2025-12-25]\n    working_days: off\n"
        json = b'{"values": {"reply": {"days": 2}, "calendar.holidays": ["2025-12-25"]}}'
        assert overlay_text(default_policy(), yaml) == overlay_text(default_policy(), json)


class TestIdentity:
    def test_id_is_pol_and_16_hex_digits(self):
        id_ = policy_id(default_policy())
        assert id_.startswith("pol_")
        assert len(bytes.fromhex(id_[4:])) == 8

    def test_document_read_again_has_the_same_id(self):
        policy = over({"importance.threshold": 1234.56, "currency.rates": {"EUR": 1.1}})
        assert policy_id(load_policy(json.dumps(document(policy)))) == policy_id(policy)

    def test_one_number_written_in_two_ways_is_one_policy(self):
        assert policy_id(over({"importance.threshold": 100000.0})) == policy_id(default_policy())

    def test_other_content_has_another_id(self):
        assert policy_id(over({"reply.days": 2})) != policy_id(default_policy())


def test_a_stored_document_of_an_older_version_has_the_present_defaults_for_what_it_lacks():
    older = document(over({"reply.days": 2}))
    del older["survey"]
    stored = load_stored(json.dumps(older).encode())
    assert (stored.reply.days, stored.survey) == (2, default_policy().survey)
