"""A small trader written from golden/BEHAVIOUR.md section 3, for the harness that runs original scripts.

It stands for a user's pt_trader.py: the same modules used in the same way, started as a program.
"""

import json
import os
import re
import sys
import time
import traceback
import uuid
from decimal import Decimal
from pathlib import Path

import colorama
from binance.client import Client
from binance.exceptions import BinanceAPIException, BinanceOrderException

colorama.init()
HERE = Path.cwd()
SETTINGS = Path(os.environ.get("POWERTRADER_GUI_SETTINGS") or "gui_settings.json")
HUB = Path(os.environ.get("POWERTRADER_HUB_DIR") or "hub_data")
LEDGER, TRADES = HUB / "pnl_ledger.json", HUB / "trade_history.jsonl"
FINAL = {"filled", "canceled", "rejected", "expired"}
STATES = {"NEW": "pending", "PARTIALLY_FILLED": "pending", "EXPIRED_IN_MATCH": "expired"}


def read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def not_negative(value) -> float:
    return max(float(str(value).strip()), 0.0)


def percent(value) -> float:
    return not_negative(str(value).replace("%", ""))


def listed(value) -> list[str]:
    found = [str(one).strip().upper() for one in value if str(one).strip()]
    if not isinstance(value, list) or not found:
        raise ValueError(value)
    return found


def levels(value) -> list[float]:
    found = []
    for one in value if isinstance(value, list) else []:
        try:
            found.append(float(one))
        except (ValueError, TypeError):
            continue
    if not found:
        raise ValueError(value)
    return found


READERS = {
    "coins": (listed, ["BTC", "ETH", "XRP", "BNB", "DOGE"]),
    "trade_start_level": (lambda value: min(max(int(float(value)), 1), 7), 3),
    "start_allocation_pct": (percent, 0.005),
    "dca_multiplier": (not_negative, 2.0),
    "dca_levels": (levels, [-2.5, -5.0, -10.0, -20.0, -30.0, -40.0, -50.0]),
    "max_dca_buys_per_24h": (lambda value: max(int(float(value)), 0), 2),
    "pm_start_pct_no_dca": (percent, 5.0),
    "pm_start_pct_with_dca": (percent, 2.5),
    "trailing_gap_pct": (percent, 0.5),
}
TRAIL_KEYS = ("trailing_gap_pct", "pm_start_pct_no_dca", "pm_start_pct_with_dca")


class Settings:
    def __init__(self) -> None:
        self.parsed = {name: default for name, (_, default) in READERS.items()}
        self.used = dict(self.parsed)
        self.main = HERE
        self.read_at = None

    def refresh(self) -> None:
        try:
            changed = SETTINGS.stat().st_mtime
            if changed == self.read_at:
                return
            found = json.loads(SETTINGS.read_text()) or {}
            for name, (reader, _) in READERS.items():
                try:
                    self.parsed[name] = reader(found.get(name, self.parsed[name]))
                except (ValueError, TypeError):
                    continue
            named = found.get("main_neural_dir")
        except (OSError, ValueError, AttributeError):
            return
        self.read_at = changed
        for name, value in self.parsed.items():
            if value != 0 or isinstance(value, list):
                self.used[name] = value
        if isinstance(named, str) and named.strip():
            self.main = Path(named.strip()) if Path(named.strip()).is_dir() else HERE
        elif not self.main.is_dir():
            self.main = HERE


