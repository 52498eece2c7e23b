"""What a replay is asked for, and the candles and the span that follow."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.request import ReplayRequest
from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.market.candle_files import write_candles
from powertrader.market.synthetic import synthetic_candles

START = datetime(2022, 1, 1, tzinfo=UTC)


def _config(*overrides: str) -> TradingConfig:
    return load_config(ConfigSources(overrides=("coins=BTC", *overrides))).config


def _folder(tmp_path: Path, hours: int = 3_000) -> Path:
    write_candles(tmp_path / "BTCUSDT-1h.csv", synthetic_candles("BTC", seed=3, start=START, count=hours))
    return tmp_path


def test_without_a_folder_the_synthetic_market_trains_a_year_and_trades_half_a_year() -> None:
    request = ReplayRequest()
    candles = request.load(_config())
    span = request.span(candles, _config())
    assert list(candles) == ["BTC"]
    assert span.start == datetime(2023, 1, 1, tzinfo=UTC)
    assert span.stop == datetime(2023, 7, 1, tzinfo=UTC)


def test_the_seed_of_the_settings_chooses_the_market() -> None:
    first, second, again = (
        ReplayRequest().load(_config(f"replay.seed={seed}"))["BTC"].close.tolist() for seed in (1, 2, 1)
    )
    assert first == again
    assert first != second


def test_a_later_end_makes_a_longer_market() -> None:
    stop = datetime(2023, 9, 1, tzinfo=UTC)
    candles = ReplayRequest(stop=stop).load(_config())
    assert ReplayRequest(stop=stop).span(candles, _config()).stop == stop


def test_the_synthetic_market_ends_some_day_however_late_one_asks() -> None:
    request = ReplayRequest(stop=datetime(9999, 1, 1, tzinfo=UTC))
    candles = request.load(_config())
    assert request.span(candles, _config()).stop == datetime(2032, 1, 1, tzinfo=UTC)


def test_repaired_candles_are_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = _folder(tmp_path, hours=30) / "BTCUSDT-1h.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    request = ReplayRequest(tmp_path)
    with pytest.raises(BadData, match="--repair"):
        request.load(_config())
    assert len(request.load(_config("candles.repair=true"))["BTC"]) == 30
    (told,) = [record.message for record in caplog.records]
    assert told.startswith("candles of BTC repaired: duplicate: 1, first at row 31")
    assert told.endswith("(the last row of a time kept, the others left out)")


def test_a_folder_trains_on_the_first_two_thirds_when_nothing_else_is_said(tmp_path: Path) -> None:
    request = ReplayRequest(folder=_folder(tmp_path))
    span = request.span(request.load(_config()), _config())
    assert span.start == START + timedelta(days=83)
    assert span.stop == START + timedelta(hours=3_000)


def test_an_end_behind_the_candles_ends_with_them(tmp_path: Path) -> None:
    request = ReplayRequest(_folder(tmp_path), START + timedelta(days=60), datetime(2030, 1, 1, tzinfo=UTC))
    assert request.span(request.load(_config()), _config()).stop == START + timedelta(hours=3_000)


@pytest.mark.parametrize("train_until", [datetime(2021, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)])
def test_a_training_outside_the_candles_is_refused_with_their_dates(
    tmp_path: Path, train_until: datetime
) -> None:
    request = ReplayRequest(_folder(tmp_path), train_until)
    with pytest.raises(
        ConfigError, match=r"--train-until .* must lie within .* 2022-01-01 00:00 to 2022-05-06"
    ):
        request.span(request.load(_config()), _config())


def test_an_end_before_the_training_is_refused(tmp_path: Path) -> None:
    request = ReplayRequest(
        _folder(tmp_path), datetime(2022, 3, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC)
    )
    with pytest.raises(ConfigError, match="choose --to after --train-until"):
        request.span(request.load(_config()), _config())


def test_a_coin_without_candles_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="ETH"):
        ReplayRequest(_folder(tmp_path)).load(_config("coins=ETH"))


def test_retraining_never_is_refused() -> None:
    with pytest.raises(ValueError, match="retrain_days was 0"):
        ReplaySpan(START, START + timedelta(days=1), 0)
