"""Rules and dashboard speak of metrics that there are, and every alert leads to a page that says what to do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY, Metric

import shared.laws
import shared.telemetry  # noqa: F401 - both register metrics
from shared.contracts.topics import WRITERS
from tests.deploy.promql import grouped_by, selectors

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
RULES = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((FOLDER / "grafana" / "dashboards" / "holdfast.json").read_text())
RUNBOOKS = ROOT / "docs" / "operations"
OF_THE_SCRAPE = {"job", "service", "instance"}
ASKED = {
    **{rule["alert"]: rule["expr"] for rule in RULES},
    **{f"{panel['title']} {t['refId']}": t["expr"] for panel in DASHBOARD["panels"] for t in panel["targets"]},
}
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def known():
    """Name as it is scraped -> its labels."""
    found = {"up": set()}
    for collector in list(REGISTRY._collector_to_names):
        labels = set(getattr(collector, "_labelnames", ()))
        for metric in collector.describe() if hasattr(collector, "_labelnames") else collector.collect():
            found |= {name: labels | {"le"} for name in scraped(metric)}
    return found


def scraped(metric: Metric) -> list[str]:
    return [metric.name + suffix for suffix in SUFFIXES[metric.type]]


def ours():
    return {name for name in known() if name.startswith("holdfast_")}


@pytest.mark.parametrize("expression", ASKED.values(), ids=ASKED)
def test_an_expression_asks_for_what_there_is(expression):
    asked, metrics = selectors(expression), known()
    assert asked
    for name, labels in asked:
        assert name in metrics
        assert labels <= metrics[name] | OF_THE_SCRAPE
    of_all = set().union(*(metrics[name] for name, _ in asked))
    assert grouped_by(expression) <= of_all | OF_THE_SCRAPE


def test_the_list_of_metrics_is_the_metrics():
    table = (ROOT / "docs" / "operations.md").read_text().split("## Metrics")[1].split("\n## ")[0]
    listed = set(re.findall(r"^\| `(holdfast_\w+)", table, re.MULTILINE))
    assert listed == {re.sub("_(bucket|sum|count)$", "", name) for name in ours()}


def test_every_alert_has_its_runbook_and_every_runbook_its_alert():
    named = {rule["alert"]: ROOT / rule["annotations"]["runbook"] for rule in RULES}
    assert {alert for alert, page in named.items() if alert not in page.read_text()} == set()
    assert set(named.values()) == set(RUNBOOKS.glob("*.md"))


def test_every_service_is_scraped_under_its_name():
    (job,) = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    found = {name: group["port"] for group in job["dns_sd_configs"] for name in group["names"]}
    assert found == {name: compose[name]["environment"]["HOLDFAST_PORT"] for name in WRITERS}
    assert job["relabel_configs"] == [{"source_labels": ["__meta_dns_name"], "target_label": "service"}]


def test_what_is_shown_comes_from_where_figures_and_traces_are():
    files = (FOLDER / "grafana" / "provisioning" / "datasources").glob("*.yml")
    sources = [one for file in files for one in yaml.safe_load(file.read_text())["datasources"]]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert {one["type"]: one["url"] for one in sources} == {
        "prometheus": "http://prometheus:9090",
        "jaeger": "http://jaeger:16686",
    }
    assert {one["type"] for one in sources} <= set(compose)
    assert [one["type"] for one in sources if one.get("isDefault")] == ["prometheus"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not here (Debian: prometheus)")
@pytest.mark.parametrize(
    "asked",
    [
        ["check", "rules", "rules.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
        ["test", "rules", "rules.test.yml"],
    ],
    ids=" ".join,
)
def test_prometheus_takes_the_rules_and_each_fires_on_what_it_is_for(asked):
    done = subprocess.run(["promtool", *asked], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tested():
    tests = yaml.safe_load((FOLDER / "rules.test.yml").read_text())["tests"]
    fired = {one["alertname"] for test in tests for one in test["alert_rule_test"] if one.get("exp_alerts")}
    quiet = {one["alertname"] for test in tests for one in test["alert_rule_test"] if not one.get("exp_alerts")}
    assert fired == quiet == {rule["alert"] for rule in RULES}
