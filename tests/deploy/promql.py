"""Which metrics and labels an expression asks for."""

from __future__ import annotations

import promql_parser

GRAFANA = {"$__rate_interval": "5m", "$__range": "1h", "$service": ".*"}


def selectors(expression: str) -> list[tuple[str, set[str]]]:
    """(metric, labels compared) of every selector; raises ValueError for what is no PromQL."""
    found = [node for node in _nodes(expression) if isinstance(node, promql_parser.VectorSelector)]
    return [(node.name, {matcher.name for matcher in node.matchers.matchers}) for node in found]


def grouped_by(expression: str) -> set[str]:
    """The labels of every `by` and `on`."""
    by = [node.modifier for node in _nodes(expression) if isinstance(node, promql_parser.AggregateExpr)]
    on = [node.modifier for node in _nodes(expression) if isinstance(node, promql_parser.BinaryExpr)]
    clauses = [*by, *(modifier.matching for modifier in on if modifier)]
    return {label for clause in clauses if clause for label in clause.labels}


def _nodes(expression: str) -> list[object]:
    for variable, value in GRAFANA.items():
        expression = expression.replace(variable, value)
    found: list[object] = []
    promql_parser.walk(promql_parser.parse(expression), found.append)
    return found
