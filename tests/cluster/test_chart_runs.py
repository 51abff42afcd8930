"""The chart on a cluster, a test after the other: upgraded and taken back under load, evicted, killed, uninstalled."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.cluster.cluster import CHART, IMAGE, OLD_IMAGE, RELEASE, is_ready, values
from tests.containers.compose import SERVICES, until

pytestmark = [pytest.mark.cluster, pytest.mark.slow]
SOLD: dict[str, int] = {}
"""Run -> orders that were accepted."""
POLICY_OF_NO_SENSE = {"care": {"cap_per_7_days": -1}}
CONNECTS = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)"


@contextmanager
def sold_meanwhile(cluster, run):
    """Orders come all the while; then every one ever sold is there once, and all services have made of it their own."""
    with cluster.selling(run, SOLD) as told:
        yield told
    cluster.say(f"counted {until(partial(counted, cluster), 300)}")


def counted(cluster):
    """None while something is under way; an order that is there twice is no matter of time."""
    found = cluster.shop("count")
    assert found["registered"] == found["customers"]
    assert all(facts == orders <= SOLD[run] for run, (facts, orders) in found["orders"].items()), (found, SOLD)
    is_all = {run: orders for run, (_, orders) in found["orders"].items()} == SOLD
    is_settled = len(found["worth"]) == 1 and set(found["open"]) == {"1"}
    return found if is_all and is_settled else None


def images(cluster):
    return {pod["spec"]["containers"][0]["image"] for pod in cluster.pods()}


def revisions(cluster, service):
    """Of the pods that work, those among them that have been told to go."""
    working = [pod for pod in cluster.pods(service) if pod["status"]["phase"] == "Running"]
    return {pod["metadata"]["labels"]["controller-revision-hash"] for pod in working}


def left_of_the_release(cluster):
    kinds = "pods,services,statefulsets,jobs,configmaps,secrets,poddisruptionbudgets,networkpolicies"
    return cluster.kubectl("get", kinds, "--selector", f"app.kubernetes.io/instance={RELEASE}", "--output", "name")


def nothing_refused(told):
    """A caller may be told to come again; no connection is refused or cut."""
    return set(told["turned_away"]) <= {"503"}


def test_orders_come_in_and_the_work_list_comes_out(cluster):
    now = datetime.now(UTC)
    need = {
        "specversion": "1.0",
        "id": "need",
        "source": "crm",
        "type": "holdfast.need.stated.v1",
        "subject": "shop:in-need",
        "time": now.isoformat(),
        "data": {"demand": "target", "expected_close_on": (now + timedelta(days=20)).date().isoformat()},
    }
    with sold_meanwhile(cluster, "first"):
        assert until(partial(cluster.ask, "profile", "/v1/events", need))
        (customer,) = until(partial(cluster.ask, "profile", "/v1/customers?handle=shop:in-need"))["items"]
        until(partial(is_on_the_work_list, cluster, customer["customer_id"]))


def is_on_the_work_list(cluster, customer_id):
    on = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    work = cluster.ask("scheduler", f"/v1/worklist?on={on}&limit=200")
    return work and customer_id in {line["customer_id"] for line in work["items"]}


def test_an_upgrade_under_load_loses_and_doubles_nothing(cluster):
    """Schemas are migrated first; then old and new pods work side by side, pod by pod."""
    seen = set()
    with sold_meanwhile(cluster, "upgrade") as told:
        upgrade = ("helm", "upgrade", RELEASE, str(CHART), "--values", "-", "--wait", "--timeout", "15m")
        with subprocess.Popen(
            [*upgrade, "--namespace", cluster.namespace], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as running:
            running.stdin.write(json.dumps(values(IMAGE, podAnnotations={"tests/of": "upgrade"})))
            running.stdin.close()
            while running.poll() is None:
                seen |= {(service, frozenset(revisions(cluster, service))) for service in SERVICES}
        assert running.returncode == 0
    assert {service for service, side_by_side in seen if len(side_by_side) == 2} == set(SERVICES)
    assert images(cluster) == {IMAGE}
    assert nothing_refused(told)


def test_an_upgrade_that_cannot_start_is_taken_back(cluster):
    """It takes one pod of each service, the others go on; nobody has to lend a hand to the rollback."""
    told = values(IMAGE) | {"settings": {"policy": POLICY_OF_NO_SENSE}}
    with sold_meanwhile(cluster, "stuck"):
        with pytest.raises(AssertionError, match=r"timed out|deadline"):
            cluster.helm("upgrade", RELEASE, str(CHART), given=told, seconds=60)
        assert {service: sum(map(is_ready, cluster.pods(service))) for service in SERVICES} == dict.fromkeys(
            SERVICES, 1
        )
        cluster.helm("rollback", RELEASE)
    assert cluster.is_well()


def test_a_rollback_under_load_loses_and_doubles_nothing(cluster):
    """To the very first release: the old image on the new tables."""
    with sold_meanwhile(cluster, "rollback") as told:
        cluster.helm("rollback", RELEASE, "1")
    assert images(cluster) == {OLD_IMAGE}
    assert nothing_refused(told)


def test_of_two_pods_only_one_is_evicted_at_a_time(cluster):
    with sold_meanwhile(cluster, "evicted") as told:
        assert [is_evicted(cluster, f"{RELEASE}-scheduler-{number}") for number in (0, 1)] == [True, False]
        until(partial(cluster.is_well, "scheduler"), 300)
        until(partial(is_evicted, cluster, f"{RELEASE}-scheduler-1"))
        until(partial(cluster.is_well, "scheduler"), 300)
    assert nothing_refused(told)


def is_evicted(cluster, pod):
    """As a drained node asks for it."""
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": cluster.namespace},
    }
    path = f"/api/v1/namespaces/{cluster.namespace}/pods/{pod}/eviction"
    refused = cluster.fails("create", "--raw", path, "--filename", "-", given=json.dumps(eviction))
    assert "disruption budget" in (refused or "disruption budget")
    return refused is None


@pytest.mark.parametrize("service", SERVICES)
def test_a_pod_that_is_killed_comes_back_and_nothing_is_lost(cluster, service):
    with sold_meanwhile(cluster, f"killed-{service}"):
        cluster.kubectl("delete", "pod", f"{RELEASE}-{service}-0", "--grace-period=0", "--force")
        until(partial(cluster.is_well, service), 300)


def test_what_was_folded_is_what_the_journal_says(cluster):
    for service in SERVICES:
        for verb in ("verify", "check"):
            cluster.kubectl("exec", f"{RELEASE}-{service}-0", "--", "python", "-m", f"services.{service}", verb)
        assert until(partial(cluster.ask, service, "/v1/dead-letters"))["items"] == []


def test_nobody_gets_where_the_network_policy_does_not_let_them(cluster):
    """A service does not reach the cluster's own API, which a pod without a policy does."""
    api = "import os; print(os.environ['KUBERNETES_SERVICE_HOST'], os.environ['KUBERNETES_SERVICE_PORT'])"
    where = cluster.kubectl("exec", "shop", "--", "python", "-c", api).split()
    assert reaches(cluster, "shop", where)
    if not is_enforced(cluster, where):
        pytest.skip("the network of this cluster enforces no policies")
    assert not reaches(cluster, f"{RELEASE}-profile-0", where)
    assert reaches(cluster, f"{RELEASE}-profile-0", ("postgres", "5432"))


def is_enforced(cluster, where):
    """Whether the network holds a pod to a policy that lets it go nowhere."""
    nowhere = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "nowhere"},
        "spec": {"podSelector": {"matchLabels": {"app": "shop"}}, "policyTypes": ["Egress"]},
    }
    cluster.kubectl("apply", "--filename", "-", given=json.dumps(nowhere))
    try:
        return bool(until(lambda: not reaches(cluster, "shop", where), 20))
    except TimeoutError:
        return False
    finally:
        cluster.kubectl("delete", "networkpolicy", "nowhere")


def reaches(cluster, pod, where):
    failed = cluster.fails("exec", pod, "--", "python", "-c", CONNECTS, *where)
    assert "Error" in (failed or "Error")
    return failed is None


def test_what_is_uninstalled_leaves_its_data_alone(cluster):
    cluster.run("helm", "uninstall", RELEASE, "--wait", "--namespace", cluster.namespace, seconds=300)
    until(lambda: left_of_the_release(cluster) == "")
    cluster.helm("install", RELEASE, str(CHART), given=values(IMAGE))
    with sold_meanwhile(cluster, "again"):
        pass
