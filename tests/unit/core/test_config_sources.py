"""Where settings come from, which source counts, and what a wrong one is told."""

import json
import logging
from pathlib import Path

import pytest

from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_sources import (
    ConfigSources,
    LoadedConfig,
    SettingsError,
    load_config,
    problems_of,
)
from powertrader.core.exceptions import ConfigError

CHART_TIMEFRAMES = (
    *("1min", "5min", "15min", "30min"),
    *("1hour", "2hour", "4hour", "8hour", "12hour", "1day", "1week"),
)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def problems(sources: ConfigSources) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_config(sources)
    return caught.value.problems


def test_without_any_source_the_defaults_count_and_say_so() -> None:
    loaded = load_config(ConfigSources())
    assert loaded.config == TradingConfig()
    assert set(loaded.provenance.values()) == {"default"}


def test_each_source_beats_the_one_below_it(tmp_path: Path) -> None:
    first = written(
        tmp_path / "a.yaml", "dca:\n  multiplier: 1\n  max_buys_per_24h: 1\ntrade_start_level: 1\n"
    )
    second = written(tmp_path / "b.yaml", "dca: {max_buys_per_24h: 2}\ntrade_start_level: 2\n")
    gui = written(tmp_path / "gui_settings.json", '{"trade_start_level": 3, "trailing_gap_pct": 0.3}')
    dotenv = written(tmp_path / ".env", "PT__TRADE_START_LEVEL=4\nPT__TRAILING__GAP_PCT=0.4\nOTHER=1\n")
    environment = {"PT__ENTRY__TRADE_START_LEVEL": "5", "PT_HOME": "/somewhere", "PATH": "/bin"}
    expected = {
        (first, second): (2, 2, 0.5),
        (second, first): (1, 1, 0.5),
    }
    for files, (level, buys, gap) in expected.items():
        config = load_config(ConfigSources(files)).config
        assert (config.entry.trade_start_level, config.dca.max_buys_per_24h) == (level, buys)
        assert (config.trailing.gap_pct, config.dca.multiplier) == (gap, 1.0)
    growing = (
        (ConfigSources((first, second), gui), 3, 0.3),
        (ConfigSources((first, second), gui, dotenv), 4, 0.4),
        (ConfigSources((first, second), gui, dotenv, environment), 5, 0.4),
        (ConfigSources((first, second), gui, dotenv, environment, ("trade_start_level=6",)), 6, 0.4),
    )
    for sources, level, gap in growing:
        config = load_config(sources).config
        assert (config.entry.trade_start_level, config.trailing.gap_pct) == (level, gap)


def test_every_value_says_where_it_came_from(tmp_path: Path) -> None:
    file = written(tmp_path / "a.yaml", "dca:\n  multiplier: 1\n")
    loaded = load_config(
        ConfigSources((file,), environment={"PT__COINS": "BTC, ETH"}, overrides=("trailing.gap_pct=1",))
    )
    assert loaded.provenance["dca.multiplier"] == str(file)
    assert loaded.provenance["trading.coins"] == "environment PT__COINS"
    assert loaded.provenance["trailing.gap_pct"] == "command line"
    assert loaded.config.rules.coins == ("BTC", "ETH")


@pytest.mark.parametrize("text", ["-1,-2.5", "[-1, -2.5]", " -1 , -2.5 ,"])
def test_a_list_can_be_written_with_commas_or_brackets(text: str) -> None:
    config = load_config(ConfigSources(overrides=(f"dca.levels={text}",))).config
    assert config.dca.levels == (-1.0, -2.5)


@pytest.mark.parametrize("text", ["[" * 100_000, "[1", '[{"a": 1}]', "[[1]]", ""], ids=range(5))
def test_a_list_that_cannot_be_one_is_refused(text: str) -> None:
    (found,) = problems(ConfigSources(overrides=(f"dca.levels={text}",)))
    assert found.startswith("command line: dca.levels")
    assert len(found) < 500


def test_of_two_overrides_the_later_counts() -> None:
    config = load_config(ConfigSources(overrides=("dca_multiplier=1", "dca.multiplier=3"))).config
    assert config.dca.multiplier == 3.0


