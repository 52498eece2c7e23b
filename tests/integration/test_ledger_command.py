"""`powertrader ledger` from the command line, on a ledger of one home."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.ledger_words import Words
from powertrader.cli.main import main
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.journal import (
    EVENTS,
    Adopted,
    HaltCause,
    Halted,
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    OriginalLedgerImported,
    OriginalTradesImported,
    PendingSettled,
    QuoteBooked,
    Resumed,
    SaleAssumed,
    TrailForgotten,
    TrailMoved,
    WindowRebuilt,
    WrittenOff,
)
from powertrader.models.order import OrderIntent, OrderState, OrderTerms, OrderType, Side
from powertrader.models.position import Trail
from powertrader.persistence.ledger_file import open_ledger

pytestmark = pytest.mark.money

NOW = datetime(2024, 1, 1, 12, tzinfo=UTC)
RESTING = OrderTerms(OrderType.LIMIT, Decimal(99))


def intent(key: str, coin: str, side: Side, reason: str, terms: OrderTerms | None = None) -> OrderIntent:
    basis = None if reason == "entry" else 100.0
    gain = None if reason == "entry" else 10.0
    quantity = Decimal("0.5")
    return OrderIntent(
        key,
        coin,
        f"{coin}USDT",
        side,
        quantity,
        "0.5",
        reason,
        110.0,
        basis,
        gain,
        "",
        NOW,
        terms or OrderTerms(),
    )


STORY: list[JournalEvent] = [
    QuoteBooked("USDT", Decimal(1000), NOW),
    QuoteBooked("BNB", Decimal(1), NOW),
    OrderIntended(intent("k1", "BTC", Side.BUY, "entry"), None, NOW),
    OrderAccepted("k1", "711", NOW),
    OrderFilled("k1", Decimal("0.5"), Decimal(50), Decimal("0.001"), "BNB", NOW, Decimal("0.3")),
    OrderClosed("k1", OrderState.FILLED, None, NOW),
    TrailMoved("BTC", Trail(active=True, line=104.0, peak=105.0, was_above=True), NOW),
    OrderIntended(intent("k2", "BTC", Side.SELL, "trailing_exit"), None, NOW),
    OrderAccepted("k2", "712", NOW),
    OrderFilled("k2", Decimal("0.2"), Decimal(22), Decimal("0.1"), "USDT", NOW),
    OrderFilled("k2", Decimal(0), Decimal(0), Decimal("0.1"), "USDT", NOW),
    OrderClosed("k2", OrderState.EXPIRED, None, NOW),
    OrderIntended(intent("k3", "ETH", Side.BUY, "dca_hard_1", RESTING), None, NOW),
    OrderFilled("k3", Decimal("0.1"), Decimal(0), None, None, NOW),
    OrderIntended(intent("k4", "ETH", Side.SELL, "manual_exit"), None, NOW),
    OrderRefused("k4", "the account holds too little", NOW),
    Halted(None, "the user asked", NOW),
    Halted("ETH", "less there than known", NOW, HaltCause.SHORTFALL),
    Adopted("XRP", Decimal(10), 0.5, 1, NOW),
    Adopted("XRP", None, None, None, NOW),
    WrittenOff("XRP", Decimal(1), "it is gone", NOW),
    QuoteBooked("USDT", Decimal(-100), NOW),
]
OTHERS: list[JournalEvent] = [
    SaleAssumed("BTC", NOW),
    TrailForgotten(None, NOW),
    WindowRebuilt("BTC", (NOW,), None, NOW),
    Resumed("BTC", "the user asked", NOW),
    OriginalLedgerImported("{}", NOW),
    OriginalTradesImported("", NOW),
    PendingSettled("5", OrderState.CANCELED, Decimal(0), Decimal(0), None, NOW),
    TrailMoved("BTC", Trail(active=False, line=104.0, peak=0.0, was_above=False), NOW),
    OrderFilled("unseen", Decimal(1), Decimal(1), None, None, NOW),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with open_ledger(HomePaths(tmp_path).ledger("paper"), FileStore(), 5) as ledger:
        for event in STORY:
            ledger.append(event)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["ledger", *arguments])
    captured = capsys.readouterr()
    return code, " ".join((captured.out + captured.err).split())


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["ledger", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_whole_ledger_is_verified(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "verify", "--home", str(home))
    assert code == exit_codes.OK
    assert "22 entries in 5 files, as stored; the last has the hash" in text
    code, found = as_json(capsys, "verify", "--home", str(home))
    assert (code, found["ok"], found["entries"], found["segments"]) == (0, True, 22, 5)


def test_a_damaged_ledger_is_named_with_its_entry_and_ends_with_1(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = HomePaths(home).ledger("paper") / "2024-01.0002.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"104', b'"105').replace(b"104.0", b"105.0"))
    code, text = run(capsys, "verify", "--home", str(home))
    assert code == exit_codes.DIFFERENT
    assert "0002.jsonl, line 3, entry 6: the line is damaged" in text
    code, found = as_json(capsys, "verify", "--home", str(home))
    assert (code, found["ok"], found["entries"]) == (1, False, 5)
    assert "entry 6" in found["damage"]


@pytest.mark.parametrize("command", [("verify",), ("show",), ("explain", "BTC")])
def test_an_empty_ledger_is_told_in_plain_words(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = run(capsys, *command, "--home", str(tmp_path), "--mode", "live", "--account", "second")
    assert "The ledger live-second is empty" in text


def test_show_tells_events_positions_orders_halts_and_where_the_money_is(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = run(capsys, "show", "--home", str(home), "--last", "3")
    assert code == exit_codes.OK
    assert "2024-01-01T12:00:00Z 1 XRP left the account without an order of ours: it is gone." in text
    assert "2024-01-01T12:00:00Z 100 USDT went out without an order of ours." in text
    assert "Took charge of 10 XRP" not in text
    assert "Open order k3: buy ETH, 0.1 of 0.5 executed." in text
    assert "Not bought: all coins (the user asked)." in text
    assert "Frozen: ETH (less there than known)." in text
    # 900 + 21.8 - 0.4 * 50.3 = 901.68 earned and left, less 0.5 written off
    assert "Deposits 900 USDT + realised 1.68 USDT - written off 0.5 USDT = 901.18 USDT" in text
    assert "Cash 871.8 USDT + positions at cost 34.68 USDT." in text
    assert "22 events, 2 finished orders." in text


def test_show_for_scripts_has_the_book_in_full_decimals(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, found = as_json(capsys, "show", "--home", str(home), "--last", "0")
    assert (found["events"], found["entries"], found["trades"]) == ([], 22, 2)
    assert found["money"]["cash"] == "871.8"
    assert found["book"]["open_orders"][0]["intent"]["client_order_id"] == "k3"


@pytest.mark.parametrize("number", ["k1", "711"])
def test_an_order_is_explained_by_either_of_its_numbers(
    number: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = as_json(capsys, "explain", number, "--home", str(home))
    assert code == exit_codes.OK
    assert [sentence for _, sentence in found["story"]] == [
        "Decided to buy 0.5 BTC because the signals said to buy (expected price 110). Order k1.",
        "The exchange took order k1 (buy BTC) as number 711.",
        "Of order k1 (buy BTC) 0.5 were executed at 100 on average, 50 in all; fee 0.001 BNB (worth 0.3).",
        "Order k1 (buy BTC) was executed in full; nothing more will happen to it.",
    ]


def test_a_coin_is_explained_with_everything_that_happened_to_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = run(capsys, "explain", "btc", "--home", str(home))
    assert "average price paid 100, +10.00 % against it" in text
    assert "the price fell through the trailing line" in text
    assert "Order k2 (sell BTC) ended expired" in text
    assert "more became known: fee 0.1 USDT" in text
    assert "ETH" not in text
    _, text = run(capsys, "explain", "ETH", "--home", str(home))
    assert "as LIMIT at 99 because averaging down, rule dca_hard_1" in text
    assert "0.1 were executed at an unknown price; fee unknown" in text
    assert "Order k4 (sell ETH) was not placed: the account holds too little." in text


def test_what_was_never_there_is_said_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "explain", "DOGE", "--home", str(home))
    assert (code, "no order and no coin 'DOGE'" in text) == (exit_codes.DIFFERENT, True)


def test_every_kind_of_event_has_a_sentence() -> None:
    words = Words()
    told = {type(event): words.tell(event) for event in [*STORY, *OTHERS]}
    assert set(told) == set(EVENTS)
    assert all(sentence.endswith(".") for sentence in told.values())


@pytest.mark.parametrize("sold, rest", [("0.499", True), ("0.2", False)])
def test_dust_of_a_sale_is_no_position_and_the_rest_of_a_broken_sale_is(
    sold: str, rest: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sale = OrderFilled("k2", Decimal(sold), Decimal(22), Decimal("0.1"), "USDT", NOW)
    with open_ledger(HomePaths(tmp_path).ledger("paper"), FileStore(), 50) as ledger:
        for event in (*STORY[:9], sale, OrderClosed("k2", OrderState.EXPIRED, None, NOW)):
            ledger.append(event)
    code, text = run(capsys, "show", "--last", "0", "--home", str(tmp_path))
    assert code == exit_codes.OK
    assert ("Left over of sales: 0.001 BTC." in text) is rest
    assert ("Positions" in text) is not rest


@pytest.mark.parametrize(
    "document, told",
    [
        (
            '{"total_realized_profit_usd": -1224.55}',
            "taken over; the -1,224.55 realised before are counted apart.",
        ),
        ("{", "was taken over."),
    ],
)
def test_the_profit_of_the_originals_books_is_told_with_them(document: str, told: str) -> None:
    assert Words().tell(OriginalLedgerImported(document, NOW)).endswith(told)


def test_exports_are_files_other_programs_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = home / "out"
    code, text = run(capsys, "export", "--out", str(out / "trades.csv"), "--home", str(home))
    assert (code, "trades.csv: 2 rows" in text) == (exit_codes.OK, True)
    with (out / "trades.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["coin"], row["side"], row["value"], row["fees"]) for row in rows] == [
        ("BTC", "BUY", "50", "0.001 BNB"),
        ("BTC", "SELL", "22", "0.2 USDT"),
    ]
    _, found = as_json(
        capsys, "export", "--format", "jsonl", "--out", str(out / "all.jsonl"), "--home", str(home)
    )
    assert found["files"] == {str(out / "all.jsonl"): 22}
    lines = (out / "all.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["type"] for line in lines] == [type(event).__name__ for event in STORY]


def test_the_originals_files_can_be_exported(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = home / "out"
    run(capsys, "export", "--format", "original", "--out", str(out), "--home", str(home))
    (line,) = (out / "trade_history.jsonl").read_text(encoding="utf-8").splitlines()
    trade = json.loads(line)
    assert (trade["side"], trade["order_id"], trade["buying_power_delta"]) == ("buy", "711", -50.0)
    assert "open_positions" in json.loads((out / "pnl_ledger.json").read_text(encoding="utf-8"))


def test_a_ledger_is_read_while_a_trader_holds_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_ledger(HomePaths(home).ledger("paper"), FileStore()) as ledger:
        ledger.append(QuoteBooked("USDT", Decimal(1), NOW))
        code, found = as_json(capsys, "verify", "--home", str(home))
    assert (code, found["entries"]) == (exit_codes.OK, 23)


def test_the_only_account_of_a_mode_needs_no_name(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = HomePaths(home)
    paths.ledger("paper").rename(paths.ledger("live", "f844c7db"))
    paths.ledger("live", "f844c7db.decisions").mkdir()
    code, found = as_json(capsys, "verify", "--mode", "live", "--home", str(home))
    assert (code, found["ledger"], found["entries"]) == (0, "live-f844c7db", 22)


def test_several_accounts_of_a_mode_are_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = HomePaths(home)
    for name in ("aaaa", "bbbb"):
        paths.ledger("live", name).mkdir()
    code, text = run(capsys, "show", "--mode", "live", "--home", str(home))
    assert code == exit_codes.USAGE
    assert "live has the accounts aaaa, bbbb: say which one with --account NAME" in text


def test_a_missing_option_is_told_with_the_help_of_its_own_command(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = run(capsys, "export", "--home", str(home))
    assert code == exit_codes.USAGE
    assert "Missing option '--out'; `powertrader ledger export --help` shows what is possible" in text
