"""Which coins the original bought: what its books say, and said a moment ago."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from powertrader.core.clock import ManualClock
from powertrader.shadow.install import find_install
from powertrader.shadow.original_coins import OriginalCoins


def books(folder: Path, *coins: str, text: str | None = None) -> None:
    path = folder / "hub_data" / "pnl_ledger.json"
    path.parent.mkdir(exist_ok=True)
    later = path.stat().st_mtime_ns + 10**9 if path.exists() else None
    content = json.dumps({"open_positions": {coin: {"qty": 1.0} for coin in coins}})
    path.write_text(content if text is None else text, encoding="utf-8")
    if later is not None:
        os.utime(path, ns=(later, later))


def test_a_coin_is_the_originals_while_its_books_have_it_and_shortly_after(tmp_path: Path) -> None:
    (tmp_path / "pt_trader.py").write_text("", encoding="utf-8")
    clock = ManualClock(datetime(2026, 11, 21, tzinfo=UTC))
    is_own = OriginalCoins(find_install(tmp_path), clock)
    assert is_own("BTC")
    books(tmp_path, "BTC")
    assert is_own("BTC")
    assert not is_own("ETH")
    books(tmp_path, text='{"open_pos')
    assert is_own("BTC")
    assert not is_own("ETH")
    books(tmp_path)
    assert is_own("BTC")
    clock.move_to(clock.now() + timedelta(minutes=3))
    assert not is_own("BTC")
