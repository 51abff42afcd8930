"""The policy: one validated document for all services. Its id is a hash of what it says."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field, ValidationError

from shared.contracts import (
    policy_care,
    policy_cases,
    policy_customers,
    policy_grading,
    policy_playbooks,
    policy_surroundings,
    policy_voice,
)
from shared.contracts.data import Name
from shared.contracts.explain import Finding, explain
from shared.contracts.policy_numbers import Codes, Section
from shared.contracts.policy_sense import contradictions
from shared.contracts.policy_text import Tree, line_of, merge, nested, parse


class PolicyInvalid(ValueError):
    """The document cannot be a policy; its text says which keys are wrong and how."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


class Policy(Section):
    """Every threshold, cadence and playbook; rules read it from `Context.policy`."""

    grading: policy_grading.Grading
    cadence: policy_grading.Cadence
    urgency: policy_grading.UrgencySection
    importance: policy_grading.ImportanceSection
    tier: policy_grading.TierSection
    clv: policy_grading.Clv
    cost: policy_grading.Cost
    profit: policy_grading.Profit
    loyalty: policy_grading.LoyaltySection
    churn: policy_grading.Churn
    grievance: policy_cases.Grievance
    complaint: policy_cases.Complaint
    remediation: policy_cases.Remediation
    guarantee: policy_cases.Guarantee
    winback: policy_cases.Winback
    reply: policy_cases.Reply
    care: policy_care.Care
    need: policy_customers.NeedSection
    visit: policy_care.Visit
    segments: policy_customers.Segments
    consent: policy_customers.Consent
    membership: policy_customers.Membership
    lifecycle: policy_customers.Lifecycle
    tasks: policy_playbooks.Tasks
    escalation: policy_playbooks.Escalation
    contact: policy_care.Contact
    recommendation: policy_care.Recommendation
    channels: Annotated[dict[Name, policy_surroundings.Channel], Field(min_length=1, max_length=200)]
    outcomes: Codes
    calendar: policy_surroundings.Calendar
    currency: policy_surroundings.CurrencySection
    survey: policy_voice.Survey
    kpi: policy_voice.Kpi
    training: policy_voice.Training
    improvement: policy_voice.Improvement
    approval: policy_voice.Approval
    feedback: policy_voice.FeedbackSection
    postpurchase: policy_care.Postpurchase
    usage_visit: policy_care.UsageVisit
    groups: Annotated[dict[Name, policy_customers.Group], Field(max_length=200)]
    privacy: policy_customers.Privacy
    playbooks: policy_playbooks.Playbooks


def load_policy(text: bytes | str) -> Policy:
    """A whole document in YAML or JSON; raises PolicyInvalid that names the lines and keys that are wrong."""
    tree = _parsed(text)
    try:
        policy = Policy.model_validate(tree)
    except ValidationError as error:
        raise PolicyInvalid([_with_line(finding, text) for finding in explain(error)]) from None
    if findings := contradictions(policy, tree):
        raise PolicyInvalid([_with_line(finding, text) for finding in findings])
    return policy


def load_stored(body: bytes) -> Policy:
    """A document in JSON that was valid once; values that the policy did not have then are the default's."""
    tree: Tree = json.loads(body)
    try:
        return Policy.model_validate(tree)
    except ValidationError:
        return Policy.model_validate(merge(document(default_policy()), tree))


def overlay(default: Policy, body: Tree) -> Policy:
    """The policy with a body of `POST /v1/policies` laid over it: {`name`?, `based_on`?, `values`}.

    Keys of `values` may be dotted or nested. Maps are merged key by key, lists replace. Raises PolicyInvalid.
    """
    if unknown := [str(key) for key in body if key not in {"name", "based_on", "values"}]:
        raise PolicyInvalid([Finding(key, "is not a field here; policy keys go under `values`") for key in unknown])
    values = body.get("values")
    if not isinstance(values, dict):
        raise PolicyInvalid([Finding("values", "must be an object of policy keys")])
    try:
        tree = nested(values)
        policy = Policy.model_validate(merge(document(default), tree))
    except ValidationError as error:
        raise PolicyInvalid(explain(error)) from None
    except ValueError as error:
        raise PolicyInvalid([Finding("values", str(error))]) from None
    if findings := contradictions(policy, tree):
        raise PolicyInvalid(findings)
    return policy


def overlay_text(default: Policy, text: bytes | str) -> Policy:
    """As `overlay`, of a body in YAML or JSON; raises PolicyInvalid that names the lines."""
    try:
        return overlay(default, _parsed(text))
    except PolicyInvalid as error:
        raise PolicyInvalid([_with_line(f, text, ("values",)) for f in error.findings]) from None


def document(policy: Policy) -> Tree:
    """The policy as plain JSON values."""
    return policy.model_dump(mode="json")


def policy_id(policy: Policy) -> str:
    """`pol_` and 16 hex digits: the same content has the same id, however it was written."""
    text = json.dumps(document(policy), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "pol_" + hashlib.sha256(text.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """The document that the product comes with: `policy.yaml` beside this file."""
    return load_policy(files("shared.contracts").joinpath("policy.yaml").read_bytes())


def _parsed(text: bytes | str) -> Tree:
    try:
        return parse(text)
    except ValueError as error:
        raise PolicyInvalid([Finding("", str(error))]) from None


def _with_line(finding: Finding, text: bytes | str, under: tuple[str, ...] = ()) -> Finding:
    path = finding.field.split(".")
    line = line_of(text, path if path[0] in under else (*under, *path)) if finding.field else None
    return Finding(finding.field, f"{finding.detail} (line {line})") if line else finding
