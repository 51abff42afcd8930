"""Plants one bug in a process that is started with this folder on PYTHONPATH and HOLDFAST_PLANTED set."""

import os

if name := os.environ.get("HOLDFAST_PLANTED"):
    from tests.faults.plants.bugs import plant

    plant(name)
