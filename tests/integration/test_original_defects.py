"""Each defect of the original's window, and each thing that must look and work as there, has its tests.

The tables name them; that each name is that of a test is checked here. The two defects that show only in
the whole window, or only with a long history, are tested below.
"""

import re
import time
import tkinter as tk
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from powertrader.hub.latency import LatencyProbe
from powertrader.models.candle import Candles
from tests.bench.hub_charts import account_redraws_s
from tests.integration.hub_scene import candles, hub_scene

TESTS: Final = Path(__file__).resolve().parents[1]
_TEST: Final = re.compile(r"^def (test_\w+)\(", re.MULTILINE)
SLOW_S: Final = 0.8
Named = Mapping[str, Sequence[str]]

DEFECTS: Final[Named] = {
    "1 least sizes of panes do nothing": (
        "test_defect_1_least_sizes_hold_when_a_sash_is_dragged",
        "test_defect_1_least_sizes_hold_when_the_window_shrinks",
    ),
    "2 no dots and no DCA count for BTCUSDT": (
        "test_defect_2_a_trade_of_the_original_under_its_binance_symbol_has_a_dot",
        "test_defect_2_dca_buys_of_24_hours_are_counted_for_every_symbol_after_the_last_sale",
    ),
    "3 a stopped trainer is TRAINING for ever": (
        "test_defect_3_a_training_whose_process_is_gone_is_interrupted_and_not_training_for_ever",
    ),
    "4 messages are overwritten by the next tick": (
        "test_defect_4_what_a_click_did_is_not_written_over_by_the_next_tick",
    ),
    "5 requests and files on Tk's thread": (
        "test_defect_5_a_venue_that_takes_long_keeps_no_click_waiting",
        "test_a_reading_that_takes_too_long_is_told",
    ),
    "6 the account chart takes seconds": (
        "test_defect_6_a_long_account_with_many_trades_is_redrawn_at_once",
    ),
    "7 one figure for each coin": ("test_defect_7_one_chart_serves_all_coins",),
    "8 one process for each coin": ("test_defect_8_train_all_is_one_wish_for_all_coins",),
    "9 wheel and focus differ by system": (
        "test_defect_9_the_wheel_scrolls_on_every_system_and_takes_no_focus",
    ),
    "10 a changed list of coins": (
        "test_defect_10_a_changed_list_of_coins_reaches_combo_and_lines",
        "test_defect_10_a_coin_that_came_later_has_a_tab_that_works_and_one_that_went_has_none",
        "test_defect_10_a_coin_that_came_later_opens_its_chart_too",
        "test_defect_10_new_coins_appear_everywhere_after_saving",
    ),
    "11 a malformed value ends the ticks": (
        "test_defect_11_a_part_that_fails_does_not_take_the_others_with_it",
        "test_defect_11_a_value_that_makes_no_sense_does_not_end_the_drawing",
        "test_a_damaged_file_is_told_of_at_once_and_the_window_goes_on",
    ),
}
LIKE_THE_ORIGINAL: Final[Named] = {
    "window size and minimum": ("test_the_window_has_the_original_s_title_and_size",),
    "palette": ("test_the_classic_palette_is_the_original_one",),
    "three menus in order": ("test_item_three_menus_stand_in_the_original_s_order",),
    "five panes with titles": ("test_item_five_panes_with_their_titles",),
    "seven account lines": ("test_item_seven_account_lines",),
    "four training buttons": ("test_item_training_column_has_a_combo_four_buttons_and_a_list_of_five_rows",),
    "tile geometry and start line": (
        "test_item_tile_geometry_has_two_bars_of_seven_segments",
        "test_item_start_line_crosses_both_bars_below_the_start_level",
    ),
    "three log tabs": ("test_item_three_log_tabs",),
    "ACCOUNT first": ("test_item_account_is_the_first_tab_and_the_first_page",),
    "eleven timeframes": ("test_item_eleven_timeframes_in_a_combo_of_ten_letters",),
    "seven line colours and five labels": (
        "test_item_seven_line_colours",
        "test_item_five_labels_on_the_right_in_order_and_apart",
    ),
    "dot colours": ("test_trades_are_dots_on_the_nearest_candle_told_apart_by_colour_form_and_word",),
    "twelve columns with two dynamic headings": (
        "test_checklist_current_trades_has_the_twelve_columns_and_the_two_headings_of_the_settings",
    ),
    "history line format": ("test_checklist_history_lines_have_the_originals_format",),
    "settings fields and order": ("test_checklist_settings_fields_and_their_order",),
    "wizard steps": ("test_the_wizard_has_the_originals_size_lines_and_buttons",),
    "Start-All gating": (
        "test_item_start_all_is_disabled_until_every_coin_is_trained",
        "test_item_start_all_gating_asks_every_coin_to_be_trained",
    ),
    "250 ms readiness poll": (
        "test_the_trader_is_started_when_every_coin_has_a_signal_and_nothing_is_started_twice",
    ),
    "skip trained": ("test_item_training_buttons_skip_trained_coins_unless_forced",),
    "states and hints": ("test_item_states_of_a_coin", "test_item_flow_hint_in_its_four_forms"),
    "price format": ("test_checklist_a_price_has_the_decimals_of_its_size_without_zeros_at_its_end",),
    "status bar text": (
        "test_the_status_bar_begins_with_ready_as_the_original_did",
        "test_the_status_bar_tells_time_and_folder_as_the_original_did",
    ),
}


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    """Give the names of all tests."""
    files = TESTS.rglob("test_*.py")
    return frozenset(name for path in files for name in _TEST.findall(path.read_text(encoding="utf-8")))


def test_every_defect_of_the_original_has_a_test(known: frozenset[str]) -> None:
    assert [name for names in DEFECTS.values() for name in names if name not in known] == []
    assert [item.partition(" ")[0] for item in DEFECTS] == [str(number) for number in range(1, 12)]


def test_everything_that_must_be_as_in_the_original_has_a_test(known: frozenset[str]) -> None:
    assert [name for names in LIKE_THE_ORIGINAL.values() for name in names if name not in known] == []


@pytest.mark.usefixtures("display")
def test_defect_5_a_venue_that_takes_long_keeps_no_click_waiting(tmp_path: Path) -> None:
    asked: list[str] = []

    def slow(coin: str, timeframe: str, count: int, before: datetime | None = None) -> Candles:
        time.sleep(SLOW_S)
        asked.append(coin)
        return candles(coin, timeframe, count, before)

    with hub_scene(tmp_path, venue=slow) as scene:
        scene.wait(lambda: scene.window.scheduler.is_idle)
        probe = LatencyProbe(scene.root)
        probe.start()
        scene.window.show("chart", coin="BTC")
        scene.wait(lambda: "BTC" in asked)
        latency = probe.read()
        probe.stop()
        assert latency is not None
        assert latency.worst_ms < SLOW_S * 1000 / 2


@pytest.mark.usefixtures("display")
def test_defect_6_a_long_account_with_many_trades_is_redrawn_at_once() -> None:
    root = tk.Tk()
    try:
        # the original took 616 ms for the line alone, and seconds with the trades
        assert min(account_redraws_s(root, 3)) < 0.1
    finally:
        root.destroy()
