"""`powertrader preflight` against a local exchange: each thing that can be wrong, and where keys go."""

import gc
import io
import json
import os
import stat
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tkinter import ttk
from typing import Any, Final

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError, PasswordSetError

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.account_claim import claim_account
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.credentials import account_name_of
from powertrader.core.ledger import Ledger
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths, account_lock
from powertrader.core.preflight import OTHER_KEYS, CheckState, Preflight, preflight_of
from powertrader.core.storage import FileStore
from powertrader.hub.app import HubWindow
from powertrader.hub.commands.access import AccessCommands
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.state import HubState
from powertrader.hub.text import has_text
from powertrader.models.journal import QuoteBooked
from powertrader.persistence.ledger_file import open_ledger
from tests.exchange_server import ExchangeServer, exchange_server
from tests.unit.hub.views import hub_view

BIG: Final = ("--set", "start_allocation_pct=0.5")
KEY_ENTRY: Final = ("powertrader-binance-live", "api_key")
SECRET_ENTRY: Final = ("powertrader-binance-live", "api_secret")
FOREIGN_KEY: Final = "k" * 64


class MemoryKeyring(KeyringBackend):
    """A keyring in memory, which can be shut."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring gives its constructors no types
        self.stored: dict[tuple[str, str], str] = {}
        self.open = True

    def get_password(self, service: str, username: str) -> str | None:
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if not self.open:
            msg = f"cannot keep {password}"
            raise PasswordSetError(msg)
        self.stored[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.stored.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange")) as server:
        yield server


@pytest.fixture(autouse=True)
def system_keyring() -> Iterator[MemoryKeyring]:
    before, mine = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


@dataclass(frozen=True)
class Scene:
    """A home beside a local exchange, and what the command tells of it."""

    home: Path
    venue: ExchangeServer
    keyring: MemoryKeyring
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    @property
    def paths(self) -> HomePaths:
        return HomePaths(self.home)

    def look(self, *more: str, mode: str = "live") -> Preflight:
        """Run the command and give what it told; its exit code says the same."""
        wanted = ("--exchange-url", self.venue.url, "--set", "coins=BTC,ETH", "--mode", mode, "--json")
        code = main(["preflight", "--home", str(self.home), *wanted, *more])
        report = preflight_of(json.loads(self.capsys.readouterr().out))
        assert code == (exit_codes.DIFFERENT if report.failed else exit_codes.OK)
        return report

    def look_with(self, key: str, secret: str, *more: str) -> Preflight:
        """Run the command with keys on standard input."""
        self.put_in(json.dumps({"api_key": key, "api_secret": secret}))
        return self.look("--keys-only", "--keys-from-stdin", *more)

    def put_in(self, text: str) -> None:
        """Put a text on standard input."""
        self.patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))

    def grant(self, **rights: object) -> None:
        """Say what the keys may do; the rest is as a careful user sets it."""
        self.venue.admin.ask("POST", "accounts/main/rights", rights)


@pytest.fixture
def bare(
    tmp_path: Path,
    venue: ExchangeServer,
    system_keyring: MemoryKeyring,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    """Give a home without keys anywhere."""
    monkeypatch.delenv("BINANCE_API_KEY", raising=False)
    monkeypatch.delenv("BINANCE_API_SECRET", raising=False)
    scene = Scene(tmp_path, venue, system_keyring, capsys, monkeypatch)
    yield scene
    venue.admin.clear_faults()
    scene.grant()


@pytest.fixture
def scene(bare: Scene) -> Scene:
    """Give a home whose environment has the keys of the venue's account."""
    bare.patch.setenv("BINANCE_API_KEY", bare.venue.api_key)
    bare.patch.setenv("BINANCE_API_SECRET", bare.venue.api_secret)
    return bare


def states(report: Preflight) -> dict[str, str]:
    return {one.name: one.state.value for one in report.checks}


def found(report: Preflight, name: str) -> str:
    return next(f"{one.found} {one.fix}" for one in report.checks if one.name == name)


def test_a_careful_users_account_passes_all_but_the_training(scene: Scene) -> None:
    before = scene.venue.admin.counters().get("POST /api/v3/order", 0)
    report = scene.look(*BIG)
    assert [name for name, state in states(report).items() if state != "ok"] == ["stages", "training"]
    assert [name for name in states(report) if not has_text(f"access.check.{name}")] == []
    assert report.account == account_name_of(scene.venue.api_key)
    assert "BTC, ETH" in found(report, "training")
    assert scene.venue.admin.counters().get("POST /api/v3/order", 0) == before
    assert report.means is not None
    assert (report.means.free, report.means.entry, report.means.coins) == (10_000.0, 50.0, 2)
    assert dict(report.means.smallest)["BTC"] >= 5.0


