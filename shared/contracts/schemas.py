"""JSON Schemas of whole events, a file per type, and a page for people.

`python -m shared.contracts.schemas` writes them, `--check` only looks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from shared.contracts import reference
from shared.contracts.data import Data
from shared.contracts.types import ALL, CLOCK, DEAD_LETTERS, UPSTREAM

FOLDER = Path(__file__).parent / "schemas"
SHORT = {"type": "string", "minLength": 1, "maxLength": 255}
INSTANT = {"type": "string", "format": "date-time"}
PAGE = "README.md"
NAMELESS = frozenset({*CLOCK, *DEAD_LETTERS})

Schema = dict[str, Any]


def schema_of(model: type[Data]) -> Schema:
    """The event as it stands in a topic, envelope and data, in JSON Schema 2020-12."""
    data = _without_titles(model.model_json_schema())
    definitions = data.pop("$defs", None)
    attributes = ["specversion", "id", "source", "type", "time", "data"]
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:holdfast:schema:{model.TYPE}",
        "title": model.TYPE,
        "type": "object",
        "properties": _envelope(model) | {"data": data},
        "required": attributes
        if model.TYPE in NAMELESS or not model.ABOUT_CUSTOMER
        else [*attributes[:4], "subject", *attributes[4:]],
    }
    return schema | ({"$defs": definitions} if definitions else {})


def rendered() -> dict[str, str]:
    """File name -> text, for every type, and the page; the same code gives the same text."""
    schemas = {name: schema_of(model) for name, model in sorted(ALL.items())}
    return {f"{name}.json": _text(schema) for name, schema in schemas.items()} | {PAGE: reference.text(schemas)}


def outdated() -> list[str]:
    """The files that differ from what the code says, are missing, or are of no type any more."""
    now, there = rendered(), {path.name: path.read_text() for path in FOLDER.glob("*.*")}
    return sorted(name for name in now.keys() | there.keys() if now.get(name) != there.get(name))


def write() -> None:
    """Make the folder equal to the code."""
    FOLDER.mkdir(exist_ok=True)
    for name in outdated():
        (FOLDER / name).unlink(missing_ok=True)
    for name, text in rendered().items():
        (FOLDER / name).write_text(text)


def _envelope(model: type[Data]) -> Schema:
    ours = model.TYPE not in UPSTREAM and model.TYPE not in NAMELESS
    subject: Schema = {"type": "string", "format": "uuid"} if ours else {"type": "string", "maxLength": 512}
    return {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"} if ours else SHORT,
        "source": SHORT,
        "type": {"const": model.TYPE},
        "subject": subject,
        "time": INSTANT,
        "datacontenttype": {"const": "application/json"},
        "recordedtime": INSTANT,
        "causationid": SHORT,
        "traceparent": {"type": "string", "maxLength": 512},
    }


def _without_titles(schema: Schema) -> Schema:
    """Field names said twice are noise; a property that is itself called `title` stays."""

    def clean(node: Any, *, names: bool = False) -> Any:
        if isinstance(node, dict):
            return {
                k: clean(v, names=k in {"properties", "$defs"} and not names)
                for k, v in node.items()
                if names or k != "title"
            }
        return [clean(item) for item in node] if isinstance(node, list) else node

    return dict(clean(schema))


def _text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    if "--check" not in sys.argv:
        write()
    elif late := outdated():
        sys.exit(f"not as the code says; run `python -m shared.contracts.schemas`: {', '.join(late)}")
    sys.stdout.write(f"{len(ALL)} schemas in {FOLDER}\n")


if __name__ == "__main__":
    main()
