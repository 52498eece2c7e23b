"""A small trainer written from golden/BEHAVIOUR.md section 1, for the harness that runs original scripts.

It stands for a user's pt_trainer.py: the same modules used in the same way, started as a program.
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

import psutil
from kucoin.client import Market

TIMEFRAMES = ["1hour", "2hour", "4hour", "8hour", "12hour", "1day", "1week"]
MINUTES = [60, 120, 240, 480, 720, 1440, 10080]
NAMES = ["memories", "memory_weights", "memory_weights_high", "memory_weights_low"]
COIN = (sys.argv[1] if len(sys.argv) > 1 else "BTC").upper()
STARTED = int(time.time())
market = Market(url="https://api.kucoin.com")
_me = psutil.Process(os.getpid())
os.system("cls" if os.name == "nt" else "clear")


def write_json(name: str, content: dict[str, object]) -> None:
    Path(name).write_text(json.dumps(content))


def progress(timeframe: str, index: int, current: int = 0, total: int = 0) -> None:
    part = (current / total) * (100 / 7) if total > 0 else 0
    content = {"coin": COIN, "timeframe": timeframe, "tf_index": index, "tf_total": 7}
    shares = {"candle_current": current, "candle_total": total}
    pct = round(min(100, (index / 7) * 100 + part), 1)
    write_json("trainer_progress.json", {**content, **shares, "pct": pct, "timestamp": int(time.time())})


def clean(text: str) -> str:
    for mark in "'\",[]":
        text = text.replace(mark, "")
    return text


def candles(timeframe: str) -> tuple[list[tuple[float, float, float, float]], int]:
    span_s = 1500 * MINUTES[TIMEFRAMES.index(timeframe)] * 60
    started = int(time.time())
    end, start, rows = started, started - span_s, []
    while True:
        time.sleep(0.5)
        try:
            page = market.get_kline(f"{COIN}-USDT", timeframe, startAt=start, endAt=end)
        except Exception:
            continue
        found = str(page).split("], [")
        rows += found
        end, start = start, start - span_s
        if len(found) < 1000 or end <= 0:
            break
    first = 1 if timeframe in ("1day", "1week") else int(len(rows) / 2)
    usable = []
    for row in rows[first:]:
        try:
            _, opened, close, high, low = [float(field) for field in clean(row).split(" ")[:5]]
        except ValueError:
            continue
        usable.append((opened, close, high, low))
    with contextlib.suppress(Exception):
        market.get_ticker(f"{COIN}-USDT")
    return usable[::-1], started


def loaded(timeframe: str) -> list[list[str]]:
    found = []
    for name in NAMES:
        path = Path(f"{name}_{timeframe}.txt")
        text = clean(path.read_text(errors="ignore")) if path.exists() else None
        found.append([] if text is None else text.split("~" if name == "memories" else " "))
    return found


def save(timeframe: str, memory: list[list[str]]) -> None:
    for name, entries in zip(NAMES, memory, strict=True):
        joint = "~" if name == "memories" else " "
        Path(f"{name}_{timeframe}.txt").write_text(joint.join(one for one in entries if one.strip()))


def matches(timeframe: str, body: float, threshold: float) -> list[tuple[float, float]]:
    found = []
    try:
        entries, close_w, high_w, low_w = [
            clean(Path(f"{name}_{timeframe}.txt").read_text(errors="ignore")).split(
                "~" if name == "memories" else " "
            )
            for name in NAMES
        ]
        for number, entry in enumerate(entries):
            parts = entry.split("{}")
            first = parts[0].split(" ")
            other = float(first[0])
            mean = (body + other) / 2
            apart = 0.0 if mean == 0 else abs((abs(body - other) / mean) * 100)
            if apart <= threshold:
                float(parts[1].replace(" ", "")), float(parts[2].replace(" ", ""))
                float(high_w[number]), float(low_w[number])
                found.append((float(first[-1]), float(close_w[number])))
    except (OSError, ValueError, IndexError):
        return []
    return found


def is_to_stop() -> bool:
    killer = Path("killer.txt")
    return killer.exists() and killer.read_text().strip().lower() == "yes"


class Stop(Exception):
    pass


def train(timeframe: str, written: list[float]) -> None:
    memory = loaded(timeframe)
    dirty = False
    index = TIMEFRAMES.index(timeframe)
    for stage in (0, 1, 2):
        rows, started = candles("1hour" if stage == 0 else timeframe)
        n = len(rows)
        threshold, i = 1.0, 0
        w = int(n * 0.5) if stage == 2 else 10
        while n == 0 or w > n:
            w = w + 0
        while True:
            i += 1
            bodies = [100 * ((row[1] - row[0]) / row[0]) for row in rows[:w]]
            body, close = bodies[-1], rows[w - 1][1]
            if i % 50 == 0 and is_to_stop():
                Path("trainer_last_start_time.txt").write_text(str(started))
                stamp = {"tf_index": index, "tf_total": 7, "timestamp": int(time.time())}
                write_json("trainer_checkpoint.json", {"coin": COIN, **stamp})
                state = {"coin": COIN, "state": "INTERRUPTED", "started_at": STARTED}
                write_json("trainer_status.json", {**state, **stamp})
                save(timeframe, memory)
                raise Stop
            found = matches(timeframe, body, threshold)
            step = 0.001 if threshold < 0.1 else 0.01
            threshold = max(threshold - step, 0.0) if len(found) > 20 else min(threshold + step, 100.0)
            if i % 200 == 0 or not written or abs(threshold - written[-1]) >= 0.05:
                Path(f"neural_perfect_threshold_{timeframe}.txt").write_text(str(threshold))
                written.append(threshold)
            if i % 200 == 0:
                progress(timeframe, index, w, n)
            predicted = close
            if found:
                predicted = close + (
                    close * ((sum(move * weight for move, weight in found) / len(found)) / 100)
                )
            w += 1
            v = w - 1
            if stage < 2 and v >= int(n * 0.25):
                break
            if v == n:
                finish(timeframe, index, memory, started)
                return
            if predicted == 0 or close == 0:
                continue
            if not found:
                moves = [((value - close) / abs(close)) * 100 for value in rows[v][1:]]
                memory[0].append(f"{body} {moves[0]}{{}}{moves[1]}{{}}{moves[2]}")
                for weights in memory[1:]:
                    weights.append("1.0")
            dirty = True
            if i % 200 == 0 and dirty:
                save(timeframe, memory)
                dirty = False


def finish(timeframe: str, index: int, memory: list[list[str]], started: int) -> None:
    stamp = {"tf_index": index + 1, "tf_total": 7, "timestamp": int(time.time())}
    write_json("trainer_checkpoint.json", {"coin": COIN, **stamp})
    save(timeframe, memory)
    progress(timeframe, index + 1)
    if index + 1 == len(TIMEFRAMES):
        Path("trainer_checkpoint.json").unlink()
        progress("done", 7)
        Path("trainer_last_start_time.txt").write_text(str(started))
        Path("trainer_last_training_time.txt").write_text(str(int(time.time())))
        times = {"started_at": STARTED, "finished_at": int(time.time()), "timestamp": int(time.time())}
        write_json("trainer_status.json", {"coin": COIN, "state": "FINISHED", **times})


def first_index() -> int:
    try:
        found = json.loads(Path("trainer_checkpoint.json").read_text())
        return int(found["tf_index"]) if str(found["coin"]).upper() == COIN else 0
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0


def main() -> None:
    now = int(time.time())
    write_json(
        "trainer_status.json", {"coin": COIN, "state": "TRAINING", "started_at": now, "timestamp": now}
    )
    progress("1hour", 0)
    index = first_index()
    try:
        while True:
            train(TIMEFRAMES[index], [])
            index += 1
            if index == len(TIMEFRAMES):
                break
    except Stop:
        pass
    sys.exit(0)


if __name__ == "__main__":
    main()
