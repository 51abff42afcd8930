"""What the compose files say is what the programs read, and what they may do on the broker is what they do."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from holdfast.demo.running import Reached
from shared.contracts.topics import PREFIX, WRITERS, topics
from shared.engine.subscriptions import reads
from shared.kafka.rights import TOPICS_USER, rights, users
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import FILE, TopicFile, TopicOptions, load_topics

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "docker-compose.yml", *sorted((ROOT / "deploy" / "compose").glob("*.yml"))]
EVERYWHERE = {"HOLDFAST_SECRETS_DIR"}


class Loader(yaml.SafeLoader):
    """Compose's own tags say how files are laid over each other; the value is what counts here."""


def plain(loader, _tag, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else None


Loader.add_multi_constructor("!", plain)


def services(file):
    return yaml.load(file.read_text(), Loader)["services"]


BASE = services(FILES[0])


def read_by(name):
    """The environment variables that the program of a container reads."""
    while name not in BASE:
        name = name.rsplit("-", 1)[0]  # grading-2
    module = (BASE[name].get("command") or [""])[0]
    if module == "holdfast.cli":
        owner: type[KafkaSettings] = Reached
    else:
        owner = import_module(f"{module}.settings").Settings if module.startswith("services.") else KafkaSettings
    return {f"HOLDFAST_{field.upper()}" for field in owner.model_fields} | EVERYWHERE


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_environment_key_is_a_setting_of_who_gets_it(file):
    for name, service in services(file).items():
        told = {key for key in (service or {}).get("environment", {}) if key.startswith("HOLDFAST_")}
        if told:
            assert told <= read_by(name), name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_variable_that_compose_asks_for_is_written_down(file):
    asked = set(re.findall(r"\$\{(HOLDFAST_\w+)", file.read_text()))
    written = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    assert {name for name in asked if name not in written} == set()


def test_each_service_may_read_what_it_subscribes_to_and_write_its_own():
    file, names = load_topics(FILE), topics()
    for service in WRITERS:
        read = reads(import_module(f"services.{service}.subscriptions").SUBSCRIPTIONS, (), names).names
        may = {right.operations[0]: right for right in rights(file) if right.user == service}
        assert set(may["Read"].topics) == set(read)
        assert may["Read"].group == f"{PREFIX}{service}"
        assert set(may["Write"].topics) == {names.of(service), names.dead_letter}
        assert len(may) == 2


def test_nobody_else_says_what_a_service_says():
    writers = {
        topic: right.user
        for right in rights(load_topics(FILE))
        if right.operations[0] == "Write"
        for topic in right.topics
    }
    assert {writers[topics().of(service)] for service in WRITERS} == set(WRITERS)
    assert writers[topics().upstream] == "upstream"
    assert [right.user for right in rights(load_topics(FILE)) if right.prefixed] == [TOPICS_USER]


def test_a_right_is_the_arguments_of_the_tool():
    file = TopicFile(partitions=1, replication=1, topics={"a.v1": TopicOptions(retention_days=1, readers=("me",))})
    create, read = (" ".join(right.arguments()) for right in rights(file, "acme."))
    assert create.endswith("--operation Create --operation Describe --topic acme. --resource-pattern-type prefixed")
    assert read == (
        "--add --allow-principal User:me --operation Read --operation Describe --topic acme.a.v1 --group acme.me"
    )


def test_the_secured_broker_has_a_password_for_each_user_and_no_other():
    script = (ROOT / "deploy" / "compose" / "kafka-secrets.sh").read_text()
    (made,) = re.findall(r"for user in (.*); do", script)
    assert sorted(made.split()) == users(load_topics(FILE))


def test_each_service_says_its_own_name_to_the_secured_broker():
    secured = services(ROOT / "deploy" / "compose" / "secure.yml")
    for name in (*WRITERS, "topics"):
        environment = secured[name]["environment"]
        assert environment["HOLDFAST_KAFKA_SASL_USERNAME"] == name
        assert environment["HOLDFAST_KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL"
    assert secured["kafka"]["environment"]["KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"] == "false"
