"""A policy as text: reading YAML safely, saying where a key stands, laying one tree over another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

Tree = dict[str, Any]
MAX_DEPTH = 12


def parse(text: bytes | str) -> Tree:
    """The document as plain values; raises ValueError with a sentence that names the line."""
    try:
        tree = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ValueError(
            f"is no YAML: {error.problem or error.context}{f' (line {mark.line + 1})' if mark else ''}"
        ) from None
    except yaml.YAMLError as error:
        raise ValueError(f"is no YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(tree, dict):
        raise ValueError("must be an object of policy keys")  # noqa: TRY004 - what a person wrote, not what a caller did
    return tree


def line_of(text: bytes | str, path: Iterable[str]) -> int | None:
    """The line, from 1, of the deepest key of this path that the text has; None where it has not even the first."""
    node, line = yaml.compose(text, Loader=yaml.SafeLoader), None
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        line, node = found
    return line


def _child(node: yaml.Node | None, step: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and step.isdecimal() and int(step) < len(node.value):
        item: yaml.Node = node.value[int(step)]
        return item.start_mark.line + 1, item
    return None


def nested(values: Mapping[Any, Any]) -> Tree:
    """`{"a.b": 1, "a": {"c": 2}}` as `{"a": {"b": 1, "c": 2}}`; raises ValueError for a key that is no text."""
    tree: Tree = {}
    for key, value in values.items():
        if not isinstance(key, str):
            raise ValueError(f"the key {key!r} must be text")  # noqa: TRY004 - what a person wrote, not what a caller did
        branch: Any = value
        for step in reversed(key.split(".")):
            branch = {step: branch}
        tree = merge(tree, branch)
    return tree


def merge(under: Tree, over: Tree, depth: int = 0) -> Tree:
    """`over` laid over `under`: maps key by key, everything else replaces. Raises ValueError when nested too deeply."""
    if depth > MAX_DEPTH:
        raise ValueError("is nested too deeply")
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        result[key] = merge(below, value, depth + 1) if both else value  # type: ignore[arg-type]
    return result
