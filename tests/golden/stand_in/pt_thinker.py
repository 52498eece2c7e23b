"""A small thinker written from golden/BEHAVIOUR.md section 2, for the harness that runs original scripts.

It stands for a user's pt_thinker.py: the same modules used in the same way, started as a program.
"""

import json
import os
import sys
import time
import traceback
from pathlib import Path

from binance.client import Client
from kucoin.client import Market

MAIN = os.path.dirname(os.path.abspath(__file__))
SETTINGS = os.environ.get("POWERTRADER_GUI_SETTINGS") or os.path.join(MAIN, "gui_settings.json")
HUB = os.environ.get("POWERTRADER_HUB_DIR") or os.path.join(MAIN, "hub_data")
TIMEFRAMES = ["1hour", "2hour", "4hour", "8hour", "12hour", "1day", "1week"]
LOW, HIGH = 0.01, 99999999999999999
NAMES = ["memories", "memory_weights", "memory_weights_high", "memory_weights_low"]
market = Market(url="https://api.kucoin.com")
coins = ["BTC", "ETH", "XRP", "BNB", "DOGE"]
read_at = [0.0]
states: dict[str, dict[str, list]] = {}
ready: set[str] = set()
client: list[Client] = []


def ask_of(coin: str) -> float:
    if not client:
        key, secret = [Path(MAIN, name).read_text().strip() for name in ("b_key.txt", "b_secret.txt")]
        client.append(Client(key, secret))
    return float(client[0].get_orderbook_ticker(symbol=f"{coin}USDT")["askPrice"])


def insist(ask, *given):
    while True:
        try:
            return ask(*given)
        except Exception:
            continue


def reload() -> None:
    try:
        changed = os.path.getmtime(SETTINGS)
        if changed == read_at[0]:
            return
        found = (json.loads(Path(SETTINGS).read_text()) or {}).get("coins")
        read_at[0] = changed
        listed = [str(one).strip().upper() for one in found if str(one).strip()]
        if listed:
            coins[:] = listed
    except (OSError, ValueError, AttributeError, TypeError):
        pass


def write_ready(stage: str, is_ready: bool, total: int) -> None:
    os.makedirs(HUB, exist_ok=True)
    content = {"timestamp": time.time(), "ready": is_ready, "stage": stage}
    content.update({"ready_coins": sorted(ready), "total_coins": total})
    Path(HUB, "runner_ready.json.tmp").write_text(json.dumps(content, indent=2))
    os.replace(os.path.join(HUB, "runner_ready.json.tmp"), os.path.join(HUB, "runner_ready.json"))


def enter(coin: str) -> None:
    folder = MAIN if coin == "BTC" else os.path.join(MAIN, coin)
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)


def initialise(coin: str) -> None:
    enter(coin)
    Path("alerts_version.txt").write_text("5/3/2022/9am")
    Path("futures_long_onoff.txt").write_text("OFF")
    Path("futures_short_onoff.txt").write_text("OFF")
    for timeframe in TIMEFRAMES:
        insist(market.get_kline, f"{coin}-USDT", timeframe)
    states[coin] = {
        "low": [LOW] * 7,
        "high": [HIGH] * 7,
        "new": [(LOW, HIGH, True, 0)] * 7,
        "version": [0, 0],
    }


def clean(text: str) -> str:
    for mark in "'\",[]":
        text = text.replace(mark, "")
    return text


def predict(timeframe: str, opened: float, close: float) -> tuple[float, float, bool, int]:
    body = 100 * ((close - opened) / opened)
    threshold = float(Path(f"neural_perfect_threshold_{timeframe}.txt").read_text())
    lists: list[list[float]] = [[], [], []]
    issue = 0
    try:
        texts = [clean(Path(f"{name}_{timeframe}.txt").read_text(errors="ignore")) for name in NAMES]
        weights = [text.split(" ") for text in texts[1:]]
        for number, entry in enumerate(texts[0].split("~")):
            parts = entry.split("{}")
            first = parts[0].split(" ")
            other = float(first[0])
            mean = (body + other) / 2
            apart = 0.0 if mean == 0 else abs((abs(body - other) / mean) * 100)
            if apart <= threshold:
                high, low = [float(part.replace(" ", "")) / 100 for part in parts[1:3]]
                moves = [float(first[-1]), high, low]
                own = [float(weight[number]) for weight in weights]
                for each, move, weight in zip(lists, moves, own, strict=True):
                    if weight != 0:
                        each.append(move * weight)
    except (OSError, ValueError, IndexError):
        lists, issue = [[], [], []], 1
    Path(f"neural_perfect_threshold_{timeframe}.txt").write_text(str(threshold))
    if not all(lists):
        return close, close, False, issue
    high, low = [sum(each) / len(each) for each in lists[1:]]
    return close + (close * low), close + (close * high), True, 0


