"""The chart: what its values may be, and what it makes of several of them."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path

import jsonschema
import pytest
import yaml

from shared.contracts.policy import default_policy, overlay_text
from shared.contracts.topics import WRITERS
from shared.kafka.rights import rights, users
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import FILE, load_topics

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "holdfast"
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SECRET = {"existingSecret": "holdfast"}
SECURED = {"securityProtocol": "SASL_SSL"}
SETS = {
    "least": SECRET,
    "secured": SECRET
    | {"kafka": SECURED | {"sasl": {"existingSecret": "users"}, "ca": {"existingSecret": "ca"}}}
    | {"settings": {"policy": {"care": {"cap_per_7_days": 3}}}},
    "operators": SECRET
    | {
        "kafka": SECURED,
        "strimzi": {"enabled": True},
        "cloudnativepg": {"enabled": True},
        "serviceMonitor": {"enabled": True},
        "prometheusRule": {"enabled": True},
        "dashboard": {"enabled": True},
        "defaults": {"autoscaling": {"enabled": True, "keda": {"enabled": True}}},
    },
    "own": SECRET
    | {
        "settings": {"policy": {"care": {"cap_per_7_days": 3}}, "phoneRegion": "CN", "rateLimit": 50},
        "keys": {"existingSecret": "keys"},
        "oidc": {"issuer": "https://id.example", "audience": "holdfast"},
        "traces": {"endpoint": "http://collector:4318", "share": 0.25},
        "services": {"grading": {"replicas": 3, "autoscaling": {"enabled": True}}},
        "migrations": {"mode": "init"},
        "networkPolicy": {"enabled": False},
    },
}
STOPS_WITHIN_SECONDS = 30
"""docs/operations.md, "Scale out"."""
helm_python = pytest.importorskip("helm_python", reason="Helm's engine has no wheel for this machine")


def laid_over(below, above):
    both = {key: below.get(key) for key in below | above}
    merged = {k: laid_over(below[k], v) if isinstance(below.get(k), dict) else v for k, v in above.items()}
    return both | merged


@pytest.mark.parametrize("values", SETS.values(), ids=SETS)
def test_values_are_taken_by_their_schema(values):
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(laid_over(VALUES, values), SCHEMA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"service": {}},
        {"services": {"profil": {}}},
        {"defaults": {"replicas": 25}},
        {"kafka": {"bootstrap": "kafka"}},
        {"kafka": {"securityProtocol": "TLS"}},
        {"settings": {"clock": "wall"}},
        {"migrations": {"mode": "hooks"}},
        {"networkPolicy": {"egressPorts": [0]}},
    ],
    ids=json.dumps,
)
def test_a_mistake_in_the_values_is_refused(wrong):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(laid_over(VALUES, wrong), SCHEMA)


def test_the_chart_carries_the_deployments_own_files():
    for name, file in {"topics.yaml": FILE, "rules.yml": FILE.parent / "observability" / "rules.yml"}.items():
        assert (CHART / "files" / name).read_bytes() == file.read_bytes()


@cache
def rendered(name):
    with helm_python.Chart.load(CHART) as chart:
        files = chart.render(SETS[name], name="shop", namespace="crm")
    docs = (doc for file, text in files.items() if file.endswith(".yaml") for doc in yaml.safe_load_all(text))
    return {(doc["kind"], doc["metadata"]["name"]): doc for doc in docs if doc}


def pods(name):
    """The pod of every StatefulSet and Job."""
    for (kind, called), doc in rendered(name).items():
        if kind in ("StatefulSet", "Job"):
            yield called, doc["spec"]["template"]["spec"]


def kinds(name):
    return {kind for kind, _ in rendered(name)}


@pytest.mark.parametrize("name", SETS)
def test_helm_has_nothing_against_the_chart(name):
    found = helm_python.lint(CHART, SETS[name], strict=True, kube_version="v1.34.0")
    assert found["errors"] == []
    assert [message for message in found["messages"] if message["severity"] > 1] == []


@pytest.mark.parametrize("name", SETS)
def test_every_pod_is_one_that_the_restricted_standard_admits(name):
    for _, pod in pods(name):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("name", SETS)
def test_every_variable_is_a_setting_of_who_gets_it_and_none_is_told_twice(name):
    for _, pod in pods(name):
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            module = container["args"][0]
            own = import_module(f"{module}.settings").Settings if module.startswith("services.") else KafkaSettings
            told = [env["name"] for env in container["env"]]
            assert set(told) <= {f"HOLDFAST_{field.upper()}" for field in own.model_fields}
            assert len(told) == len(set(told))
            needed = {f"HOLDFAST_{n.upper()}" for n, field in own.model_fields.items() if field.is_required()}
            assert needed <= set(told)


@pytest.mark.parametrize("name", SETS)
def test_kubernetes_takes_what_is_rendered(name):
    kubernetes = pytest.importorskip("kubernetes_validate")
    for doc in rendered(name).values():
        if "." not in doc["apiVersion"].split("/")[0] or doc["apiVersion"].split("/")[0].endswith(".k8s.io"):
            kubernetes.validate(doc, "1.34", strict=True)


def test_the_least_has_what_a_deployment_needs_and_nothing_of_operators():
    assert kinds("least") == {"StatefulSet", "Service", "PodDisruptionBudget", "NetworkPolicy", "Job"}
    jobs = {called for kind, called in rendered("least") if kind == "Job"}
    assert jobs == {"shop-topics", *(f"shop-migrate-{service}" for service in WRITERS)}
    for service in WRITERS:
        stateful = rendered("least")["StatefulSet", f"shop-{service}"]
        (container,) = stateful["spec"]["template"]["spec"]["containers"]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()
        assert stateful["spec"]["replicas"] == 2


def test_with_operators_topics_users_and_databases_are_theirs():
    made = rendered("operators")
    assert not kinds("operators") & {"Job", "HorizontalPodAutoscaler"}
    file = load_topics(FILE)
    assert {called for kind, called in made if kind == "KafkaTopic"} == set(file.partition_counts())
    assert {called for kind, called in made if kind == "KafkaUser"} == {f"shop-{u}" for u in users(file)} - {
        "shop-topics"
    }
    for right in rights(file):
        if not right.prefixed:
            acls = made["KafkaUser", f"shop-{right.user}"]["spec"]["authorization"]["acls"]
            may = {acl["resource"]["name"] for acl in acls if acl["operations"] == list(right.operations)}
            assert may >= set(right.topics)
    for service in WRITERS:
        (init,) = made["StatefulSet", f"shop-{service}"]["spec"]["template"]["spec"]["initContainers"]
        assert init["args"] == [f"services.{service}", "migrate"]
        assert ("Cluster", f"shop-{service}") in made
    rules = made["PrometheusRule", "shop"]["spec"]
    assert rules == yaml.safe_load((CHART / "files" / "rules.yml").read_text())
    assert json.loads(made["ConfigMap", "shop-dashboard"]["data"]["holdfast.json"])["uid"] == "holdfast"


def test_a_service_has_values_of_its_own():
    made = rendered("own")
    scaler = made["HorizontalPodAutoscaler", "shop-grading"]["spec"]
    assert scaler["scaleTargetRef"]["name"] == "shop-grading"
    assert "replicas" not in made["StatefulSet", "shop-grading"]["spec"]
    assert "NetworkPolicy" not in kinds("own")
    (profile,) = made["StatefulSet", "shop-profile"]["spec"]["template"]["spec"]["containers"]
    told = {env["name"]: env.get("value") for env in profile["env"]}
    assert told["HOLDFAST_KEYS_FILE"].rpartition("/")[0] in {mount["mountPath"] for mount in profile["volumeMounts"]}
    assert (told["HOLDFAST_OIDC_AUDIENCE"], told["HOLDFAST_RATE_LIMIT"]) == ("holdfast", "50")
    assert (told["HOLDFAST_OTLP_ENDPOINT"], told["HOLDFAST_TRACES_SHARE"]) == ("http://collector:4318", "0.25")
    laid = overlay_text(default_policy(), made["ConfigMap", "shop-policy"]["data"]["policy.yaml"])
    assert laid.care.cap_per_7_days == 3


@pytest.mark.parametrize("service", WRITERS)
def test_a_pod_that_is_told_to_go_answers_until_nobody_calls_it_any_more(service):
    pod = rendered("least")["StatefulSet", f"shop-{service}"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    word, seconds = container["lifecycle"]["preStop"]["exec"]["command"]
    assert word == "sleep"
    assert 0 < int(seconds) <= pod["terminationGracePeriodSeconds"] - STOPS_WITHIN_SECONDS


def test_what_runs_before_an_install_waits_for_nothing_that_comes_with_it():
    made = rendered("secured")
    assert "annotations" not in made["ConfigMap", "shop-policy"]["metadata"]
    for (kind, _), job in made.items():
        if kind == "Job":
            volumes = {volume["name"] for volume in job["spec"]["template"]["spec"]["volumes"]}
            assert volumes == {"tmp", "ca"}
    (profile,) = made["StatefulSet", "shop-profile"]["spec"]["template"]["spec"]["containers"]
    assert "/etc/holdfast/policy" in {mount["mountPath"] for mount in profile["volumeMounts"]}


def test_a_missing_secret_is_asked_for_by_name():
    with (
        helm_python.Chart.load(CHART) as chart,
        pytest.raises(helm_python.HelmRenderError, match="existingSecret: name the secret with token and secret"),
    ):
        chart.render({}, name="shop")
