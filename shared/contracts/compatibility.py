"""`python -m shared.contracts.compatibility [--base REF]`: what was published before must still be understood."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.contracts.envelope import decode
from shared.contracts.reading import read
from shared.contracts.schema_changes import breaks
from shared.contracts.schemas import outdated, rendered
from shared.contracts.types import ALL, UPSTREAM
from shared.contracts.undecodable import Undecodable, Unread

ROOT = Path(__file__).parents[2]
SCHEMAS = "shared/contracts/schemas"
GOLDEN = "tests/contracts/golden"


def findings(base: str | None, root: Path = ROOT) -> list[str]:
    """One line per break against the revision; none where it has no schemas yet."""
    lines = [f"{name}: differs from the code; run `python -m shared.contracts.schemas`" for name in outdated()]
    if base is None:
        return lines
    old = {_type(path): json.loads(text) for path, text in _files(base, SCHEMAS, root).items()}
    new = {_type(name): json.loads(text) for name, text in rendered().items()}
    return lines + breaks(old, new) + _unreadable(_files(base, GOLDEN, root))


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
    lines = findings(base, root)
    published = bool(base and _files(base, SCHEMAS, root))
    for line in lines:
        sys.stderr.write(f"{line}\n")
    if not lines:
        sys.stdout.write(f"Nothing published at {base} breaks.\n" if published else "Nothing was published before.\n")
    return 1 if lines else 0


def _unreadable(samples: dict[str, str]) -> list[str]:
    """Samples of the base that today's models no longer read."""
    lines: list[str] = []
    for path, text in sorted(samples.items()):
        try:
            envelope = decode(text.encode())
            read(envelope, UPSTREAM if envelope.type in UPSTREAM else ALL)
        except (Undecodable, Unread) as error:
            lines.append(f"{_type(path)}: the published sample can no longer be read: {error}")
    return lines


def _files(base: str, folder: str, root: Path) -> dict[str, str]:
    """Path -> text of the JSON files of a folder as they stood."""
    names = (_git(root, "ls-tree", "-r", "--name-only", base, "--", folder) or "").splitlines()
    return {name: _git(root, "show", f"{base}:{name}") or "" for name in names if name.endswith(".json")}


def _type(path: str) -> str:
    return Path(path).name.removesuffix(".json")


def _git(root: Path, *arguments: str) -> str | None:
    """What git says, None where it fails (no such revision, no repository)."""
    done: Any = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607 - our own arguments
    return str(done.stdout).strip() or None if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
