"""Values of a policy that are sound each by itself and contradict one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from shared.contracts.explain import Finding
from shared.contracts.policy_text import Tree

if TYPE_CHECKING:
    from shared.contracts.policy import Policy

Said = tuple[Finding, ...]
"""One contradiction, said of each of the keys that have a part in it."""


def contradictions(policy: Policy, written: Tree) -> list[Finding]:
    """Each said of a key that is `written`, where one is. A stored policy is not asked: customers stand by it."""
    found = (said for look in LOOKS for said in look(policy))
    return [next((one for one in said if _has(written, one.field.split("."))), said[0]) for said in found]


def _has(tree: Any, path: list[str]) -> bool:
    for step in path:
        if not isinstance(tree, dict) or step not in tree:
            return False
        tree = tree[step]
    return True


def _churn(policy: Policy) -> Iterator[Said]:
    risky, suspect = policy.churn.at_risk_factor, policy.churn.churn_factor
    if risky > suspect:
        yield (
            Finding("churn.at_risk_factor", f"must be at most churn.churn_factor, {suspect}: that risk comes first"),
            Finding("churn.churn_factor", f"must be at least churn.at_risk_factor, {risky}: that risk comes first"),
        )


def _tiers(policy: Policy) -> Iterator[Said]:
    shares = {"tier.key_share": policy.tier.key_share, "tier.regular_share": policy.tier.regular_share}
    if sum(shares.values()) > 1:
        key, regular = shares
        yield tuple(
            Finding(one, f"must be at most {1 - shares[other]}: {other} is {shares[other]}, and both are shares of 1")
            for one, other in ((key, regular), (regular, key))
        )


def _importance(policy: Policy) -> Iterator[Said]:
    if policy.importance.threshold < 0:
        yield (Finding("importance.threshold", "must be 0 or more: no amount is less"),)


def _scales(policy: Policy) -> Iterator[Said]:
    for name, scale in policy.survey.scales.items():
        if scale.lowest >= scale.highest:
            yield (
                Finding(f"survey.scales.{name}.highest", f"must be more than the lowest, {scale.lowest}"),
                Finding(f"survey.scales.{name}.lowest", f"must be less than the highest, {scale.highest}"),
            )


def _nps(policy: Policy) -> Iterator[Said]:
    detractor, promoter = policy.survey.detractor, policy.survey.promoter
    if detractor >= promoter:
        yield (
            Finding("survey.detractor", f"must be less than survey.promoter, {promoter}: nobody is both"),
            Finding("survey.promoter", f"must be more than survey.detractor, {detractor}: nobody is both"),
        )


Look = Callable[["Policy"], Iterator[Said]]
LOOKS: tuple[Look, ...] = (_churn, _tiers, _importance, _scales, _nps)