@pytest.mark.parametrize(
    "wrong, right",
    [
        ("dca.multiplyer", "dca.multiplier"),
        ("dac.multiplier", "dca.multiplier"),
        ("trade_start_lvl", "trade_start_level"),
        ("training.mode", "trading.mode"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_valid_one(
    tmp_path: Path, wrong: str, right: str
) -> None:
    file = written(tmp_path / "a.yaml", f"{wrong}: 1\n")
    variable = "PT__" + wrong.upper().replace(".", "__")
    found = problems(ConfigSources((file,), environment={variable: "1"}, overrides=(f"{wrong}=1",)))
    assert [
        each.startswith(origin)
        for each, origin in zip(found, (str(file), "environment", "command"), strict=True)
    ]
    assert all(f"'{wrong}' is no setting; did you mean {right}?" in each for each in found)


def test_a_name_like_no_other_is_told_where_the_names_are() -> None:
    assert problems(ConfigSources(overrides=("zzzz=1",))) == (
        "command line: 'zzzz' is no setting; `powertrader config docs` lists them all",
    )


def test_every_problem_of_every_source_is_reported_with_file_key_value_and_bound(tmp_path: Path) -> None:
    file = written(
        tmp_path / "a.yaml", "entry:\n  trade_start_level: 9\ndca:\n  levels: [-2.5, 5]\ntrading: 4\n"
    )
    gui = written(tmp_path / "gui_settings.json", '{"pm_start_pct_no_dca": "x"}')
    found = problems(ConfigSources((file,), gui, overrides=("trade_start_level=2", "nonsense")))
    assert found == (
        f"{file}: trading is a section: write its keys below it, found a single value",
        f"{file}: entry.trade_start_level was 9, must be a whole number from 1 to 7; correct it or remove it",
        (
            f"{file}: dca.levels[1] was 5, must be one or more falls above -100 and at most 0, "
            "such as -2.5, -5; correct it or remove it"
        ),
        f"{gui}: pm_start_pct_no_dca was 'x', must be a number from 0 to 1,000; correct it or remove it",
        "command line: 'nonsense' must be written name=value, such as dca.multiplier=1.5",
    )


def test_a_conflict_between_two_sources_names_both(tmp_path: Path) -> None:
    file = written(tmp_path / "a.yaml", "trading: {mode: live}\n")
    (found,) = problems(ConfigSources((file,), overrides=("compat=original",)))
    assert f"trading.mode comes from {file}" in found
    assert "trading.compat comes from command line" in found


def test_the_same_setting_by_two_names_in_one_source_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "a.yaml", "dca:\n  multiplier: 1\ndca_multiplier: 2\n")
    assert problems(ConfigSources((file,))) == (
        f"{file}: dca_multiplier and dca.multiplier are the same setting: keep one",
    )


@pytest.mark.parametrize("text", ["dca: {}\ndca: {}\n", "dca:\n  multiplier: 1\n  multiplier: 2\n"])
def test_a_key_that_comes_twice_in_yaml_is_refused(tmp_path: Path, text: str) -> None:
    (found,) = problems(ConfigSources((written(tmp_path / "a.yaml", text),)))
    assert "comes twice" in found
    assert "line" in found


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe binary",
        b"dca: [",
        b"- a\n- b\n",
        b"just text",
        b"a: !!python/object/apply:os.system ['true']",
        b"a: !!bool maybe",
        b"a: !!timestamp never",
        b"a: !!int ''",
        b"a: 2024-13-45",
        b"? [1, 2]\n: 3\n? {a: b}\n: 4\n",
        b"[" * 100_000,
        b"x" * (1 << 20) + b"y",
    ],
    ids=range(12),
)
def test_a_file_that_is_no_yaml_of_ours_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    (found,) = problems(ConfigSources((file,)))
    assert found.startswith(f"{file}: ")
    assert len(found) < 500


@pytest.mark.parametrize(
    "text", ["api_key: [MarkedKey\n", "a: 1\n api_key: 'MarkedKey\n", "api_key: }MarkedKey"]
)
def test_a_broken_yaml_file_is_told_by_line_and_column_and_never_quoted(tmp_path: Path, text: str) -> None:
    (found,) = problems(ConfigSources((written(tmp_path / "a.yaml", text),)))
    assert "line" in found
    assert "column" in found
    assert "Marked" not in found


@pytest.mark.parametrize(
    "content", [b"", b"{broken", b"[1]", b"null", b"\xff", b"[" * 100_000, b"9" * 5000, b'{"a": 1']
)
def test_a_gui_settings_file_that_is_no_object_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "gui_settings.json"
    file.write_bytes(content)
    (found,) = problems(ConfigSources(gui_settings=file))
    assert found.startswith(f"{file}: ")
    with pytest.raises(ConfigError, match=r"gui_settings\.json"):
        TradingConfig.from_file(file)


