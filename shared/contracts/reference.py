"""The events for people to read: what each topic carries, and every field of every type. Made of the schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from shared.contracts.topics import DEFAULT, PREFIX, WRITERS
from shared.contracts.types import CLOCK, DEAD_LETTERS, FACTS, UPSTREAM, Registry

Schema = dict[str, Any]

HEAD = """# Events

Made from the contract by `python -m shared.contracts.schemas`. Beside this page is the JSON Schema of each type;
`/asyncapi.json` of a service says the same for machines.

CloudEvents 1.0, structured JSON. Money is in minor units beside its `currency`, dates are `YYYY-MM-DD`, instants RFC
3339 with an offset. Fields may be added to a type; a change that would break a reader is a new type beside the old.
**Bold** fields are always there.
"""
TOPICS = Path(__file__).parents[2] / "deploy" / "topics.yaml"


def text(schemas: Mapping[str, Schema]) -> str:
    """The whole page; `schemas` by the full type."""
    types: list[tuple[str, Registry]] = [
        (DEFAULT.upstream, UPSTREAM),
        *((DEFAULT.of(writer), FACTS[writer]) for writer in WRITERS),
        (DEFAULT.dead_letter, DEAD_LETTERS),
        (DEFAULT.clock, CLOCK),
    ]
    readers = {f"{PREFIX}{name}": ", ".join(of["readers"]) for name, of in _topics().items()}
    return "".join([HEAD, *(part for topic, known in types for part in _topic(topic, readers[topic], known, schemas))])


def _topics() -> dict[str, Any]:
    return dict(yaml.safe_load(TOPICS.read_text())["topics"])


def _topic(topic: str, readers: str, known: Registry, schemas: Mapping[str, Schema]) -> Iterator[str]:
    yield f"\n## {topic}\n\nRead by {readers}.\n"
    yield from (_event(name, schemas[name]) for name in sorted(known))


def _event(name: str, schema: Schema) -> str:
    data, definitions = schema["properties"]["data"], schema.get("$defs", {})
    fields = [_field(field, shape, data, definitions) for field, shape in data.get("properties", {}).items()]
    subject = "" if "subject" in schema["required"] else "\nMay come without a subject.\n"
    return f"\n### {name}\n{subject}\n" + ("".join(fields) or "No fields.\n")


def _field(name: str, shape: Schema, data: Schema, definitions: Schema) -> str:
    shown = f"**`{name}`**" if name in data.get("required", ()) else f"`{name}`"
    return f"- {shown}: {_kind(shape, definitions)}\n"


def _kind(shape: Schema, definitions: Schema) -> str:
    """In words: the closed set, the parts of an object, what a list is made of."""
    if "$ref" in shape:
        return _kind(definitions[shape["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in shape:
        kinds = [_kind(one, definitions) for one in shape["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "const" in shape:
        return f"`{shape['const']}`"
    if "enum" in shape:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    return _plain(shape, definitions)


def _plain(shape: Schema, definitions: Schema) -> str:
    match shape.get("type"):
        case "array":
            return f"list of {_kind(shape.get('items', {}), definitions)}"
        case "object" if "properties" in shape:
            parts = (f"`{name}` {_kind(part, definitions)}" for name, part in shape["properties"].items())
            return f"{{{'; '.join(parts)}}}"
        case "string" if "format" in shape:
            return str(shape["format"])
        case kind:
            return str(kind or "anything")