def test_paper_needs_no_keys_and_the_originals_size_is_too_small(bare: Scene) -> None:
    report = bare.look(mode="paper")
    assert states(report)["keys"] == "skipped"
    assert states(report)["sizes"] == "failed"
    assert "A first buy of 0.50 USDT is too small for 2 of 2 coins" in found(report, "sizes")
    enough = found(report, "sizes").partition("at least ")[2].partition(" ")[0]
    again = bare.look("--set", f"start_allocation_pct={enough}", mode="paper")
    assert states(again)["sizes"] == "ok"
    assert not list(bare.home.glob("data/ledger/*"))


@pytest.mark.parametrize(
    "rights, name, state, words",
    [
        ({"trading": False}, "trading_right", "failed", "may read but not trade"),
        ({"account_trades": False}, "trading_right", "failed", "does not let this account trade"),
        ({"withdrawing": True}, "withdrawal_right", "failed", "untick 'Enable Withdrawals'"),
        ({"only_from_addresses": False}, "address_limit", "warning", "trusted IPs"),
        ({"reading": False}, "account", "failed", "-2015"),
    ],
)
def test_each_right_that_is_not_as_it_should_be_is_told_with_the_way_out(
    scene: Scene, rights: dict[str, bool], name: str, state: str, words: str
) -> None:
    scene.grant(**rights)
    report = scene.look("--keys-only")
    assert states(report)[name] == state
    assert words in found(report, name)
    assert "disk" not in states(report)


def test_a_right_that_ends_by_itself_is_told_in_time(scene: Scene) -> None:
    ends = {"days 5": timedelta(days=5, hours=1), "over": -timedelta(days=1), "far": timedelta(days=80)}
    told = {}
    for name, left in ends.items():
        at = (datetime.now(UTC) + left).isoformat()
        scene.venue.admin.ask("POST", "accounts/main/rights", {"ends_at": at})
        report = scene.look("--keys-only")
        told[name] = (states(report)["trading_right"], found(report, "trading_right"))
    assert [state for state, _ in told.values()] == ["warning", "failed", "ok"]
    assert "5 more days" in told["days 5"][1]


@pytest.mark.parametrize("trading, state", [(True, "ok"), (False, "failed")])
def test_at_the_testnet_the_right_to_trade_is_tried_without_an_order(
    scene: Scene, trading: bool, state: str
) -> None:
    scene.venue.admin.ask("POST", "accounts/main/rights", {"trading": trading})
    orders = len(scene.venue.admin.orders())
    report = scene.look("--keys-only", mode="testnet")
    assert states(report)["trading_right"] == state
    assert states(report)["withdrawal_right"] == "skipped"
    assert len(scene.venue.admin.orders()) == orders


@pytest.mark.parametrize(
    "code, words",
    [
        (-2014, "no API key (-2014)"),
        (-2015, "made elsewhere than at Binance itself"),
        (-1022, "secret does not belong to it"),
        (-1021, "clock and Binance's are too far apart"),
        (-1003, "Wait"),
    ],
)
def test_what_binance_refuses_is_explained(scene: Scene, code: int, words: str) -> None:
    scene.venue.admin.add_fault(on="GET /api/v3/account", then={"error": code})
    report = scene.look("--keys-only")
    assert states(report)["account"] == "failed"
    assert words in found(report, "account")


def test_another_clock_is_told_and_one_that_is_far_off_is_refused(scene: Scene) -> None:
    scene.venue.admin.add_fault(on="*", then={"clock_skew_ms": 3_000})
    report = scene.look("--keys-only")
    assert (states(report)["clock"], states(report)["account"]) == ("warning", "ok")
    assert "3.0 s behind the venue's" in found(report, "clock")
    scene.venue.admin.clear_faults()
    scene.venue.admin.add_fault(on="*", then={"clock_skew_ms": -60_000})
    report = scene.look("--keys-only")
    assert states(report)["clock"] == "failed"
    assert "60.0 s ahead of the venue's" in found(report, "clock")


def test_a_venue_that_does_not_answer_fails_plainly_and_the_home_is_looked_at(scene: Scene) -> None:
    nobody = ("--exchange-url", "http://127.0.0.1:9", "--set", "exchange.timeout_s=2")
    report = scene.look(*nobody)
    told = states(report)
    assert (told["clock"], told["account"], told["pairs"], told["sizes"]) == (
        "failed",
        "skipped",
        "failed",
        "skipped",
    )
    assert told["disk"] == "ok"
    assert "powertrader exchange serve" in found(report, "clock")