def test_an_anchor_bomb_is_refused_in_little_space(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    lines.append("trade_start_level: *a8")
    found = problems(ConfigSources((written(tmp_path / "a.yaml", "\n".join(lines)),)))
    assert len("\n".join(found)) < 10_000


def test_an_empty_file_and_an_empty_section_say_nothing(tmp_path: Path) -> None:
    files = (written(tmp_path / "a.yaml", "# nothing\n"), written(tmp_path / "b.yaml", "dca:\n"))
    assert load_config(ConfigSources(files)).config == TradingConfig()


def test_a_byte_order_mark_is_no_part_of_a_key(tmp_path: Path) -> None:
    file = tmp_path / "gui_settings.json"
    file.write_bytes(b'\xef\xbb\xbf{"trade_start_level": 5}')
    assert TradingConfig.from_file(file).entry.trade_start_level == 5


def test_missing_files_are_no_warning_and_the_defaults(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = (tmp_path / "a.yaml", tmp_path / "b.yaml")
    with caplog.at_level(logging.DEBUG):
        loaded = load_config(ConfigSources(missing, tmp_path / "gui_settings.json", tmp_path / ".env"))
    assert loaded.config == TradingConfig()
    assert loaded.missing == missing
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("DEBUG", f"no settings file, defaults in force: {missing[0]}, {missing[1]}")
    ]


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    (found,) = problems(ConfigSources((tmp_path,)))
    assert found.startswith(f"{tmp_path}: cannot be read")


def test_foreign_keys_of_gui_settings_are_noted_and_harmless(tmp_path: Path) -> None:
    gui = written(tmp_path / "gui_settings.json", '{"window": {"x": 1}, "trade_start_level": 2, "Coins": 3}')
    loaded = load_config(ConfigSources(gui_settings=gui))
    assert loaded.config.entry.trade_start_level == 2
    assert loaded.notes == (
        f"{gui}: 'window' is no setting of ours; it is kept and ignored",
        f"{gui}: 'Coins' is no setting of ours; it is kept and ignored; did you mean coins?",
    )


def test_what_the_original_wrote_otherwise_is_migrated_with_a_numbered_note(tmp_path: Path) -> None:
    gui = written(
        tmp_path / "gui_settings.json",
        '{"start_allocation_pct": " 1.25% ", "coins": ["eth ", ""], "dca_levels": ["-2", -4],'
        ' "main_neural_dir": null}',
    )
    loaded = load_config(ConfigSources(gui_settings=gui))
    assert loaded.config.entry.start_allocation_pct == 1.25
    assert loaded.config.rules.coins == ("ETH",)
    assert loaded.config.dca.levels == (-2.0, -4.0)
    assert loaded.notes == (
        f"{gui}: start_allocation_pct: the percent sign was dropped (migration 1)",
        f"{gui}: coins: blank names were dropped (migration 2)",
        f"{gui}: main_neural_dir is null, which counts as not set",
    )


def test_a_percent_sign_is_understood_in_gui_settings_alone() -> None:
    assert "was '1%'" in problems(ConfigSources(overrides=("start_allocation_pct=1%",)))[0]


def test_the_original_settings_file_loads_as_it_is(tmp_path: Path) -> None:
    original = {
        "main_neural_dir": "",
        "coins": ["BTC", "ETH", "XRP", "BNB", "DOGE"],
        "trade_start_level": 3,
        "start_allocation_pct": 0.005,
        "dca_multiplier": 2.0,
        "dca_levels": [-2.5, -5.0, -10.0, -20.0, -30.0, -40.0, -50.0],
        "max_dca_buys_per_24h": 2,
        "pm_start_pct_no_dca": 5.0,
        "pm_start_pct_with_dca": 2.5,
        "trailing_gap_pct": 0.5,
        "default_timeframe": "1hour",
        "timeframes": list(CHART_TIMEFRAMES),
        "candles_limit": 120,
        "ui_refresh_seconds": 1.0,
        "chart_refresh_seconds": 10.0,
        "hub_data_dir": "",
        "script_neural_runner2": "pt_thinker.py",
        "script_neural_trainer": "pt_trainer.py",
        "script_trader": "pt_trader.py",
        "auto_start_scripts": False,
    }
    gui = written(tmp_path / "gui_settings.json", json.dumps(original))
    loaded = load_config(ConfigSources(gui_settings=gui))
    assert loaded.notes == ()
    assert loaded.config == TradingConfig() == TradingConfig.from_file(gui)
    assert list(loaded.provenance.values()).count(str(gui)) == len(original)


def test_a_missing_gui_settings_file_gives_the_defaults_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert TradingConfig.from_file(tmp_path / "gui_settings.json") == TradingConfig()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_problems_of_an_object_are_listed_and_none_are_an_empty_list() -> None:
    assert problems_of({"trade_start_level": 7, "foreign": 1}) == []
    found = problems_of({"trade_start_level": 8, "coins": []})
    assert [each.split(" was ")[0] for each in found] == ["settings: trade_start_level", "settings: coins"]
    assert problems_of({"trading_mode": "live", "compat": "original"})[0].startswith("trading.compat was")


DEVELOPMENT = "trading: {mode: demo, compat: original}\nentry: {start_allocation_pct: 0.5}\n"
STAGING = "trading: {mode: testnet}\ntrader: {step_s: 5}\n"
PRODUCTION = "trading: {mode: live, coins: [BTC, ETH]}\n"


@pytest.mark.parametrize("profile, mode", [(DEVELOPMENT, "demo"), (STAGING, "testnet"), (PRODUCTION, "live")])
def test_an_environment_is_a_file_of_what_differs(tmp_path: Path, profile: str, mode: str) -> None:
    base = written(tmp_path / "base.yaml", "dca: {multiplier: 1.5}\n")
    config = load_config(ConfigSources((base, written(tmp_path / "own.yaml", profile)))).config
    assert (config.trading.mode, config.dca.multiplier) == (mode, 1.5)


def test_the_command_line_can_lower_the_risk_of_a_live_file(tmp_path: Path) -> None:
    live = written(tmp_path / "live.yaml", PRODUCTION)
    assert load_config(ConfigSources((live,))).notes == (
        f"trading.mode is live ({live}): orders spend real money",
    )
    loaded = load_config(ConfigSources((live,), overrides=("trading.mode=paper", "compat=original")))
    assert loaded.notes == ()
    assert (loaded.config.trading.mode, loaded.config.trading.compat) == ("paper", "original")


def test_an_archived_config_gives_the_hash_it_was_archived_with(tmp_path: Path) -> None:
    config = load_config(
        ConfigSources(overrides=("dca.levels=-1,-3", "costs.maker_pct=0.02", "coins=eth"))
    ).config
    archive = written(tmp_path / "config.json", json.dumps(config.model_dump(mode="json")))
    again = load_config(ConfigSources((archive,))).config
    assert again == config
    assert config_hash(again) == config_hash(config)


def replayed(*overrides: str, environment: dict[str, str] | None = None) -> LoadedConfig:
    return load_config(ConfigSources(environment=environment or {}, overrides=overrides)).for_replay()


def test_a_replay_buys_more_than_the_default_and_says_why() -> None:
    loaded = replayed()
    assert loaded.config.entry.start_allocation_pct == 0.5
    assert loaded.provenance["entry.start_allocation_pct"] == "replay.start_allocation_pct"
    assert any("0.5 % instead of the default 0.005 %" in note for note in loaded.notes)
    assert replayed("replay.start_allocation_pct=2").config.entry.start_allocation_pct == 2.0


def test_a_replay_keeps_a_first_buy_that_the_user_chose() -> None:
    for loaded in (
        replayed("start_allocation_pct=3"),
        replayed("start_allocation_pct=0.005"),
        replayed(environment={"PT__START_ALLOCATION_PCT": "0.005"}),
    ):
        assert loaded == loaded.for_replay()
        assert loaded.config.entry.start_allocation_pct in {3.0, 0.005}
        assert loaded.notes == ()


def test_a_default_that_only_a_file_repeats_gives_way_in_a_replay(tmp_path: Path) -> None:
    file = written(tmp_path / "a.yaml", "entry: {start_allocation_pct: 0.005}\n")
    assert load_config(ConfigSources((file,))).for_replay().config.entry.start_allocation_pct == 0.5


def test_dotenv_lines_without_a_value_are_named(tmp_path: Path) -> None:
    dotenv = written(tmp_path / ".env", "PT__TRADE_START_LEVEL\n")
    assert problems(ConfigSources(dotenv=dotenv)) == (
        f"{dotenv} PT__TRADE_START_LEVEL has no value: write PT__TRADE_START_LEVEL=VALUE",
    )


def test_dotenv_values_are_taken_literally(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "BTC")
    dotenv = written(tmp_path / ".env", 'PT__PATHS__HUB_DATA_DIR="${SECRET}"\n')
    assert load_config(ConfigSources(dotenv=dotenv)).config.paths.hub_data_dir == "${SECRET}"


def test_typing_errors_are_noted_also_when_another_source_is_wrong(tmp_path: Path) -> None:
    gui = written(tmp_path / "gui_settings.json", '{"trade_start_levl": 2}')
    environment = {"PT_ENTRY__TRADE_START_LEVEL": "2", "PT_HOME": "x"}
    with pytest.raises(SettingsError) as caught:
        load_config(ConfigSources(gui_settings=gui, environment=environment, overrides=("nonsense",)))
    first, second = caught.value.notes
    assert first.endswith("did you mean trade_start_level?")
    assert second.endswith("is ignored; did you mean PT__ENTRY__TRADE_START_LEVEL?")