class Trader:
    def __init__(self, key: str, secret: str) -> None:
        self.client = Client(key, secret)
        self.settings = Settings()
        self.trail_rules = (0.5, 5.0, 2.5)
        self.quotes: dict[str, tuple[float, float]] = {}
        self.lots: dict[str, tuple[Decimal, Decimal]] = {}
        self.stages: dict[str, list[int]] = {}
        self.trails: dict[str, dict] = {}
        self.bought: dict[str, list[float]] = {}
        self.sold_at: dict[str, float] = {}
        self.last_totals = None
        self.basis = self.find_basis()
        self.find_stages()
        self.ledger = self.load_ledger()
        self.finish_pending()
        self.seed_window()

    # requests

    def buying_power(self) -> float:
        try:
            for one in self.client.get_account()["balances"]:
                if one["asset"] == "USDT":
                    return float(one["free"])
        except Exception:
            pass
        return 0.0

    def holdings(self) -> dict[str, float]:
        try:
            found = {
                one["asset"]: float(one["free"]) + float(one["locked"])
                for one in self.client.get_account()["balances"]
            }
        except Exception:
            return {}
        return {asset: held for asset, held in found.items() if held > 0 and asset not in ("USDT", "USDC")}

    def pairs(self) -> list[str]:
        try:
            symbols = self.client.get_exchange_info()["symbols"]
            return [
                one["symbol"] for one in symbols if one["status"] == "TRADING" and one["quoteAsset"] == "USDT"
            ]
        except Exception:
            return []

    def quote(self, coin: str) -> tuple[float, float] | None:
        symbol = coin + "USDT"
        try:
            found = self.client.get_orderbook_ticker(symbol=symbol)
            bid, ask = float(found["bidPrice"]), float(found["askPrice"])
            if bid > 0 and ask > 0:
                self.quotes[symbol] = (bid, ask)
        except Exception:
            pass
        return self.quotes.get(symbol)

    def history(self, coin: str) -> list[dict]:
        try:
            return [self.adapted(raw) for raw in self.client.get_all_orders(symbol=coin + "USDT")]
        except Exception:
            return []

    def adapted(self, raw: dict) -> dict:
        executed, value = float(raw["executedQty"]), float(raw["cummulativeQuoteQty"])
        return {
            "id": str(raw["orderId"]),
            "side": raw["side"].lower(),
            "state": STATES.get(raw["status"], raw["status"].lower()),
            "ordered": float(raw["origQty"]),
            "q": executed,
            "p": value / executed if executed > 0 else 0.0,
            "time": str(raw["time"] if "time" in raw else raw.get("transactTime", "")),
        }

    def wait_for(self, symbol: str, order_id: str) -> dict:
        while True:
            try:
                found = self.adapted(self.client.get_order(symbol=symbol, orderId=order_id))
                if found["state"] in FINAL:
                    return found
            except Exception:
                pass
            time.sleep(1)

    # basis and stages

    def find_basis(self) -> dict[str, float]:
        found = {}
        for asset, held in self.holdings().items():
            buys = [one for one in self.history(asset) if one["side"] == "buy" and one["state"] == "filled"]
            left, cost = held, 0.0
            for one in sorted(buys, key=lambda order: order["time"], reverse=True):
                if left <= 0:
                    break
                if not (one["q"] > 0 and one["p"] > 0):
                    continue
                if one["q"] > left:
                    cost, left = cost + left * one["p"], 0
                else:
                    cost, left = cost + one["q"] * one["p"], left - one["q"]
            found[asset] = cost / held
        return found

    def find_stages(self) -> None:
        for asset in self.holdings():
            orders = [one for one in self.history(asset) if one["state"] == "filled"]
            if not orders:
                continue
            orders.sort(key=lambda order: order["time"])
            sales = [one["time"] for one in orders if one["side"] == "sell"]
            buys = [one["time"] for one in orders if one["side"] == "buy"]
            if sales:
                buys = [moment for moment in buys if moment > sales[-1]]
            self.stages[asset] = (
                list(range(len([moment for moment in buys if moment > buys[0]]))) if buys else []
            )

    # books

    def load_ledger(self) -> dict:
        empty = {"total_realized_profit_usd": 0.0, "last_updated_ts": time.time()}
        empty.update({"open_positions": {}, "pending_orders": {}})
        try:
            found = json.loads(LEDGER.read_text())
        except (OSError, ValueError):
            return empty
        if not isinstance(found, dict):
            return empty
        for name, value in empty.items():
            found.setdefault(name, value)
        return found

    def save_ledger(self) -> None:
        self.ledger["last_updated_ts"] = time.time()
        HUB.mkdir(exist_ok=True)
        Path(f"{LEDGER}.tmp").write_text(json.dumps(self.ledger, indent=2))
        os.replace(f"{LEDGER}.tmp", LEDGER)

    def pending(self) -> dict:
        if not isinstance(self.ledger.get("pending_orders"), dict):
            self.ledger["pending_orders"] = {}
        return self.ledger["pending_orders"]

    def record(self, order: dict, note: dict, after: float) -> None:
        coin = note["symbol"].replace("USDT", "")
        before = note["buying_power_before"]
        delta = after - before
        if not isinstance(self.ledger.get("open_positions"), dict):
            self.ledger["open_positions"] = {}
        positions = self.ledger["open_positions"]
        position = positions.get(coin)
        if not isinstance(position, dict):
            position = positions[coin] = {"usd_cost": 0.0, "qty": 0.0}
        if order["q"] > 0 and order["p"] > 0:
            quantity, price = order["q"], (order["q"] * order["p"]) / order["q"]
        else:
            quantity, price = (order["q"] if order["q"] > 0 else order["ordered"]), None
        used = after_cost = realized = None
        if note["side"] == "buy":
            position["usd_cost"] = float(position["usd_cost"]) + max(0.0, -delta)
            position["qty"] = float(position["qty"]) + quantity
            after_cost = position["usd_cost"]
        else:
            if price is None:
                price = note.get("expected")
            held, cost = float(position["qty"]), float(position["usd_cost"])
            share = min(1.0, quantity / held) if quantity > 0 and held > 0 else 1.0
            used = cost * share
            position["usd_cost"], position["qty"] = cost - used, held - quantity
            after_cost = position["usd_cost"]
            realized = max(0.0, delta) - used
            self.ledger["total_realized_profit_usd"] = (
                float(self.ledger["total_realized_profit_usd"] or 0) + realized
            )
            if position["qty"] <= 1e-12 or position["usd_cost"] <= 1e-6:
                positions.pop(coin)
        self.save_ledger()
        pnl = note["pnl_pct"]
        if note["side"] == "sell" and note.get("live") and price is not None and note["avg_cost_basis"]:
            pnl = ((price - note["avg_cost_basis"]) / note["avg_cost_basis"]) * 100.0
        line = {
            "ts": time.time(),
            "side": note["side"],
            "tag": note["tag"],
            "symbol": note["symbol"],
            "qty": quantity,
            "price": price,
            "avg_cost_basis": note["avg_cost_basis"],
            "pnl_pct": pnl,
            "fees_usd": None,
            "realized_profit_usd": realized,
            "order_id": order["id"],
            "buying_power_before": before,
            "buying_power_after": after,
            "buying_power_delta": delta,
            "position_cost_used_usd": used,
            "position_cost_after_usd": after_cost,
        }
        with TRADES.open("a") as stream:
            stream.write(json.dumps(line) + "\n")

    def lines(self) -> list[dict]:
        found = []
        for line in read(TRADES).splitlines():
            try:
                one = json.loads(line)
            except ValueError:
                continue
            if isinstance(one, dict):
                found.append(one)
        return found

    def finish_pending(self) -> None:
        notes = self.ledger.get("pending_orders")
        for order_id, note in list(notes.items()) if isinstance(notes, dict) else []:
            symbol, side = str(note.get("symbol", "")).strip(), str(note.get("side", "")).strip()
            known = order_id in [str(line.get("order_id", "")).strip() for line in self.lines()]
            if symbol and side and not known:
                order = self.wait_for(symbol, order_id)
                if order["state"] == "filled":
                    self.record(order, note, self.buying_power())
            notes.pop(order_id)
            self.save_ledger()

    def seed_window(self) -> None:
        for line in self.lines():
            moment = line.get("ts")
            if not isinstance(moment, int | float) or isinstance(moment, bool):
                continue
            coin = str(line.get("symbol", "")).strip().upper().replace("USDT", "")
            if coin and line.get("side") == "sell":
                self.sold_at[coin] = max(self.sold_at.get(coin, 0.0), float(moment))
            elif coin and line.get("side") == "buy" and line.get("tag") == "DCA":
                self.bought.setdefault(coin, []).append(float(moment))
        for coin in self.bought:
            self.bought[coin] = sorted(self.window(coin))

    def window(self, coin: str) -> list[float]:
        since, oldest = self.sold_at.get(coin, 0.0), time.time() - 86400
        return [moment for moment in self.bought.get(coin, []) if moment > since and moment >= oldest]

    # orders

    def lot_rounded(self, symbol: str, quantity: float) -> float:
        if symbol not in self.lots:
            try:
                found = self.client.get_symbol_info(symbol)
            except Exception:
                return round(quantity, 8)
            step = least = "0.00000001"
            for one in (found or {}).get("filters", []):
                if one["filterType"] == "LOT_SIZE":
                    step, least = one["stepSize"], one["minQty"]
            self.lots[symbol] = (Decimal(step), Decimal(least))
        step, least = self.lots[symbol]
        floored = (Decimal(str(quantity)) // step) * step
        return 0.0 if floored < least else float(floored)

    def order(self, side: str, coin: str, quantity: float, note: dict) -> dict | None:
        symbol = coin + "USDT"
        rounded = self.lot_rounded(symbol, quantity)
        if rounded <= 0:
            return None
        before = self.buying_power()
        place = self.client.order_market_buy if side == "buy" else self.client.order_market_sell
        try:
            placed = place(symbol=symbol, quantity=str(rounded), newClientOrderId=uuid.uuid4().hex)
        except (BinanceAPIException, BinanceOrderException):
            return None
        except Exception:
            return None
        order_id = str(placed["orderId"])
        stored = {"symbol": symbol, "side": side, "buying_power_before": before}
        stored.update({key: note[key] for key in ("avg_cost_basis", "pnl_pct", "tag")})
        stored["created_ts"] = time.time()
        self.pending()[order_id] = stored
        self.save_ledger()
        found = self.wait_for(symbol, order_id)
        if found["state"] == "filled":
            self.record(found, {**stored, **note, "live": True}, self.buying_power())
        self.pending().pop(order_id)
        self.save_ledger()
        return found

    def buy(self, coin: str, amount: float, note: dict) -> bool:
        self.quote(coin)
        _, ask = self.quotes[coin + "USDT"]
        found = self.order("buy", coin, amount / ask, note)
        return found is not None and found["state"] == "filled"

    # one tick

    def signal(self, coin: str, name: str) -> int:
        folder = self.settings.main if coin == "BTC" else self.settings.main / coin
        try:
            return int(float(read(folder / name)))
        except (ValueError, OverflowError):
            return 0

    def shown_levels(self, coin: str) -> list[float]:
        folder = self.settings.main if coin == "BTC" else self.settings.main / coin
        found: dict[float, float] = {}
        for part in re.split(r"[,;|\s]+", read(folder / "low_bound_prices.html").strip().strip("[]()")):
            try:
                found.setdefault(round(float(part), 12), float(part))
            except ValueError:
                continue
        return sorted(found.values(), reverse=True)

    def tick(self) -> None:
        self.settings.refresh()
        used = self.settings.used
        rules = tuple(used[name] for name in TRAIL_KEYS)
        if rules != self.trail_rules:
            self.trails.clear()
            self.trail_rules = rules
        power, held = self.buying_power(), self.holdings()
        self.held_now, self.held_at_start = None, held
        pairs = self.pairs()
        for asset in held:
            self.quote(asset)
        prices = {asset: self.quotes.get(asset + "USDT") for asset in held}
        for coin in used["coins"]:
            if coin not in held:
                prices[coin] = self.quote(coin)
        totals = self.totals(power, held, prices)
        positions: dict[str, dict] = {}
        traded = False
        for asset, quantity in list(held.items()):
            pair = prices[asset]
            if pair is None:
                continue
            positions[asset] = self.entry(asset, quantity, pair)
            traded = self.manage(asset, quantity, pair, totals[1]) or traded
        for coin in used["coins"]:
            if coin not in positions and prices.get(coin) is not None:
                positions[coin] = self.unheld(coin, prices[coin])
        if not pairs:
            return
        traded = self.enter(totals[0], traded) or traded
        if traded:
            time.sleep(5)
            self.basis = self.find_basis() or self.basis
            self.find_stages()
        self.publish(totals, positions)

    def totals(self, power: float, held: dict[str, float], prices: dict) -> tuple[float, ...]:
        buy_value = sell_value = 0.0
        for asset, quantity in held.items():
            if prices[asset] is not None:
                buy_value += quantity * prices[asset][1]
                sell_value += quantity * prices[asset][0]
        total = power + sell_value
        share = (sell_value / total) * 100 if total > 0 else 0.0
        found = (total, power, sell_value, buy_value, share)
        if any(prices[asset] is None for asset in held) or total <= 0:
            return self.last_totals or found
        self.last_totals = found
        return found

    def gains(self, asset: str, pair: tuple[float, float]) -> tuple[float, float, float]:
        basis = self.basis.get(asset, 0)
        if basis > 0:
            return basis, ((pair[1] - basis) / basis) * 100, ((pair[0] - basis) / basis) * 100
        return basis, 0, 0

    def entry(self, asset: str, quantity: float, pair: tuple[float, float]) -> dict:
        used, (basis, gain_buy, gain_sell) = self.settings.used, self.gains(asset, pair)
        Path(f"{asset}_current_price.txt").write_text(str(pair[1]))
        stage = len(self.stages.get(asset, []))
        level = used["dca_levels"][min(stage, len(used["dca_levels"]) - 1)]
        shown = f"{level:.2f}%"
        line, source = (basis * (1.0 + (level / 100.0)) if basis > 0 else 0.0), "HARD"
        start_level = used["trade_start_level"]
        if stage < 7 - start_level:
            number = start_level + 1 + stage
            shown += f" / N{number}"
            found = self.shown_levels(asset)
            if basis > 0 and len(found) >= number and found[number - 1] > line:
                line, source = found[number - 1], f"NEURAL N{number}"
        active, trail_line, peak, apart = False, 0.0, 0.0, 0.0
        if basis > 0:
            state = self.trails.get(asset)
            trail_line = state["line"] if state else self.start_line(asset, basis)
            peak = state["peak"] if state else 0.0
            active = bool(state and state["active"]) or pair[0] >= trail_line
            apart = ((pair[0] - trail_line) / trail_line) * 100.0 if trail_line > 0 else 0.0
        return {
            "quantity": quantity,
            "avg_cost_basis": basis,
            "current_buy_price": pair[1],
            "current_sell_price": pair[0],
            "gain_loss_pct_buy": gain_buy,
            "gain_loss_pct_sell": gain_sell,
            "value_usd": quantity * pair[0],
            "dca_triggered_stages": stage,
            "next_dca_display": shown,
            "dca_line_price": line,
            "dca_line_source": source,
            "dca_line_pct": gain_buy if basis > 0 else 0.0,
            "trail_active": active,
            "trail_line": trail_line,
            "trail_peak": peak,
            "dist_to_trail_pct": apart,
        }

    def unheld(self, coin: str, pair: tuple[float, float]) -> dict:
        zero = 0.0
        Path(f"{coin}_current_price.txt").write_text(str(pair[1]))
        return {
            **dict.fromkeys(("quantity", "avg_cost_basis"), zero),
            "current_buy_price": pair[1],
            "current_sell_price": pair[0],
            **dict.fromkeys(("gain_loss_pct_buy", "gain_loss_pct_sell", "value_usd"), zero),
            "dca_triggered_stages": len(self.stages.get(coin, [])),
            "next_dca_display": "",
            "dca_line_price": zero,
            "dca_line_source": "N/A",
            "dca_line_pct": zero,
            "trail_active": False,
            **dict.fromkeys(("trail_line", "trail_peak", "dist_to_trail_pct"), zero),
        }

    def start_line(self, asset: str, basis: float) -> float:
        name = "pm_start_pct_with_dca" if self.stages.get(asset) else "pm_start_pct_no_dca"
        return basis * (1.0 + (self.settings.used[name] / 100.0))

    def manage(self, asset: str, quantity: float, pair: tuple[float, float], power: float) -> bool:
        basis, gain_buy, gain_sell = self.gains(asset, pair)
        if basis > 0 and self.trails_out(asset, quantity, pair[0], (basis, gain_sell)):
            return True
        used, stage = self.settings.used, len(self.stages.get(asset, []))
        hit = gain_buy <= used["dca_levels"][min(stage, len(used["dca_levels"]) - 1)]
        if stage < 4 and gain_buy < 0 and self.signal(asset, "long_dca_signal.txt") >= stage + 4:
            hit = True
        if not hit:
            return False
        amount = (quantity * pair[0]) * used["dca_multiplier"]
        if asset in self.bought:
            self.bought[asset] = self.window(asset)
        if len(self.bought.get(asset, [])) >= used["max_dca_buys_per_24h"] or amount > power:
            return False
        note = {"tag": "DCA", "avg_cost_basis": basis, "pnl_pct": gain_buy}
        if not self.buy(asset, amount, note):
            return False
        self.stages.setdefault(asset, []).append(stage)
        self.bought.setdefault(asset, []).append(float(time.time()))
        self.bought[asset] = self.window(asset)
        self.trails.pop(asset, None)
        return True

    def trails_out(self, asset: str, quantity: float, bid: float, gain: tuple[float, float]) -> bool:
        start = self.start_line(asset, gain[0])
        state = self.trails.setdefault(
            asset, {"active": False, "line": start, "peak": 0.0, "was_above": False}
        )
        if not state["active"] or state["line"] < start:
            state["line"] = start
        above = bid >= state["line"]
        if not state["active"] and above:
            state["active"], state["peak"] = True, bid
        if state["active"]:
            state["peak"] = max(state["peak"], bid)
            gap = self.settings.used["trailing_gap_pct"]
            state["line"] = max(state["line"], state["peak"] * (1.0 - gap / 100.0), start)
            if state["was_above"] and bid < state["line"]:
                note = {"tag": "TRAIL_SELL", "avg_cost_basis": gain[0], "pnl_pct": gain[1], "expected": bid}
                if self.order("sell", asset, quantity, note) is not None:
                    self.trails.pop(asset, None)
                    self.sold_at[asset] = float(time.time())
                    self.bought[asset] = []
                    self.held_now = self.holdings()
                    return True
        state["was_above"] = above
        return False

    def enter(self, total: float, traded: bool) -> bool:
        del traded
        used = self.settings.used
        held = getattr(self, "held_now", None)
        if held is None:
            held = self.held_at_start
        self.held_now = None
        amount = max(total * (used["start_allocation_pct"] / 100), 0.5)
        entered = False
        for coin in used["coins"]:
            if coin in held:
                continue
            long, short = [self.signal(coin, f"{side}_dca_signal.txt") for side in ("long", "short")]
            if long < used["trade_start_level"] or short != 0:
                continue
            if self.buy(coin, amount, {"tag": None, "avg_cost_basis": None, "pnl_pct": None}):
                entered = True
                self.stages[coin] = []
                self.bought[coin] = []
                self.trails.pop(coin, None)
                held = self.holdings()
        return entered

    def publish(self, totals: tuple[float, ...], positions: dict[str, dict]) -> None:
        used = self.settings.used
        HUB.mkdir(exist_ok=True)
        with (HUB / "account_value_history.jsonl").open("a") as stream:
            stream.write(json.dumps({"ts": time.time(), "total_account_value": totals[0]}) + "\n")
        names = (
            "total_account_value",
            "buying_power",
            "holdings_sell_value",
            "holdings_buy_value",
            "percent_in_trade",
        )
        account = dict(zip(names, totals, strict=True))
        for name in ("pm_start_pct_no_dca", "pm_start_pct_with_dca", "trailing_gap_pct"):
            account[name] = used[name]
        status = {"timestamp": time.time(), "account": account, "positions": positions}
        (HUB / "trader_status.json").write_text(json.dumps(status, indent=2))


def main() -> None:
    key, secret = read(Path("b_key.txt")), read(Path("b_secret.txt"))
    if not key or not secret:
        sys.exit(1)
    trader = Trader(key, secret)
    while True:
        try:
            trader.tick()
            time.sleep(0.5)
        except Exception:
            traceback.print_exc()


if __name__ == "__main__":
    main()
