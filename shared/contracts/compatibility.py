"""`python -m shared.contracts.compatibility [--base REF]`: what was published before must still be understood."""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from shared.contracts.envelope import decode
from shared.contracts.reading import read
from shared.contracts.schema_changes import breaks
from shared.contracts.schemas import PAGE, outdated, rendered
from shared.contracts.types import ALL, UPSTREAM
from shared.contracts.undecodable import Undecodable, Unread

ROOT = Path(__file__).parents[2]
SCHEMAS = "shared/contracts/schemas"
GOLDEN = "tests/contracts/golden"


class Published(NamedTuple):
    """What a revision promised: type -> schema, type -> sample. Empty where there was no contract yet."""

    schemas: dict[str, Any]
    samples: dict[str, bytes]


def published_at(base: str | None, root: Path = ROOT) -> Published:
    schemas = {name: json.loads(text) for name, text in _files(base, SCHEMAS, root).items()}
    return Published(schemas, _files(base, GOLDEN, root))


def findings(published: Published) -> list[str]:
    """One line per file that is out of date and per break."""
    lines = [f"{name}: differs from the code; run `python -m shared.contracts.schemas`" for name in outdated()]
    now = {name.removesuffix(".json"): json.loads(text) for name, text in rendered().items() if name != PAGE}
    return lines + breaks(published.schemas, now) + _unreadable(published.samples)


def base_of(root: Path = ROOT) -> str | None:
    """Where this work left origin/main, or main; the commit before on main itself. None: there is none yet."""
    head = _git(root, "rev-parse", "HEAD")
    for branch in ("origin/main", "main"):
        base = _git(root, "merge-base", "HEAD", branch)
        if base and base != head:
            return base
    return _git(root, "rev-parse", "--verify", "--quiet", "HEAD~1")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.compatibility", description=__doc__)
    parser.add_argument("--base", help="the revision to compare with (default: where this branch left main)")
    asked = parser.parse_args(arguments).base
    base = _git(root, "rev-parse", "--verify", "--quiet", f"{asked}^{{commit}}") if asked else base_of(root)
    if asked and not base:
        sys.stderr.write(f"There is no revision {asked}; name a commit or a branch.\n")
        return 2
    published = published_at(base, root)
    lines = findings(published)
    for line in lines:
        sys.stderr.write(f"{line}\n")
    if not lines:
        said = f"Nothing published at {base} breaks.\n" if published.schemas else "Nothing was published before.\n"
        sys.stdout.write(said)
    return 1 if lines else 0


def _unreadable(samples: dict[str, bytes]) -> list[str]:
    """Samples of the base that today's models no longer read."""
    lines: list[str] = []
    for name, text in sorted(samples.items()):
        try:
            envelope = decode(text)
            read(envelope, UPSTREAM if envelope.type in UPSTREAM else ALL)
        except (Undecodable, Unread) as error:
            lines.append(f"{name}: the published sample can no longer be read: {error}")
    return lines


def _files(base: str | None, folder: str, root: Path) -> dict[str, bytes]:
    """Type -> content of the JSON files of a folder as they stood; none where there was no such folder."""
    tar = _run(root, "archive", "--format=tar", base, folder) if base else None
    if tar is None:
        return {}
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        found = {Path(m.name): archive.extractfile(m) for m in archive.getmembers() if m.name.endswith(".json")}
        return {path.name.removesuffix(".json"): file.read() for path, file in found.items() if file}


def _git(root: Path, *arguments: str) -> str | None:
    """The line that git answers, None where it fails or says nothing."""
    answer = _run(root, *arguments)
    return (answer.decode().strip() or None) if answer is not None else None


def _run(root: Path, *arguments: str) -> bytes | None:
    """What git writes, None where it fails (no such revision, no repository)."""
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own arguments
    return done.stdout if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