def test_pairs_and_candles_that_are_missing_are_named(scene: Scene) -> None:
    scene.venue.admin.ask("POST", "symbols/ETHUSDT", {"halted": True})
    try:
        report = scene.look(*BIG, "--set", "coins=BTC,ETH,NOPE", mode="paper")
    finally:
        scene.venue.admin.ask("POST", "symbols/ETHUSDT", {"halted": False})
    assert (states(report)["pairs"], states(report)["candles"]) == ("warning", "warning")
    assert "2 of 3 coins cannot be bought: ETH, NOPE" in found(report, "pairs")
    assert "kucoin does not know 1 of 3 coins: NOPE" in found(report, "candles")


def test_without_money_nothing_can_be_bought(scene: Scene) -> None:
    free = scene.venue.admin.balances()["USDT"][0]
    scene.venue.admin.withdraw("USDT", str(free - Decimal("0.4")))
    try:
        report = scene.look(*BIG)
    finally:
        scene.venue.admin.deposit("USDT", str(free - Decimal("0.4")))
    assert (states(report)["funds"], states(report)["sizes"]) == ("failed", "failed")
    assert "0.40 USDT free, less than a first buy of 0.50" in found(report, "funds")
    assert "too small for these coins" in found(report, "sizes")


def test_another_home_on_the_account_fails(scene: Scene) -> None:
    with claim_account(account_lock("live", account_name_of(scene.venue.api_key))):
        report = scene.look()
    assert states(report)["trader"] == "failed"
    assert "Another home on this computer trades this account" in found(report, "trader")


def filled(paths: HomePaths, account: str) -> Path:
    """Give the folder of a ledger with an entry."""
    folder = paths.ledger("live", account)
    with open_ledger(folder, FileStore()) as ledger:
        kept: Ledger = ledger
        kept.append(QuoteBooked("USDT", Decimal(100), SystemClock().now()))
    return folder


def test_the_ledger_is_read_whole_and_damage_is_found(scene: Scene) -> None:
    paths = HomePaths(scene.home)
    filled(paths, "old")
    assert "live-old" in found(scene.look(), "ledger")
    folder = filled(paths, account_name_of(scene.venue.api_key))
    assert "is whole: 1 entries" in found(scene.look(), "ledger")
    (segment,) = folder.glob("*.jsonl")
    segment.write_text(segment.read_text().replace('"100"', '"900"'))
    report = scene.look()
    assert states(report)["ledger"] == "failed"
    assert "powertrader ledger verify" in found(report, "ledger")


def test_what_a_worker_would_refuse_is_told_before(scene: Scene) -> None:
    scene.paths.market_note.parent.mkdir(parents=True)
    scene.paths.market_note.write_text('{"market": "real"}')
    nowhere = scene.home / "nowhere"
    report = scene.look("--set", f"cutover.original_folder={nowhere}")
    assert (states(report)["market"], states(report)["original"]) == ("failed", "failed")
    assert "belongs to the real market" in found(report, "market")
    assert scene.paths.market_note.read_text() == '{"market": "real"}'


def test_settings_that_cannot_be_used_are_each_named(scene: Scene) -> None:
    report = scene.look("--set", "dca.multiplier=-1", "--set", "coinz=BTC")
    assert [(one.name, one.state) for one in report.checks] == [("settings", CheckState.FAILED)] * 2
    assert "did you mean" in report.checks[1].found or "did you mean" in report.checks[0].found


def test_without_keys_the_start_is_refused_and_the_rest_is_told(bare: Scene) -> None:
    report = bare.look()
    told = states(report)
    assert (told["keys"], told["ledger"], told["sizes"]) == ("failed", "skipped", "skipped")
    assert "no Binance API keys" in found(report, "keys")


def test_a_person_reads_each_check_with_its_way_out(bare: Scene) -> None:
    wanted = ("--exchange-url", bare.venue.url, "--set", "coins=BTC,ETH")
    assert main(["preflight", "--home", str(bare.home), *wanted]) == exit_codes.DIFFERENT
    captured = bare.capsys.readouterr()
    assert captured.out == ""
    assert "Pre-flight for PAPER" in captured.err
    assert "FAILED   sizes: A first buy of 0.50 USDT" in captured.err
    assert "-> Set entry.start_allocation_pct to at least" in captured.err
    assert "Not ready: 2 of" in captured.err


