"""What is no policy is refused with a sentence that names the key, and the line where there is one."""

from __future__ import annotations

import json

import pytest
import yaml

from shared.contracts.policy import (
    PolicyInvalid,
    default_policy,
    document,
    load_policy,
    load_stored,
    overlay,
    overlay_text,
)

CHURN = {**document(default_policy())["churn"], "at_risk_factor": 4}


def over(values):
    return overlay(default_policy(), {"values": values})


WRONG = [
    ({"grading.window_dayz": [1]}, "grading.window_dayz: is not a field here"),
    ({"nonsense": 1}, "nonsense: is not a field here"),
    ({"grading": 5}, "grading: must be"),
    ({"grading.window_days": [10, 20]}, "grading.window_days.2: is missing"),
    ({"grading.window_days": [10, 5, 30]}, "larger than the one before"),
    ({"grading.window_days": ["10", 20, 30]}, "grading.window_days.0: must be a whole number"),
    ({"grading.month_mode": "weeks"}, "grading.month_mode: must be 'days' or 'calendar'"),
    ({"cadence.days.F": 3}, "cadence.days.F"),
    ({"cadence.days.A": 0}, "cadence.days.A: must be greater than or equal to 1"),
    ({"cadence.days.A": True}, "cadence.days.A: must be a whole number"),
    ({"importance.threshold": "100000"}, "importance.threshold: must be a number"),
    ({"importance.threshold": float("nan")}, "importance.threshold: "),
    ({"tier.key_share": 1.2}, "tier.key_share: must be less than or equal to 1"),
    ({"calendar.time_zone": "Mars/Olympus"}, "calendar.time_zone: is no IANA time zone"),
    ({"calendar.holidays": ["2025-02-30"]}, "calendar.holidays.0: is no day of the calendar"),
    ({"calendar.working_days": ["monday"]}, "calendar.working_days.0: must be 'mon'"),
    ({"channels.line": {"capability": "sing", "consent_purpose": "service", "cost": 0}}, "channels.line.capability"),
    ({"remediation.supervisor_when.repeat_days": None}, "remediation.supervisor_when.repeat_days"),
    (
        {"playbooks.remediation": [{"step": "R1", "when": "1 == 1", "role": "x", "title": "x"}]},
        "when: must be 'always'",
    ),
    ({"currency.reporting": "XQZ"}, "currency.reporting: is no currency of ISO 4217"),
    ({"currency.reporting": "XAU"}, "currency.reporting: is no currency of ISO 4217"),
    ({"currency.rates": {"XQZ": 2}}, "is no currency of ISO 4217"),
    ({"urgency.days": [30, 7, 90]}, "larger than the one before"),
    ({"churn.model_levels.warn": 0.6}, "must be smaller than the one before"),
    ({"churn.at_risk_factor": -2}, "churn.at_risk_factor: must be greater than 0"),
    ({"churn.at_risk_factor": 5}, "churn.at_risk_factor: must be at most churn.churn_factor, 3"),
    ({"churn.churn_factor": 1.5}, "churn.churn_factor: must be at least churn.at_risk_factor, 2"),
    ({"tier.key_share": 0.8}, "tier.key_share: must be at most 0.7: tier.regular_share is 0.3"),
    ({"tier": {"regular_share": 0.9}}, "tier.regular_share: must be at most 0.8: tier.key_share is 0.2"),
    ({"importance.threshold": -1}, "importance.threshold: must be 0 or more"),
    ({"survey.scales.csat.highest": 1}, "survey.scales.csat.highest: must be more than the lowest, 1"),
    ({"survey.scales.csat.lowest": 5}, "survey.scales.csat.lowest: must be less than the highest, 5"),
    ({"survey.detractor": 9}, "survey.detractor: must be less than survey.promoter, 9"),
    ({"survey.promoter": 6}, "survey.promoter: must be more than survey.detractor, 6"),
    ({5: 1}, "must be text"),
]


@pytest.mark.parametrize(("values", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_policy_invalid_names_the_key(values, sentence):
    with pytest.raises(PolicyInvalid) as caught:
        over(values)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("body", [{}, {"values": []}, {"values": {}, "grading.window_days": [1, 2, 3]}], ids=str)
def test_body_is_a_name_and_values(body):
    with pytest.raises(PolicyInvalid):
        overlay(default_policy(), body)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1\nb", "(line 2)"),
        ("- 1", "must be an object"),
        ("", "must be an object"),
        ("[" * 5000, "nested too deeply"),
        (b"\xff\xfe\x00", "is no YAML"),
        ("a: 2025-13-45", "month must be in 1..12"),
        ("&a {x: *a}", "x: is not a field here"),
        ("!!python/object/apply:os.system [ls]", "is no YAML"),
        ("grading:\n  month_mode: weeks\n", "grading.month_mode: must be 'days' or 'calendar' (line 2)"),
        ("reply:\n  days: 1\n  hours: 2\n", "reply.hours: is not a field here; take it out (line 3)"),
    ],
)
def test_document_that_is_no_policy_is_refused_with_its_line(text, sentence):
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(text)
    assert sentence in str(caught.value)


def test_a_contradiction_is_found_in_its_line():
    text = json.dumps({"values": {"churn.at_risk_factor": 4, "tier.key_share": 0.9}}, indent=0)
    with pytest.raises(PolicyInvalid) as caught:
        overlay_text(default_policy(), text)
    assert [finding.detail[-8:] for finding in caught.value.findings] == ["(line 3)", "(line 4)"]
    with pytest.raises(PolicyInvalid, match=r"churn.at_risk_factor: .*\(line \d+\)"):
        load_policy(yaml.safe_dump(document(default_policy()) | {"churn": CHURN}))


def test_a_stored_policy_that_contradicts_itself_stands():
    body = document(default_policy()) | {"churn": CHURN}
    assert load_stored(json.dumps(body).encode()).churn.at_risk_factor == 4


@pytest.mark.parametrize(
    "values",
    [{"churn.at_risk_factor": 3}, {"tier.key_share": 0.7}, {"tier": {"key_share": 1, "regular_share": 0}}],
    ids=str,
)
def test_the_last_value_that_makes_sense_is_taken(values):
    over(values)


def test_values_that_contain_themselves_are_refused():
    values = {"grading": {}}
    values["grading"]["grading"] = values
    with pytest.raises(PolicyInvalid):
        over(values)
