"""What a change of the schemas breaks: new types and new optional fields break nothing, all else does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]
SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "examples"})
STRUCTURE = frozenset({"properties", "required", "items", "anyOf", "oneOf", "enum"})


def breaks(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[str]:
    """One line for each thing that somebody who speaks the old schemas could stumble over; by type."""
    lines: list[str] = []
    for name, schema in sorted(old.items()):
        if name not in new:
            lines.append(f"{name}: the type was removed")
            continue
        before, after = _inlined(schema, schema), _inlined(new[name], new[name])
        lines.extend(f"{name}: {line}" for line in _changes("", before, after))
    return lines


def _inlined(node: Any, root: Schema) -> Any:
    """The node with every `$ref` replaced by what it names, so that a moved definition is no change."""
    if isinstance(node, list):
        return [_inlined(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = root["$defs"][node["$ref"].rpartition("/")[2]]
        return _inlined({**target, **{k: v for k, v in node.items() if k != "$ref"}}, root)
    return {key: _inlined(value, root) for key, value in node.items() if key != "$defs"}


def _changes(path: str, old: Schema, new: Schema) -> Iterator[str]:
    where = path or "the event"
    for key in sorted((old.keys() | new.keys()) - SILENT - STRUCTURE):
        if old.get(key) != new.get(key):
            yield f"{where}: `{key}` was {_shown(old.get(key))} and is {_shown(new.get(key))}"
    yield from _enum_changes(where, old, new)
    yield from _property_changes(path, old, new)
    yield from _part_changes(path, old, new)


def _enum_changes(where: str, old: Schema, new: Schema) -> Iterator[str]:
    if ("enum" in old) != ("enum" in new):
        yield f"{where}: the closed set was {'taken away' if 'enum' in old else 'added'}"
        return
    before, after = old.get("enum", []), new.get("enum", [])
    for value in (value for value in before if value not in after):
        yield f"{where}: no longer allows {_shown(value)}"
    for value in (value for value in after if value not in before):
        yield f"{where}: allows {_shown(value)}, which readers of the old set do not know"


def _property_changes(path: str, old: Schema, new: Schema) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was, is_ = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before.keys() | after.keys()):
        field = f"{path}.{name}" if path else name
        if name not in after:
            yield f"{field}: the field was removed"
        elif name not in before:
            if name in is_:
                yield f"{field}: a new field must be optional"
        else:
            if (name in was) != (name in is_):
                yield f"{field}: {'is now required' if name in is_ else 'may now be missing'}"
            yield from _changes(field, before[name], after[name])


def _part_changes(path: str, old: Schema, new: Schema) -> Iterator[str]:
    """Items of lists and branches of unions, branch by branch."""
    for key in ("anyOf", "oneOf"):
        before, after = old.get(key, []), new.get(key, [])
        if len(before) != len(after):
            yield f"{path or 'the event'}: `{key}` had {len(before)} branches and has {len(after)}"
        else:
            for first, second in zip(before, after, strict=True):
                yield from _changes(path, first, second)
    before, after = old.get("items"), new.get("items")
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _changes(f"{path}[]", before, after)
    elif before != after:
        yield f"{path}: `items` was {_shown(before)} and is {_shown(after)}"


def _shown(value: object) -> str:
    return "not there" if value is None else repr(value)