def test_keys_from_standard_input_are_tried_and_kept_in_the_keyring_only_when_asked(bare: Scene) -> None:
    key, secret = bare.venue.api_key, bare.venue.api_secret
    report = bare.look_with(f" {key}\n", secret)
    assert (report.failed, report.stored, bare.keyring.stored) == ((), "", {})
    report = bare.look_with(f" {key}\n", secret, "--store", "keyring")
    assert (report.failed, report.stored) == ((), "keyring")
    assert bare.keyring.stored == {KEY_ENTRY: key, SECRET_ENTRY: secret}
    assert "come from the keyring" in found(bare.look("--keys-only"), "keys")


def test_keys_that_others_count_before_are_kept_with_a_warning(scene: Scene) -> None:
    report = scene.look_with(scene.venue.api_key, scene.venue.api_secret, "--store", "keyring")
    assert (report.stored, states(report)["stored"]) == ("keyring", "warning")
    assert "those of the environment count before them" in found(report, "stored")


def test_keys_that_are_refused_are_not_kept(bare: Scene) -> None:
    report = bare.look_with(FOREIGN_KEY, "s" * 64, "--store", "keyring")
    assert states(report)["account"] == "failed"
    assert "not stored" in found(report, "stored")
    assert bare.keyring.stored == {}


def test_other_keys_in_the_keyring_are_replaced_only_when_that_is_said(bare: Scene) -> None:
    key, secret = bare.venue.api_key, bare.venue.api_secret
    bare.keyring.stored = {KEY_ENTRY: FOREIGN_KEY, ("powertrader-binance-live", "private_key"): "pem"}
    report = bare.look_with(key, secret, "--store", "keyring")
    assert "they were kept" in found(report, OTHER_KEYS)
    assert bare.keyring.stored[KEY_ENTRY] == FOREIGN_KEY
    assert bare.look_with(key, secret, "--store", "keyring", "--replace").stored == "keyring"
    # the private key of before would be signed with, and is no longer there
    assert bare.keyring.stored == {KEY_ENTRY: key, SECRET_ENTRY: secret}


def test_a_system_without_a_keyring_says_so_and_shows_no_key(bare: Scene) -> None:
    bare.keyring.open = False
    report = bare.look_with(bare.venue.api_key, bare.venue.api_secret, "--store", "keyring")
    assert "no keyring that can be written" in found(report, "stored")
    assert bare.venue.api_secret not in found(report, "stored")


def test_key_files_are_written_on_request_with_backups_and_closed_to_others(bare: Scene) -> None:
    (bare.home / "b_key.txt").write_text("old key")
    report = bare.look_with(bare.venue.api_key, bare.venue.api_secret, "--store", "files")
    assert report.stored == "files"
    assert (bare.home / "b_key.txt").read_text() == bare.venue.api_key
    assert (bare.home / "b_secret.txt").read_text() == bare.venue.api_secret
    (backup,) = bare.home.glob("b_key.txt.bak_????????_??????")
    assert backup.read_text() == "old key"
    if os.name == "posix":
        assert stat.S_IMODE((bare.home / "b_secret.txt").stat().st_mode) == 0o600
    assert not list(bare.home.glob("*.tmp"))


@pytest.mark.parametrize(
    "text", ["", "[]", "nonsense marked-secret", '{"api_key": 1}', '{"api_key": "marked-secret"}']
)
def test_standard_input_without_keys_is_refused_and_not_shown(bare: Scene, text: str) -> None:
    bare.put_in(text)
    asked = ["--mode", "live", "--exchange-url", bare.venue.url, "--keys-from-stdin"]
    assert main(["preflight", "--home", str(bare.home), *asked]) == exit_codes.USAGE
    captured = bare.capsys.readouterr()
    assert "standard input" in captured.err
    assert "marked-secret" not in captured.err + captured.out


@pytest.mark.parametrize(
    "asked, words",
    [
        (("--mode", "paper", "--keys-from-stdin"), "which has no keys"),
        (("--mode", "live", "--store", "keyring"), "give both, or neither"),
        (("--mode", "live", "--keys-from-stdin", "--set", "broker=ccxt:kraken"), "the environment only"),
    ],
)
def test_what_cannot_be_meant_is_refused(bare: Scene, asked: tuple[str, ...], words: str) -> None:
    assert main(["preflight", "--home", str(bare.home), *asked]) == exit_codes.USAGE
    assert words in bare.capsys.readouterr().err


def keys(scene: Scene, command: str, *more: str) -> tuple[int, dict[str, Any]]:
    """Run `powertrader keys` and give its exit code and what it told."""
    code = main(["keys", command, "--home", str(scene.home), "--json", *more])
    return code, json.loads(scene.capsys.readouterr().out)


