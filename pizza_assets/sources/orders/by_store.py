"""Orders of a service that are read store by store: what a week has if stores fail. Requests do not belong here."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC
from typing import Any, ClassVar

from pizza_assets.counted_noun import counted_noun
from pizza_assets.errors import MisfitPages, SourceError
from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import Clock, SourceResult
from pizza_assets.sources.joined_errors import joined_errors
from pizza_assets.sources.orders.api_contract import Store, StoresFile
from pizza_assets.sources.orders.listing import Period, StoreAnswer
from pizza_assets.sources.refusal import RefusedValueError, refused_row

LISTING_ATTEMPTS = 3
"""How often a listing is read if its pages are inconsistent, as they are when orders arrive meanwhile."""


class OrdersByStore(ABC):
    """An OrderSource of a service and its stores. It remembers which weeks failed, for `failure`."""

    name: ClassVar[str]
    is_remote = True

    def __init__(self, stores: StoresFile, text: str, now: Clock) -> None:
        """text: of the file `stores`, on which the answers depend."""
        self._file, self._text, self._now = stores, text, now
        self._failures: dict[str, SourceError | None] = {}

    @property
    def label(self) -> DataSource:
        return self._file.label

    def identity(self, week: MatchWeek) -> str | None:
        """The text of the file of stores; None for a future week."""
        return None if self._now() < week.starts_at else self._text

    def orders(self, week: MatchWeek, *, may_stream: bool = False) -> SourceResult:  # noqa: ARG002
        """The week's orders so far, under the file's label; a future week is not covered.

        If a store fails, its whole market is left out, because the count would be too low; `reason` names it. Raises
        SourceError if no market is left.
        """
        ends_at = min(week.ends_at, self._now().astimezone(UTC).replace(second=0, microsecond=0))
        if ends_at <= week.starts_at:
            reason = f"week {week.key} has not begun"
            return SourceResult(RawOrders.empty(), self.label, self.name, is_covered=False, reason=reason)
        try:
            result = self._answer(Period(week.starts_at, ends_at))
        except SourceError as error:
            self._failures[week.key] = error
            raise
        self._failures[week.key] = None
        return result

    def failure(self, week: MatchWeek) -> SourceError | None:
        """Why the week's orders could not be fetched; None if they were. Fetches the week if nobody has."""
        if week.key not in self._failures:
            with contextlib.suppress(SourceError):  # kept in self._failures
                self.orders(week)
        return self._failures.get(week.key)

    def _answer(self, period: Period) -> SourceResult:
        answers: dict[str, StoreAnswer] = {}
        failures: dict[str, SourceError] = {}
        for store in self._file.store:
            try:
                answers[store.id] = _again_if_misfit(lambda store=store: self._read(store, period))
            except SourceError as error:
                failures[store.id] = error
        broken = {store.market for store in self._file.store if store.id in failures}
        markets = sorted({store.market for store in self._file.store} - broken)
        if not markets:
            raise joined_errors(list(failures.values()))
        whole = [store.id for store in self._file.store if store.market in markets]
        rows, rejected = _unique([answers[store_id] for store_id in whole])
        reasons = [
            f"store {store.id} failed ({failures[store.id]}), so market {store.market} is missing"
            for store in self._file.store
            if store.id in failures
        ]
        repeated = sum(answers[store_id].repeated for store_id in whole)
        sent_again = counted_noun(repeated, "order was", "orders were")
        notes = [f"{sent_again} sent again; the last version counts"] if repeated else []
        notes += [note for store_id in whole for note in answers[store_id].notes]
        currencies = {(store.market, answers[store.id].currency) for store in self._file.store if store.id in whole}
        return SourceResult(
            rows=RawOrders.conform(rows),
            data_source=self.label,
            source_name=self.name,
            covered=tuple(
                CoveredPeriod(market, self._file.chain, currency, period.starts_at, period.ends_at)
                for market, currency in sorted(currencies)
            ),
            reason="; ".join([*reasons, *notes]) or None,
            is_partial=bool(reasons),
            rejected=RejectedRows.conform(rejected),
        )

    @abstractmethod
    def _read(self, store: Store, period: Period) -> StoreAnswer:
        """The store's orders of the period. Raises SourceError."""


def _again_if_misfit(read: Callable[[], StoreAnswer]) -> StoreAnswer:
    """A store's listing, read again if its pages are inconsistent."""
    for _ in range(LISTING_ATTEMPTS - 1):
        with contextlib.suppress(MisfitPages):
            return read()
    return read()


def _unique(answers: list[StoreAnswer]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The orders of all stores, and the refused rows; of two stores with the same order id, the first one keeps it."""
    owner: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    rejected = [row for answer in answers for row in answer.rejected]
    for answer in answers:
        for number, (order_id, order) in enumerate(answer.orders.items(), start=1):
            if order_id in owner:
                why = f"store {owner[order_id]} has an order with the same id"
                refusal = RefusedValueError("order_id", "is_unique", order_id, why)
                rejected.append(refused_row(refusal, f"store {order['store_id']}", number, order_id, "order"))
                continue
            owner[order_id] = order["store_id"]
            rows.append(order)
    return rows, rejected
