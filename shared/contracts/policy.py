"""The policy: one validated document for all services. Its id is a hash of what it says."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field, ValidationError

from shared.contracts import policy_playbooks as p
from shared.contracts import policy_sections as s
from shared.contracts.data import Name
from shared.contracts.explain import Finding, explain
from shared.contracts.policy_numbers import Codes, Section
from shared.contracts.policy_text import Tree, line_of, merge, nested, parse


class PolicyInvalid(ValueError):
    """The document cannot be a policy; its text says which keys are wrong and how."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


class Policy(Section):
    """Every threshold, cadence and playbook; rules read it from `Context.policy`."""

    grading: s.Grading
    cadence: s.Cadence
    urgency: s.UrgencySection
    importance: s.ImportanceSection
    tier: s.TierSection
    clv: s.Clv
    cost: s.Cost
    profit: s.Profit
    loyalty: s.Loyalty
    churn: s.Churn
    grievance: s.Grievance
    complaint: s.Complaint
    remediation: s.Remediation
    winback: p.Winback
    reply: p.Reply
    care: p.Care
    need: p.NeedSection
    visit: p.Visit
    segments: p.Segments
    consent: p.Consent
    membership: p.Membership
    lifecycle: p.Lifecycle
    tasks: p.Tasks
    contact: p.Contact
    recommendation: p.Recommendation
    channels: Annotated[dict[Name, s.Channel], Field(min_length=1, max_length=200)]
    outcomes: Codes
    calendar: s.Calendar
    currency: s.CurrencySection
    survey: p.Survey
    kpi: p.Kpi
    improvement: p.Improvement
    approval: p.Approval
    feedback: p.FeedbackSection
    postpurchase: p.Postpurchase
    usage_visit: p.UsageVisit
    privacy: s.Privacy
    playbooks: p.Playbooks


def load_policy(text: bytes | str) -> Policy:
    """A whole document in YAML or JSON; raises PolicyInvalid that names the lines and keys that are wrong."""
    tree = _parsed(text)
    try:
        return Policy.model_validate(tree)
    except ValidationError as error:
        raise PolicyInvalid([_with_line(finding, text) for finding in explain(error)]) from None


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
        return Policy.model_validate(merge(document(default), nested(values)))
    except ValidationError as error:
        raise PolicyInvalid(explain(error)) from None
    except ValueError as error:
        raise PolicyInvalid([Finding("values", str(error))]) from None


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