def spaced(low: list[float], high: list[float]) -> None:
    j, gap = 0, 0.0
    while j < 6:
        if LOW in low[j : j + 2] or HIGH in high[j : j + 2]:
            j, gap = j + 1, gap + 0.25
            continue
        apart = []
        for each in (low, high):
            try:
                apart.append((abs(each[j] - each[j + 1]) / ((each[j] + each[j + 1]) / 2)) * 100)
            except ZeroDivisionError:
                apart.append(0.0)
        if apart[0] < 0.25 + gap or low[j + 1] > low[j]:
            low[j + 1] = low[j + 1] - (low[j + 1] * 0.0005)
        elif apart[1] < 0.25 + gap or high[j + 1] < high[j]:
            high[j + 1] = high[j + 1] + (high[j + 1] * 0.0005)
        else:
            j, gap = j + 1, gap + 0.25


def write_signal(long: int, short: int, margin: float) -> None:
    Path("futures_long_profit_margin.txt").write_text(str(margin))
    Path("long_dca_signal.txt").write_text(str(long))
    Path("futures_short_profit_margin.txt").write_text(str(abs(margin)))
    Path("short_dca_signal.txt").write_text(str(short))


def sweep(coin: str, total: int) -> None:
    state = states[coin]
    ask = insist(ask_of, coin)
    lows, highs = [(state[name] + [edge] * 7)[:7] for name, edge in (("low", LOW), ("high", HIGH))]
    sides, margins, shown = [], [], False
    for number, timeframe in enumerate(TIMEFRAMES):
        insist(market.get_kline, f"{coin}-USDT", timeframe)
        low, high, active, _ = state["new"][number]
        side, margin = "none", 0.0
        if ask > highs[number] and high != low:
            side, margin = "short", ((high - ask) / abs(ask)) * 100
        elif ask < lows[number] and high != low:
            side, margin = "long", ((low - ask) / abs(ask)) * 100
        shown = shown or active or side != "none"
        sides.append(side)
        margins.append(margin)
    half = 0.5 / 100
    bounds = [
        (low - low * half, high + high * half) if active else (LOW, HIGH)
        for low, high, active, _ in state["new"]
    ]
    low, high = [pair[0] for pair in bounds], [pair[1] for pair in bounds]
    sorted_low, sorted_high = sorted(low, reverse=True), sorted(high)
    low_at, high_at = [low.index(one) for one in sorted_low], [high.index(one) for one in sorted_high]
    spaced(sorted_low, sorted_high)
    state["low"] = [sorted_low[low_at.index(index)] for index in range(7) if index in low_at]
    state["high"] = [sorted_high[high_at.index(index)] for index in range(7) if index in high_at]
    before = state["version"][0]
    state["version"][0] += 1
    Path("low_bound_prices.html").write_text(", ".join(str(one) for one in sorted_low))
    Path("high_bound_prices.html").write_text(", ".join(str(one) for one in sorted_high))
    (ready.add if before >= 1 and shown else ready.discard)(coin)
    is_ready = len(ready) >= total
    write_ready("real_predictions" if is_ready else "warming_up", is_ready, total)
    kept = [margin for margin in margins if margin != 0]
    mean = sum(kept) / len(kept) if kept else 0.25
    write_signal(sides.count("long"), sides.count("short"), max(mean, 0.25))
    for timeframe in TIMEFRAMES:
        insist(market.get_kline, f"{coin}-USDT", timeframe)


def is_trained() -> bool:
    try:
        trained = float(Path("trainer_last_training_time.txt").read_text())
        return trained > 0 and time.time() - trained <= 1209600
    except (OSError, ValueError):
        return False


def step(coin: str, total: int) -> None:
    enter(coin)
    if not is_trained():
        write_signal(0, 0, 0.25)
        ready.discard(coin)
        is_ready = len(ready) >= len(coins)
        write_ready("real_predictions" if is_ready else "training_required", is_ready, len(coins))
        return
    state = states[coin]
    index = state["version"][1]
    while True:
        rows = insist(market.get_kline, f"{coin}-USDT", TIMEFRAMES[index])
        try:
            row = str(rows).split("], [")[1].split(", ")
            opened, close = float(clean(row[1])), float(clean(row[2]))
            break
        except (IndexError, ValueError):
            continue
    state["new"] = list(state["new"])
    state["new"][index] = predict(TIMEFRAMES[index], opened, close)
    state["version"][1] = (index + 1) % 7
    if index == 6:
        sweep(coin, total)


def main() -> None:
    reload()
    total = len(coins)
    write_ready("starting", False, total)
    known = list(coins)
    for coin in coins:
        initialise(coin)
    try:
        while True:
            reload()
            for coin in set(known) - set(coins):
                ready.discard(coin)
            added = [coin for coin in coins if coin not in known]
            known = list(coins)
            for coin in added:
                initialise(coin)
            for coin in coins:
                step(coin, total)
            os.system("cls" if os.name == "nt" else "clear")
            time.sleep(0.15)
    except Exception:
        traceback.print_exc()
        sys.exit(0)


if __name__ == "__main__":
    main()
