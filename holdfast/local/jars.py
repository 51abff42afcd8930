"""The jars of Apache Kafka: resolved by Maven once, kept in a cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

from holdfast.local.ports import NotReady

ROOT = Path(__file__).parents[2]
KAFKA = ROOT / "deploy" / "kafka"
POM = KAFKA / "pom.xml"


def cache_folder() -> Path:
    """`HOLDFAST_CACHE`, else where this user's caches are."""
    given = os.environ.get("HOLDFAST_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else home / "holdfast"


def kafka_jars() -> Path:
    """The folder with all jars of `deploy/kafka/pom.xml`, 54 MB; fetched at the first call. Raises NotReady."""
    folder = cache_folder() / "kafka" / sha256(POM.read_bytes()).hexdigest()[:16]
    if not folder.exists():
        _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    """All or nothing: a folder that is there is whole."""
    maven = shutil.which("mvn")
    if maven is None:
        raise NotReady("Apache Kafka needs Java 17 and Maven on this machine: install both, or use another broker")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        jars = Path(unfinished) / "jars"
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
        done = subprocess.run(
            [maven, "-q", "-B", "-f", str(POM), *goal], capture_output=True, text=True, check=False, timeout=900
        )
        if done.returncode != 0:
            raise NotReady(f"Maven cannot fetch Apache Kafka:\n{(done.stdout + done.stderr)[-2000:]}")
        _publish(jars, folder)


def _publish(jars: Path, folder: Path) -> None:
    try:
        jars.rename(folder)
    except OSError:  # somebody else was faster
        if not folder.exists():
            raise
