"""`docs/configuration.md`, from the settings: `python -m holdfast.configuration` writes it, `--check` only looks."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import getsource
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from shared.contracts.topics import WRITERS
from shared.engine.settings import EngineSettings
from shared.kafka.settings import KafkaSettings

FILE = Path(__file__).parents[1] / "docs" / "configuration.md"
HEAD = """# Configuration

Made from the settings of the services by `python -m holdfast.configuration`; what is set there is what is here.

Environment variables; a folder of files named like them in lower case does as well: `HOLDFAST_SECRETS_DIR` names it,
and a variable wins over its file. A missing or wrong one is named at start, and the process ends. What is marked
*secret* belongs into such a file, not into a command line; it is never logged.
"""
BROKER = """
## The broker

Read by every service, and by the job that creates the topics (`python -m shared.kafka.topics`).
"""
SERVICES = """
## Every service
"""
OWN = """
## {Service}'s own
"""
COMPOSE = """
## Docker Compose

Variables of `docker compose` itself, on top of those above, which it passes on where they are set; none has to be.

| Variable | Default | Meaning |
|---|---|---|
"""
OF_COMPOSE = (
    ("VERSION", "`local`", "tag of the image"),
    ("BIND", "`127.0.0.1`", "where the HTTP ports are opened; `0.0.0.0` opens them to the network: put TLS in front"),
    ("PROFILE_PORT", "8101", "where profile is found on this machine"),
    ("GRADING_PORT", "8102", "grading"),
    ("SCHEDULER_PORT", "8103", "scheduler"),
    ("FEEDBACK_PORT", "8104", "feedback"),
    ("KAFKA_PORT", "9092", "where programs of this machine find Kafka"),
    ("PROMETHEUS_PORT", "9090", "of the profile `observability`"),
    ("GRAFANA_PORT", "3000", "of the profile `observability`"),
    ("JAEGER_PORT", "16686", "of the profile `observability`"),
    ("DEMO_CUSTOMERS", "`sample`", "of the profile `demo`: `sample`, `all`, or how many customers of the sample"),
    ("DEMO_LIVED", "182", "of the profile `demo`: days at the end that are lived; those before are history"),
    ("KEYS", "required by `keys.yml`", "the folder with `keys.jsonl`, which `holdfast keys` writes"),
    ("PROFILE_DSN", "required by `external.yml`", "profile's database, where it is not the container"),
    ("GRADING_DSN", "required by `external.yml`", "grading's"),
    ("SCHEDULER_DSN", "required by `external.yml`", "scheduler's"),
    ("FEEDBACK_DSN", "required by `external.yml`", "feedback's"),
)
LOCAL = """
## The local stack

| Variable | Default | Meaning |
|---|---|---|
| `HOLDFAST_DATA` | `.holdfast` | which stack the commands of `holdfast` mean |
"""
TABLE = "\n| Variable | Values | Default | Meaning |\n|---|---|---|---|\n"


def text() -> str:
    """The whole page."""
    parts = [HEAD, BROKER, _table(KafkaSettings, ()), SERVICES, _table(EngineSettings, KafkaSettings.model_fields)]
    own = {service: import_module(f"services.{service}.settings").Settings for service in WRITERS}
    for service, settings in own.items():
        if settings.model_fields.keys() - EngineSettings.model_fields.keys():
            parts += [OWN.format(Service=service.capitalize()), _table(settings, EngineSettings.model_fields)]
    ports = ", ".join(f"{settings.model_fields['port'].default} ({service})" for service, settings in own.items())
    rows = (f"| `HOLDFAST_{name}` | {default} | {meaning} |\n" for name, default, meaning in OF_COMPOSE)
    return "".join([*parts, COMPOSE, *rows, LOCAL]).replace(str(EngineSettings.model_fields["port"].default), ports)


def _table(settings: type[KafkaSettings], but: Any) -> str:
    said = _said(settings)
    rows = (_row(name, field, said[name]) for name, field in settings.model_fields.items() if name not in but)
    return TABLE + "".join(rows)


def _said(settings: type[KafkaSettings]) -> dict[str, str]:
    """Field -> the text below it. Pydantic could keep it, at the cost of every start of a service."""
    found: dict[str, str] = {}
    for owner in (kind for kind in reversed(settings.__mro__) if issubclass(kind, KafkaSettings)):
        [body] = [node.body for node in ast.parse(getsource(owner)).body if isinstance(node, ast.ClassDef)]
        for field, text in pairwise(body):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    found[name] = " ".join(words.split())
    return found


def _row(name: str, field: FieldInfo, meaning: str) -> str:
    return f"| `HOLDFAST_{name.upper()}` | {', '.join(_values(field))} | {_default(field)} | {meaning} |\n"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "**required**"
    if field.default is None:
        return "none"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _values(field: FieldInfo) -> Iterator[str]:
    """What may stand there, as far as it is more than a text."""
    kinds = {kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)}
    if get_origin(field.annotation) is Literal:
        yield from (f"`{value}`" for value in get_args(field.annotation))
    if SecretStr in kinds:
        yield "*secret*"
    if kinds & {int, float}:
        yield "a number"
    if bool in kinds:
        yield "`true`, `false`"
    for bound in field.metadata:
        if (least := getattr(bound, "min_length", None)) is not None:
            yield f"{least} characters or more"


def main() -> None:
    if "--check" not in sys.argv:
        FILE.write_text(text())
    elif FILE.read_text() != text():
        sys.exit(f"{FILE.name} is not as the code says; run `python -m holdfast.configuration`")


if __name__ == "__main__":
    main()