def test_where_keys_lie_is_told_and_they_are_forgotten_on_request(bare: Scene) -> None:
    code, told = keys(bare, "status")
    assert (code, told["live"]["account"], told["live"]["places"]) == (exit_codes.DIFFERENT, "", [])
    assert "no Binance API keys for live" in told["live"]["problem"]
    bare.look_with(bare.venue.api_key, bare.venue.api_secret, "--store", "keyring")
    bare.look_with(bare.venue.api_key, bare.venue.api_secret, "--store", "files")
    account = account_name_of(bare.venue.api_key)
    code, told = keys(bare, "status")
    assert (code, told["live"]["account"]) == (exit_codes.OK, account)
    assert told["live"]["places"] == ["the keyring", "the key files"]
    # files have no environment, the keyring has
    assert told["testnet"]["places"] == ["the key files"]
    code, told = keys(bare, "clear", "--yes")
    assert told == {"cleared": ["the keyring", "b_key.txt", "b_secret.txt"], "left": []}
    assert (bare.keyring.stored, list(bare.home.glob("b_*.txt"))) == ({}, [])
    assert keys(bare, "clear", "--yes") == (exit_codes.OK, {"cleared": [], "left": []})


def test_keys_of_the_environment_cannot_be_cleared_and_that_is_said(scene: Scene) -> None:
    assert keys(scene, "clear", "--yes")[1] == {"cleared": [], "left": ["the environment"]}
    assert main(["keys", "status", "--home", str(scene.home)]) == exit_codes.OK
    assert "come from the environment" in scene.capsys.readouterr().err


def test_clearing_asks_first(bare: Scene) -> None:
    (bare.home / "b_key.txt").write_text("kept")
    bare.patch.setattr("sys.stdin", io.StringIO("n\n"))
    assert main(["keys", "clear", "--home", str(bare.home)]) == exit_codes.INTERRUPTED
    assert (bare.home / "b_key.txt").exists()


@pytest.fixture
def keyring_file(bare: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a keyring that programs share."""
    path = tmp_path_factory.mktemp("keyring") / "keyring.json"
    bare.patch.setenv("TEST_KEYRING_FILE", str(path))
    return path


@pytest.fixture
def windows(
    bare: Scene, keyring_file: Path, lasting_screen: Callable[[str], str]
) -> Iterator[list[HubWindow]]:
    """Give a real window on a home without keys."""
    _ = keyring_file
    bare.patch.setenv("PYTHON_KEYRING_BACKEND", "tests.file_keyring.FileKeyring")
    bare.patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    options = ("--home", str(bare.home), "--set", f"exchange.url={bare.venue.url}")
    store = FileStore(bare.paths.data)
    mailbox, sources = Mailbox(store, bare.paths), ConfigSources(gui_settings=bare.paths.gui_settings)
    ports = HubPorts(
        bare.paths,
        mailbox,
        store,
        SystemClock(),
        sources,
        options=options,
    )
    display = lasting_screen("1280x720x24")
    if display:
        bare.patch.setenv("DISPLAY", display)
    # Tcl aborts the process when another thread frees the window
    gc.disable()
    made = [HubWindow(tk.Tk(), ports, HubState(), Preferences())]
    made[0].start()
    yield made
    made.pop().close()
    gc.collect()
    gc.enable()


def until(window: HubWindow, condition: Callable[[], bool]) -> None:
    """Let the window work until a condition holds."""
    ends_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends_s, "it did not happen in time"
        window.root.update()
        time.sleep(0.005)


def paste(window: HubWindow, entry: ttk.Entry, words: str) -> None:
    """Put words into a field from the clipboard, as people do with keys."""
    window.root.clipboard_clear()
    window.root.clipboard_append(words)
    entry.event_generate("<<Paste>>")
    window.root.update()


def test_through_the_window_keys_come_into_the_keyring_and_nowhere_else(
    bare: Scene, windows: list[HubWindow], keyring_file: Path
) -> None:
    window = windows[0]
    desk = AccessCommands(window.root, window.context, hub_view)
    desk.open_wizard()
    wizard = desk.wizard
    assert wizard is not None
    paste(window, wizard.fields.api_key, f"  {bare.venue.api_key}\n")
    paste(window, wizard.fields.secret, bare.venue.api_secret)
    wizard.agree.invoke()
    wizard.save.invoke()
    until(window, lambda: not wizard.run.is_running)
    kept = json.loads(keyring_file.read_text())
    assert set(kept.values()) == {bare.venue.api_key, bare.venue.api_secret}
    assert (wizard.fields.api_key.get(), wizard.fields.secret.get()) == ("", "")
    written = "".join(path.read_text("utf-8", "replace") for path in bare.home.rglob("*") if path.is_file())
    assert bare.venue.api_secret not in written
