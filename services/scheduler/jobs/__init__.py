"""The scheduler's background work."""

from __future__ import annotations

from typing import Final

from services.scheduler.jobs.product_offers import offer_product
from shared.engine.jobs import Job

JOBS: Final[tuple[Job, ...]] = (Job("product_offers", offer_product),)
