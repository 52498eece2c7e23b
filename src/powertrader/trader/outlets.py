"""What a trader leaves behind after a step: its report, its decisions, and the original's files."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from powertrader.core.decision_log import line_of
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.mailbox import TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.book import Book
from powertrader.models.order import OpenOrder
from powertrader.models.status import OrderStatus, TraderReport, TraderStatus
from powertrader.models.types import CoinSymbol, Environment
from powertrader.trader.session import Session, StepReport
from powertrader.trader.status import status_of

REPORT_EVERY_S: Final = 1.0
"""A report in which nothing happened is written at most this often, in seconds of the wall clock."""
log = logging.getLogger(__name__)


class StatusExport(Protocol):
    """Where the original's files are written."""

    def publish(self, status: TraderStatus) -> None:
        """Bring trader_status.json and account_value_history.jsonl up to date."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose trader this is."""

    mode: Environment
    account: str
    quote_asset: str


class TraderOutlets:
    """Writes what others read. A file that cannot be written is told of once and stops nothing.

    verdicts: what the newest step decided on each coin that is listed or held.
    """

    def __init__(self, identity: Identity, paths: HomePaths, store: FileStore, exports: StatusExport) -> None:
        """Bind the files."""
        self._identity = identity
        self._paths = paths
        self._store = store
        self._mailbox = Mailbox(store, paths)
        self._exports = exports
        self.verdicts: Mapping[CoinSymbol, str] = {}
        self._status: TraderStatus | None = None
        self._written_at: datetime | None = None
        self._problem = ""

    def publish(self, report: StepReport, session: Session, wall_now: datetime) -> None:
        """Write what a step decided, and how things stand."""
        self.verdicts = report.verdicts
        since_s = (wall_now - self._written_at).total_seconds() if self._written_at else REPORT_EVERY_S
        if not report.records and not report.outcomes and 0 <= since_s < REPORT_EVERY_S:
            return
        self._written_at = wall_now
        self._status = None if report.view is None else status_of(report.view)
        try:
            self._write(report, session, wall_now)
        except PowerTraderError as error:
            if str(error) != self._problem:
                log.warning("status not written", extra={"reason": str(error)})
            self._problem = str(error)
            return
        self._problem = ""

    def _write(self, report: StepReport, session: Session, wall_now: datetime) -> None:
        identity = self._identity
        decisions = self._paths.decisions(identity.mode, identity.account, report.at.date())
        for record in report.records:
            self._store.append_jsonl(decisions, line_of(record))
        path = self._paths.trader_report(identity.mode, identity.account)
        self._mailbox.publish(path, TRADER, self._report(report, session, wall_now))
        if self._status is not None and report.complete:
            self._exports.publish(self._status)

    def _report(self, report: StepReport, session: Session, wall_now: datetime) -> TraderReport:
        book, identity = session.book, self._identity
        return TraderReport(
            identity.mode,
            identity.account,
            identity.quote_asset,
            wall_now,
            report.at,
            self._status,
            report.skipped or report.ended_by or "",
            tuple(self.verdicts.items()),
            () if report.view is None else tuple(report.view.frozen.items()),
            tuple([(coin or "", reason) for coin, reason in stopped_of(book)]),
            tuple([_order(name, order) for name, order in book.open_orders.items()]),
            book.realized_profit,
            book.written_off,
            book.trades_closed,
        )


def _order(client_order_id: str, order: OpenOrder) -> OrderStatus:
    intent = order.intent
    return OrderStatus(
        client_order_id,
        order.order_id or "",
        intent.coin,
        intent.side.value,
        intent.quantity,
        order.executed,
        intent.reason,
        intent.decided_at,
    )


def stopped_of(book: Book) -> Iterator[tuple[CoinSymbol | None, str]]:
    """Name what is not bought, and what nothing is done with, by coin; None stands for all."""
    yield from book.halts.items()
    yield from ((coin, halted.reason) for coin, halted in book.freezes.items())
