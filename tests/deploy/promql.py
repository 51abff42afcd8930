"""Which metrics and labels an expression asks for."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser

GRAFANA = {"$__rate_interval": "5m", "$__range": "1h", "$service": ".*"}


def selectors(expression: str) -> Iterator[tuple[str, set[str]]]:
    """(metric, labels compared) of every selector; raises ValueError for what is no PromQL."""
    for variable, value in GRAFANA.items():
        expression = expression.replace(variable, value)
    found: list[promql_parser.VectorSelector] = []
    promql_parser.walk(promql_parser.parse(expression), lambda node: _keep(node, found))
    for selector in found:
        yield selector.name, {matcher.name for matcher in selector.matchers.matchers}


def _keep(node: object, found: list[promql_parser.VectorSelector]) -> None:
    if isinstance(node, promql_parser.VectorSelector):
        found.append(node)
