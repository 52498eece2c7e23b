"""Whatever bytes a live original leaves in its files, shadow mode reads them without an error."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from powertrader.core.clock import ManualClock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.original_folder import find_original
from powertrader.shadow.install import SettingsReader, account_of, find_install, read_status
from powertrader.shadow.published import read_published
from powertrader.shadow.trades import TradeTail
from powertrader.shadow.trainings import OriginalTrainings

CLOCK: Final = ManualClock(datetime(2026, 11, 21, tzinfo=UTC))
JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
KEYS: Final = st.sampled_from(
    ["timestamp", "account", "positions", "BTC", "ts", "side", "symbol", "qty", "coins"]
)
DOCUMENTS: Final = st.dictionaries(KEYS, JSON, max_size=6).map(json.dumps).map(str.encode)
SEVERAL: Final = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@SEVERAL
@given(raw=st.binary(max_size=200) | DOCUMENTS)
def test_no_content_of_a_file_is_an_error(tmp_path: Path, raw: bytes) -> None:
    hub = tmp_path / "hub_data"
    hub.mkdir(exist_ok=True)
    paths = CoinPaths(tmp_path, "BTC")
    names = ("gui_settings.json", "b_key.txt", "trainer_last_training_time.txt")
    files = [*[tmp_path / name for name in names], hub / "trader_status.json", hub / "trade_history.jsonl"]
    files += [paths.signal_long(), paths.signal_short(), paths.bounds_low(), paths.bounds_high()]
    for path in files:
        path.write_bytes(raw + b"\n")
    folder = find_install(tmp_path)
    read_status(folder, CLOCK)
    SettingsReader(folder.settings).refresh()
    TradeTail(folder.trade_history, "USDT").poll()
    read_published(paths, CLOCK)
    OriginalTrainings(find_original(tmp_path)).of("BTC")
    assert len(account_of(folder)) in (0, 8)
    assert all(path.read_bytes() == raw + b"\n" for path in files)
