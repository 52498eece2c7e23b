"""The file names that other programs rely on, and where the home is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import powertrader
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths, find_home, paths_of
from powertrader.models.timeframe import TIMEFRAMES

FILES = {
    "signal_long": "long_dca_signal.txt",
    "signal_short": "short_dca_signal.txt",
    "bounds_low": "low_bound_prices.html",
    "bounds_high": "high_bound_prices.html",
    "profit_margin_long": "futures_long_profit_margin.txt",
    "profit_margin_short": "futures_short_profit_margin.txt",
    "futures_long_onoff": "futures_long_onoff.txt",
    "futures_short_onoff": "futures_short_onoff.txt",
    "trainer_status": "trainer_status.json",
    "trainer_progress": "trainer_progress.json",
    "trainer_checkpoint": "trainer_checkpoint.json",
    "trainer_last_start_time": "trainer_last_start_time.txt",
    "trainer_last_training_time": "trainer_last_training_time.txt",
    "killer": "killer.txt",
    "signal": "signal.json",
}
PER_TIMEFRAME = {
    "memory_file": "memories_{}.txt",
    "weight_file": "memory_weights_{}.txt",
    "weight_high_file": "memory_weights_high_{}.txt",
    "weight_low_file": "memory_weights_low_{}.txt",
    "threshold_file": "neural_perfect_threshold_{}.txt",
    "pattern_memory": "memory_{}.npz",
}


@pytest.mark.parametrize("coin, folder", [("BTC", Path("d")), ("ETH", Path("d/ETH"))])
def test_every_file_has_the_name_the_original_gives_it(coin: str, folder: Path) -> None:
    paths = CoinPaths(Path("d"), coin)
    assert {name: getattr(paths, name)() for name in FILES} == {n: folder / f for n, f in FILES.items()}
    for timeframe in TIMEFRAMES:
        for name, pattern in PER_TIMEFRAME.items():
            assert getattr(paths, name)(timeframe) == folder / pattern.format(timeframe)


@given(text=st.text(alphabet=st.sampled_from("AZ09./\\: \0~-ü"), min_size=1))
def test_no_coin_name_leaves_the_data_folder(text: str) -> None:
    try:
        base = CoinPaths(Path("d"), text).base
    except ConfigError as error:
        assert repr(text[:40]) in str(error)  # noqa: PT017  not every name is wrong
    else:
        assert base.parent == Path("d")
        assert base.name.isalnum()


@pytest.mark.parametrize("name", ["../ETH", "A/B", "A\\B", "C:", "", "..", "A\0B", "X" * 21])
def test_a_coin_name_with_path_characters_is_refused_by_name(name: str) -> None:
    with pytest.raises(ConfigError, match="must be 1 to 20 letters and digits"):
        CoinPaths(Path("d"), name)


def test_a_home_keeps_its_folders_and_files_inside() -> None:
    home = HomePaths(Path("h"))
    assert home.trading_config == Path("h/config/trading_config.yaml")
    assert home.gui_settings == Path("h/config/gui_settings.json")
    assert home.dotenv == Path("h/.env")
    assert (home.original_key_file, home.original_secret_file) == (
        Path("h/b_key.txt"),
        Path("h/b_secret.txt"),
    )
    assert home.results == Path("h/results")
    assert home.process_lock("trainer") == Path("h/data/trainer.lock")
    assert home.candle_cache("ccxt:kraken") == Path("h/data/candles/ccxt_kraken")
    assert home.coin("ETH").base == Path("h/data/ETH")
    assert home.current_price("eth") == Path("h/data/ETH_current_price.txt")
    hub = Path("h/data/hub_data")
    assert home.runner_ready == hub / "runner_ready.json"
    assert home.trader_status == hub / "trader_status.json"
    assert home.trade_history == hub / "trade_history.jsonl"
    assert home.pnl_ledger == hub / "pnl_ledger.json"
    assert home.account_value_history == hub / "account_value_history.jsonl"


def test_paper_and_live_never_share_a_ledger() -> None:
    home = HomePaths(Path("h"))
    assert home.ledger("paper") != home.ledger("live")
    assert home.ledger("paper", "second") not in {home.ledger("paper"), home.paper_account("second")}


def test_a_data_folder_of_the_user_replaces_only_the_data() -> None:
    home = HomePaths(Path("h"), Path("/neural"))
    assert home.coin("BTC").base == Path("/neural")
    assert home.hub_data == Path("/neural/hub_data")
    assert home.config == Path("h/config")


def test_a_data_folder_may_be_relative_to_the_home_or_to_the_users_own(tmp_path: Path) -> None:
    assert paths_of(tmp_path, "").data == tmp_path / "data"
    assert paths_of(tmp_path, "neural").data == tmp_path / "neural"
    assert paths_of(tmp_path, str(tmp_path / "else" / "where")).data == tmp_path / "else" / "where"
    assert paths_of(tmp_path, "~/neural").data == Path.home() / "neural"
    for impossible in ("~nobody-of-this-name/x", "a\0b"):
        with pytest.raises(ConfigError, match="main_neural_dir"):
            paths_of(tmp_path, impossible)


def test_the_home_is_the_given_one_before_the_variable_before_the_checkout(tmp_path: Path) -> None:
    named = {"PT_HOME": str(tmp_path / "named")}
    assert find_home(tmp_path / "given", named) == tmp_path / "given"
    assert find_home(None, named) == tmp_path / "named"
    assert (find_home(None, {"PT_HOME": " "}) / "pyproject.toml").is_file()


def test_an_installed_copy_outside_a_checkout_uses_the_users_data_folder(tmp_path: Path) -> None:
    copy = tmp_path / "site-packages"
    shutil.copytree(
        Path(powertrader.__file__).parent, copy / "powertrader", ignore=shutil.ignore_patterns("__pycache__")
    )
    program = "from powertrader.core.paths import find_home; print(find_home(None, {}))"
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert found.stdout.strip() == platformdirs.user_data_dir("PowerTrader", appauthor=False)
