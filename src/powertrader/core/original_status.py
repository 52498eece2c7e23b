"""The original's trader_status.json, account_value_history.jsonl and price files from our status.

Source: golden/BEHAVIOUR.md 3.5 and 3.8.
"""

import json

from powertrader.core.original_books import epoch
from powertrader.models.status import PositionStatus, TraderStatus


def status_text(status: TraderStatus) -> str:
    """Give the content of trader_status.json."""
    account = {
        "total_account_value": status.total,
        "buying_power": status.buying_power,
        "holdings_sell_value": status.holdings_sell_value,
        "holdings_buy_value": status.holdings_buy_value,
        "percent_in_trade": status.percent_in_trade,
        "pm_start_pct_no_dca": status.pm_start_pct_no_dca,
        "pm_start_pct_with_dca": status.pm_start_pct_with_dca,
        "trailing_gap_pct": status.trailing_gap_pct,
    }
    positions = {position.coin: _position(position) for position in status.positions}
    document = {"timestamp": epoch(status.at), "account": account, "positions": positions}
    return json.dumps(document, indent=2)


def account_value_line(status: TraderStatus) -> str:
    """Give the line of account_value_history.jsonl, without its line feed."""
    return json.dumps({"ts": epoch(status.at), "total_account_value": status.total})


def price_text(position: PositionStatus) -> str:
    """Give the content of COIN_current_price.txt."""
    return repr(position.ask)


def _position(position: PositionStatus) -> dict[str, object]:
    return {
        "quantity": position.quantity,
        "avg_cost_basis": position.basis,
        "current_buy_price": position.ask,
        "current_sell_price": position.bid,
        "gain_loss_pct_buy": position.gain_at_ask_pct,
        "gain_loss_pct_sell": position.gain_at_bid_pct,
        "value_usd": position.value,
        "dca_triggered_stages": position.stage,
        "next_dca_display": position.next_dca,
        "dca_line_price": position.dca_line,
        "dca_line_source": position.dca_line_source,
        "dca_line_pct": position.dca_line_pct,
        "trail_active": position.trail_active,
        "trail_line": position.trail_line,
        "trail_peak": position.trail_peak,
        "dist_to_trail_pct": position.distance_to_trail_pct,
    }
