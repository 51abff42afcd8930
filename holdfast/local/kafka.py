"""Apache Kafka itself, one node in KRaft mode: what fault tests kill, because it remembers."""

from __future__ import annotations

import base64
import shutil
import string
import subprocess
import uuid
from pathlib import Path

from holdfast.local.jars import KAFKA, kafka_jars
from holdfast.local.ports import NotReady, free_port, listens, wait_until
from holdfast.local.process import LOOPBACK, kill, start, stop, tail

JAVA_OPTIONS = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
START_SECONDS = 120


class ApacheKafka:
    """`directory` holds its log and its configuration; ports stay the same over restarts, data too."""

    def __init__(self, directory: Path, log: Path) -> None:
        self.directory = directory.absolute()
        self.log = log
        self.port = free_port()
        self.controller_port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Format the log if there is none and wait until the broker serves. Raises NotReady."""
        if not (self.directory / "server.properties").exists():
            self._format()
        process = self.process = start([*self._java("kafka.Kafka"), self._properties], self.log, orphaned="TERM")
        if not wait_until(lambda: listens(self.port), lambda: process.poll() is not None, START_SECONDS):
            raise NotReady(f"Apache Kafka ended; the end of {self.log}:\n{tail(self.log)}")

    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, 30)

    def kill(self) -> None:
        """SIGKILL: what it acknowledged is in its log or in the page cache of the machine."""
        if self.process is not None:
            kill(self.process)

    def restart(self) -> None:
        """Start again on the same data and ports, whichever way it ended."""
        self.stop()
        self.start()

    @property
    def _properties(self) -> str:
        return str(self.directory / "server.properties")

    def _format(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        template = string.Template((KAFKA / "server.properties").read_text())
        text = template.substitute(
            port=self.port, controller_port=self.controller_port, data=str(self.directory / "log")
        )
        Path(self._properties).write_text(text)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = [*self._java("kafka.tools.StorageTool"), "format", f"--cluster-id={cluster}", "-c", self._properties]
        if start(command, self.log).wait(START_SECONDS) != 0:
            Path(self._properties).unlink()
            raise NotReady(f"the log cannot be formatted; the end of {self.log}:\n{tail(self.log)}")

    def _java(self, main: str) -> list[str]:
        java = shutil.which("java")
        if java is None:
            raise NotReady("Apache Kafka needs Java 17 on this machine: install it, or use another broker")
        logging = f"-Dlog4j2.configurationFile={KAFKA / 'log4j2.yaml'}"
        return [java, *JAVA_OPTIONS, logging, "-cp", f"{kafka_jars()}/*", main]
