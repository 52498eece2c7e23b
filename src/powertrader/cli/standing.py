"""A snapshot as JSON for scripts."""

from collections.abc import Iterable
from datetime import datetime

from powertrader.core.findings import Finding
from powertrader.core.verdicts import words_for
from powertrader.models.moment import iso_text
from powertrader.models.money import fixed_text
from powertrader.models.snapshot import CoinView, ProcessView, Snapshot
from powertrader.models.status import TraderReport


def standing_json(snapshot: Snapshot, findings: Iterable[Finding]) -> dict[str, object]:
    """Give a snapshot and what needs a look in it; amounts are text in full decimals."""
    thinker, trader = snapshot.thinker, snapshot.trader
    return {
        "at": iso_text(snapshot.at),
        "market_at": _time(snapshot.market_at),
        "processes": {view.process: _process(view) for view in snapshot.processes},
        "ready": None if thinker is None else {"stage": thinker.stage, "coins": list(thinker.ready)},
        "trader": None if trader is None else _trader(trader),
        "coins": {view.coin: _coin(view) for view in snapshot.coins},
        "plugins": [
            {"process": report.process, "name": one.name, "state": one.state.value, "reason": one.reason}
            for report in snapshot.observers
            for one in report.plugins
        ],
        "free_bytes": snapshot.free_bytes,
        "findings": [
            {
                "subject": one.subject,
                "problem": one.problem,
                "reason": words_for(one.verdict),
                "advice": one.advice,
            }
            for one in findings
        ],
    }


def _process(view: ProcessView) -> dict[str, object]:
    beat, record = view.heartbeat, view.record
    return {
        "state": view.state.value,
        "pid": view.pid,
        "age_s": view.age_s,
        "mode": beat.mode if beat else "",
        "steps": beat.steps if beat else 0,
        "errors": beat.errors if beat else 0,
        "recent_errors": beat.recent_errors if beat else 0,
        "last_error": beat.last_error if beat else "",
        "restarts": record.restarts if record else 0,
        "exit_code": record.exit_code if record else None,
        "last_output": list(record.last_output) if record else [],
    }


def _trader(report: TraderReport) -> dict[str, object]:
    status = report.status
    return {
        "mode": report.mode,
        "account": report.account,
        "quote_asset": report.quote_asset,
        "at": iso_text(report.at),
        "total": None if status is None else status.total,
        "buying_power": None if status is None else status.buying_power,
        "percent_in_trade": None if status is None else status.percent_in_trade,
        "realized_profit": fixed_text(report.realized_profit),
        "trades": report.trades,
        "skipped": report.skipped,
        "halts": dict(report.halts),
        "frozen": dict(report.frozen),
        "open_orders": [
            {
                "client_order_id": order.client_order_id,
                "coin": order.coin,
                "side": order.side,
                "quantity": fixed_text(order.quantity),
                "executed": fixed_text(order.executed),
                "reason": order.reason,
                "answered": bool(order.order_id),
            }
            for order in report.open_orders
        ],
    }


def _coin(view: CoinView) -> dict[str, object]:
    training, signal, position = view.training, view.signal, view.position
    return {
        "training": training.state,
        "training_problem": training.report.reason if training.report else "",
        "trained_at": _time(training.trained_at),
        "training_age_s": training.age_s,
        "training_progress_pct": training.progress_pct,
        "long": signal.long_level if signal else None,
        "short": signal.short_level if signal else None,
        "no_signal": view.waiting,
        "verdict": view.verdict,
        "why": words_for(view.verdict),
        "halted": view.halted,
        "frozen": view.frozen,
        "quantity": position.quantity if position else 0.0,
        "value": position.value if position else 0.0,
        "gain_pct": position.gain_at_bid_pct if position else 0.0,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else iso_text(moment)
