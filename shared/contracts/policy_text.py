"""A policy as text: reading YAML safely, saying where a key stands, laying one tree over another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def line_of(text: bytes | str, path: Sequence[str]) -> int | None:
    """The line, from 1, of the deepest key of this path that the text has; None where it has not even the first.

    A key of the text may be dotted: it stands for as many steps.
    """
    node, line, left = yaml.compose(text, Loader=yaml.SafeLoader), None, list(path)
    while left and (found := _child(node, left)) is not None:
        line, node, steps = found
        left = left[steps:]
    return line


def _child(node: yaml.Node | None, path: Sequence[str]) -> tuple[int, yaml.Node, int] | None:
    """The line, the value and how many steps of the path its key takes."""
    if isinstance(node, yaml.MappingNode):
        keys = [(str(key.value).split("."), key, value) for key, value in node.value]
        fitting = [(len(k), key, value) for k, key, value in keys if list(path[: len(k)]) == k]
        return next(((key.start_mark.line + 1, value, steps) for steps, key, value in fitting), None)
    if isinstance(node, yaml.SequenceNode) and path[0].isdecimal() and int(path[0]) < len(node.value):
        item: yaml.Node = node.value[int(path[0])]
        return item.start_mark.line + 1, item, 1
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
