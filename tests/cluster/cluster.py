"""A namespace on the cluster that kubectl points at: its servers, the release in it, and ways to look at both."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import Any

from tests.containers.compose import ROOT, SERVICES

HERE = Path(__file__).parent
CHART = ROOT / "deploy" / "helm" / "holdfast"
DATABASES = ROOT / "deploy" / "compose" / "databases.sh"
RELEASE = "shop"
IMAGE = os.environ.get("HOLDFAST_TEST_IMAGE", "")
OLD_IMAGE = os.environ.get("HOLDFAST_TEST_OLD_IMAGE", IMAGE)
SERVERS = {
    "kafka": os.environ.get("HOLDFAST_TEST_KAFKA_IMAGE", "apache/kafka:4.3.0"),
    "postgres": os.environ.get("HOLDFAST_TEST_POSTGRES_IMAGE", "postgres:18"),
    "image": IMAGE,
}
SECONDS = 900
"""For a release to be as it was asked for: five jobs one after the other, then eight pods, on a small machine."""


def missing() -> str | None:
    """Why the chart cannot be run here; None where it can."""
    if not IMAGE:
        return "HOLDFAST_TEST_IMAGE does not say which image the cluster has"
    try:
        for what in (["helm", "version"], ["kubectl", "get", "--raw", "/readyz"]):
            subprocess.run(what, check=True, capture_output=True, timeout=30)
    except FileNotFoundError as error:
        return f"there is no {error.filename} command"
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return "no cluster answers kubectl"
    return None


def values(image: str, **more: Any) -> dict[str, Any]:
    """Of a release on a small machine."""
    repository, _, tag = image.rpartition(":")
    return {
        "image": {"repository": repository, "tag": tag},
        "existingSecret": "holdfast",
        "kafka": {"bootstrap": "kafka:9092"},
        "defaults": {"resources": {"requests": {"cpu": "20m", "memory": "128Mi"}, "limits": {"memory": "768Mi"}}}
        | more,
    }


class Cluster:
    """Nothing is made until `up`."""

    def __init__(self) -> None:
        self.namespace = f"holdfast-{secrets.token_hex(3)}"
        self.began = time.monotonic()

    # -- commands

    def run(self, *command: str, given: str | None = None, seconds: float = 120) -> str:
        """What it prints; raises AssertionError with all that it said where it fails."""
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=seconds, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr[-8_000:]}"
        return done.stdout

    def kubectl(self, *words: str, given: str | None = None, seconds: float = 120) -> str:
        return self.run("kubectl", "--namespace", self.namespace, *words, given=given, seconds=seconds)

    def fails(self, *words: str, given: str | None = None) -> str | None:
        """What kubectl had against it; None where it was done."""
        try:
            self.kubectl(*words, given=given)
        except AssertionError as error:
            return str(error)
        return None

    def helm(self, *words: str, given: Mapping[str, Any] | None = None, seconds: float = SECONDS) -> None:
        """Waits until all that it made is ready; raises AssertionError with what there is instead."""
        limit = ("--wait", "--timeout", f"{seconds:.0f}s", "--namespace", self.namespace)
        told = ("--values", "-") if given else ()
        try:
            self.run("helm", *words, *told, *limit, given=given and json.dumps(given), seconds=seconds + 120)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.kubectl('get', 'pods,jobs,events')}") from error
        self.say(f"helm {words[0]} is done")

    def say(self, what: str) -> None:
        """A line of the log: seconds since the beginning, and what has happened."""
        sys.stdout.write(f"{time.monotonic() - self.began:7.1f} s  {what}\n")

    # -- coming and going

    def up(self) -> None:
        """Servers and shop, in a namespace that admits only pods of the restricted standard."""
        self.run("kubectl", "create", "namespace", self.namespace)
        self.run("kubectl", "label", "namespace", self.namespace, "pod-security.kubernetes.io/enforce=restricted")
        passwords = {who: secrets.token_hex(16) for who in ("superuser", *SERVICES)}
        self.secret("passwords", passwords)
        self.secret("holdfast", {"token": secrets.token_hex(16), "secret": secrets.token_hex(32)})
        for service in SERVICES:
            dsn = f"postgresql://{service}:{passwords[service]}@postgres:5432/{service}"
            self.secret(f"holdfast-{service}-database", {"dsn": dsn})
        self.kubectl("create", "configmap", "databases", f"--from-file={DATABASES}")
        self.kubectl("create", "configmap", "shop", f"--from-file={HERE / 'shop.py'}")
        self.kubectl(
            "apply", "--filename", "-", given=Template((HERE / "servers.yaml").read_text()).substitute(SERVERS)
        )
        waited = ("--for=condition=Ready", "--timeout=300s", "pod/kafka", "pod/postgres", "pod/shop")
        self.kubectl("wait", *waited, seconds=330)
        self.say(f"kafka, postgres and shop are ready in {self.namespace}")

    def end(self) -> None:
        """Nothing is left of it."""
        self.run("kubectl", "delete", "namespace", self.namespace, "--ignore-not-found", seconds=300)

    def secret(self, name: str, content: Mapping[str, str]) -> None:
        told = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": dict(content)}
        self.kubectl("apply", "--filename", "-", given=json.dumps(told))

    # -- looking

    def pods(self, service: str | None = None) -> list[dict[str, Any]]:
        """Those of the release, of one service or all."""
        which = f"app.kubernetes.io/instance={RELEASE}" + (f",app.kubernetes.io/component={service}" if service else "")
        return json.loads(self.kubectl("get", "pods", "--selector", which, "--output", "json"))["items"]

    def is_well(self, service: str | None = None) -> bool:
        """Whether all pods that there should be are ready."""
        sets = json.loads(self.kubectl("get", "statefulsets", "--output", "json"))["items"]
        wanted = sum(
            one["spec"]["replicas"] for one in sets if service in {None, one["metadata"]["name"].split("-")[-1]}
        )
        return [is_ready(pod) for pod in self.pods(service)] == [True] * wanted

    def shop(self, *words: str, seconds: float = 300) -> Any:
        return json.loads(self.kubectl("exec", "shop", "--", "python", "/shop/shop.py", *words, seconds=seconds))

    def ask(self, service: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Its answer; None while nobody can give one."""
        return self.shop("ask", service, path, *((json.dumps(body),) if body else ()))

    @contextmanager
    def selling(self, run: str, sold: dict[str, int]) -> Iterator[dict[str, Any]]:
        """Orders come all the while; afterwards it is known how many, and what else the shop was told."""
        told: dict[str, Any] = {}
        command = ["kubectl", "--namespace", self.namespace, "exec", "-i", "shop", "--"]
        with subprocess.Popen(
            [*command, "python", "/shop/shop.py", "sell", run],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as seller:
            try:
                yield told
            finally:
                said, wrong = seller.communicate(timeout=300)
                assert seller.returncode == 0, wrong
                told.update(json.loads(said))
                sold[run] = told["sent"]
                self.say(f"{run}: {told}")


def is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", ())}
    return conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]
