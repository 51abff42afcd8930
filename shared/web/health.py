"""`python -m shared.web.health`: is the service of this container ready? A probe runs often, so it imports little."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

EVERYWHERE = "0.0.0.0"  # noqa: S104 - compared with, never bound


def ask(host: str, port: int) -> int:
    """0 when `/readyz` says so, else 1 after a line that says why not."""
    url = f"http://{'127.0.0.1' if host == EVERYWHERE else host}:{port}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=3):
            return 0
    except urllib.error.HTTPError as error:
        sys.stderr.write(f"not ready: {error.read().decode(errors='replace')}\n")
    except OSError as error:
        sys.stderr.write(f"not ready: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(ask(os.environ.get("HOLDFAST_HOST", "127.0.0.1"), int(os.environ["HOLDFAST_PORT"])))
