"""Over from a PowerTrader_AI folder by the command: what is taken, kept, told and left alone."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordSetError

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.mailbox import MIGRATION, Mailbox
from powertrader.core.memory_files import load_memory
from powertrader.core.original_exports import OriginalExports
from powertrader.core.original_format import export_memory
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.parity.case import load_case
from powertrader.parity.thinker_cases import run_case
from powertrader.persistence.ledger_file import open_ledger
from powertrader.thinker.training_files import load_training
from tests.original_install import (
    API_KEY,
    API_SECRET,
    POSITIONS,
    PROFIT,
    SETTINGS,
    THINKER_CASE,
    TRADES,
    contents_of,
    state_of,
    write,
    write_install,
)

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "0"))
ROOT: Final = Path(__file__).resolve().parents[2]
KILLER: Final = Path(__file__).with_name("migration_killer.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_install(tmp_path / "PowerTrader AI")


@pytest.fixture
def home(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path / "home")


def migrate(folder: Path, home: HomePaths, *more: str) -> int:
    return main(["migrate", str(folder), "--home", str(home.root), *more])


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_folder_is_only_read(folder: Path, home: HomePaths) -> None:
    before = state_of(folder)
    assert migrate(folder, home) == exit_codes.OK
    assert state_of(folder) == before


def test_everything_is_taken_over_and_told(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate(folder, home, "--json") == exit_codes.OK
    captured = capsys.readouterr()
    values = json.loads(captured.out)
    assert values["problems"] == []
    assert values["keys_found"]
    assert (values["books"]["trades"], values["books"]["realized_profit"]) == (TRADES, PROFIT)
    assert tuple(values["books"]["positions"]) == POSITIONS
    assert all(one["imported"] for coin in values["coins"].values() for one in coin["timeframes"].values())
    assert "powertrader adopt COIN --mode live" in captured.err
    report = (home.migration_results / "report.txt").read_text()
    assert "20 trades, realised profit 224.55 USD" in report
    for secret in (API_KEY, API_SECRET):
        assert secret not in captured.err + captured.out + report
        assert not any(secret.encode() in content for content in contents_of(home.root).values())


def test_a_second_import_changes_nothing_and_says_so(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(folder, home)
    before = state_of(home.root)
    capsys.readouterr()
    assert migrate(folder, home) == exit_codes.OK
    assert "nothing was changed" in capsys.readouterr().err
    after = state_of(home.root)
    locks = [name for name in after if name.endswith(".lock")]
    assert {name: state[0] for name, state in after.items()} == {n: s[0] for n, s in before.items()}
    files = [name for name, state in after.items() if state[0] and name not in locks]
    assert [name for name in files if after[name] != before[name]] == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_an_import_killed_at_any_file_operation_and_repeated_ends_as_if_nothing_had_happened(
    folder: Path, tmp_path: Path
) -> None:
    found = killed(folder, tmp_path / "homes", 3, 1 if ROUNDS else 17)
    assert found["different"] == {}
    assert found["operations"] > 100
    assert found["files"] > 25


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_a_switch_killed_at_any_file_operation_leaves_settings_that_can_be_put_back_to_the_byte(
    folder: Path, tmp_path: Path
) -> None:
    found = killed(folder, tmp_path / "homes", 1, 1, "switch")
    assert found["different"] == {}
    assert found["operations"] >= 10


def killed(folder: Path, homes: Path, first: int, stride: int, *what: str) -> dict[str, Any]:
    """Run the killer and give what it found."""
    homes.mkdir()
    command = [sys.executable, str(KILLER), str(folder), str(homes), str(first), str(stride), *what]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


def test_a_dry_run_writes_nothing_and_tells_the_same(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate(folder, home, "--dry-run", "--json") == exit_codes.OK
    captured = capsys.readouterr()
    planned = json.loads(captured.out)
    assert "Nothing is written" in captured.err
    assert not home.root.exists()
    migrate(folder, home, "--json")
    assert {**told(capsys), "dry_run": True} == planned


def test_our_levels_from_imported_memories_are_those_of_the_original(folder: Path, home: HomePaths) -> None:
    migrate(folder, home)
    case = load_case(THINKER_CASE)
    files = dict(case.inputs["files"])
    for coin, start in (("BTC", ""), ("ETH", "ETH/")):
        for timeframe in TIMEFRAMES:
            memory = load_memory(FileStore(), home.coin(coin), timeframe)
            assert memory is not None
            texts = export_memory(memory)
            files[f"{start}memories_{timeframe}.txt"] = texts.memories
            files[f"{start}memory_weights_{timeframe}.txt"] = texts.weights
            files[f"{start}memory_weights_high_{timeframe}.txt"] = texts.weights_high
            files[f"{start}memory_weights_low_{timeframe}.txt"] = texts.weights_low
            files[f"{start}neural_perfect_threshold_{timeframe}.txt"] = texts.threshold
    assert set(files) == set(case.inputs["files"])
    assert run_case(replace(case, inputs={**case.inputs, "files": files})) == ()


def test_the_thinker_finds_the_imported_trainings_and_their_age(folder: Path, home: HomePaths) -> None:
    migrate(folder, home)
    for coin, place in (("BTC", folder), ("ETH", folder / "ETH")):
        training = load_training(FileStore(), home.coin(coin))
        stamp = int((place / "trainer_last_training_time.txt").read_text())
        assert training.trained_at_s == stamp
        assert list(training.memories) == list(TIMEFRAMES)
        assert all(len(memory) == 40 for memory in training.memories.values())


def test_settings_are_in_force_afterwards(folder: Path, home: HomePaths) -> None:
    migrate(folder, home)
    config = load_config(ConfigSources(gui_settings=home.gui_settings)).config
    assert config.trading.coins == ("BTC", "ETH")
    assert config.entry.trade_start_level == SETTINGS["trade_start_level"]
    assert config.entry.start_allocation_pct == SETTINGS["start_allocation_pct"]
    assert config.dca.levels == tuple(SETTINGS["dca_levels"])
    assert config.paths.main_neural_dir == ""


def test_the_original_scripts_are_kept_with_their_fingerprints(folder: Path, home: HomePaths) -> None:
    migrate(folder, home)
    listed = json.loads((home.original_scripts / "manifest.json").read_text())
    assert list(listed) == ["pt_hub.py", "pt_thinker.py", "pt_trader.py", "pt_trainer.py"]
    source, copy = state_of(folder), state_of(home.original_scripts)
    for name, facts in listed.items():
        assert facts["sha256"] == source[name][0] == copy[name][0]


def test_trades_and_profit_are_in_the_live_ledger_and_in_the_files_written_from_it(
    folder: Path, home: HomePaths, tmp_path: Path
) -> None:
    migrate(folder, home)
    ledgers = [path for path in (home.data / "ledger").iterdir() if path.is_dir()]
    assert [path.name.startswith("live-") for path in ledgers] == [True]
    fresh = HomePaths(tmp_path / "exported")
    store = FileStore()
    with open_ledger(ledgers[0], store) as ledger:
        OriginalExports(fresh, store, ledgers[0].name).start(ledger)
    assert json.loads(fresh.pnl_ledger.read_text())["total_realized_profit_usd"] == PROFIT
    assert fresh.trade_history.read_bytes() == (folder / "hub_data" / "trade_history.jsonl").read_bytes()
    assert home.trade_history.read_bytes() == fresh.trade_history.read_bytes()


def test_what_the_original_did_since_is_taken_by_a_further_import(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(folder, home)
    write(folder / "neural_perfect_threshold_1hour.txt", "42.5")
    with (folder / "hub_data" / "trade_history.jsonl").open("a") as history:
        history.write('{"ts": 1700100000.0, "side": "buy", "symbol": "XRPUSDT", "qty": 1.0}\n')
    capsys.readouterr()
    assert migrate(folder, home, "--json") == exit_codes.OK
    assert told(capsys)["files"] == {"already there": 25, "updated": 2}
    memory = load_memory(FileStore(), home.coin("BTC"), TIMEFRAMES[0])
    assert memory is not None
    assert memory.threshold_pct == 42.5
    assert len(home.trade_history.read_text().splitlines()) == TRADES + 1


def test_what_was_learnt_here_since_is_kept_until_the_user_says_replace(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(folder, home)
    path = home.coin("ETH").pattern_memory(TIMEFRAMES[2])
    own = home.coin("BTC").pattern_memory(TIMEFRAMES[0]).read_bytes()
    path.write_bytes(own)
    capsys.readouterr()
    assert migrate(folder, home, "--json") == exit_codes.OK
    captured = capsys.readouterr()
    assert json.loads(captured.out)["kept"] == [str(path)]
    assert "--replace" in captured.err
    assert path.read_bytes() == own
    assert migrate(folder, home, "--replace", "--json") == exit_codes.OK
    backups = told(capsys)["backups"]
    assert isinstance(backups, list)
    assert [Path(backup).read_bytes() for backup in backups] == [own]
    assert path.read_bytes() != own


@pytest.mark.parametrize("process", ["trainer", "thinker", "trader"])
def test_an_import_waits_for_no_worker_but_refuses(
    folder: Path, home: HomePaths, process: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with exclusive(home.process_lock(process)):
        assert migrate(folder, home) == exit_codes.USAGE
    assert f"the {process} of this home runs" in capsys.readouterr().err
    assert not home.coin("BTC").pattern_memory(TIMEFRAMES[0]).exists()


@pytest.mark.parametrize("place", ["", "home", "hub_data/home"])
def test_a_home_inside_the_folder_or_the_folder_itself_is_refused(
    folder: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state_of(folder)
    assert migrate(folder, HomePaths(folder / place)) == exit_codes.USAGE
    assert "--home" in capsys.readouterr().err
    assert state_of(folder) == before


def test_a_home_whose_settings_name_the_originals_folder_is_refused(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state_of(folder)
    assert migrate(folder, home, "--set", f"main_neural_dir={folder}") == exit_codes.USAGE
    assert "take it out of the home's settings" in capsys.readouterr().err
    assert state_of(folder) == before


def test_a_folder_inside_the_home_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_install(tmp_path / "home" / "old")
    assert migrate(folder, HomePaths(tmp_path / "home")) == exit_codes.USAGE
    assert "lies in the home" in capsys.readouterr().err


def test_a_folder_that_is_no_original_is_refused_with_what_was_looked_for(
    folder: Path, home: HomePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate(tmp_path / "absent", home) == exit_codes.USAGE
    assert "is no folder" in capsys.readouterr().err
    assert migrate(tmp_path, home) == exit_codes.USAGE
    said = capsys.readouterr().err
    assert "pt_trader.py" in said
    assert f"did you mean {folder}?" in said
    assert not home.root.exists()


def test_a_home_of_a_made_up_market_is_refused(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    FileStore().write_json(home.market_note, {"market": "local exchange"})
    assert migrate(folder, home) == exit_codes.USAGE
    assert "must not mix" in capsys.readouterr().err


def test_a_running_original_is_told_and_read_all_the_same(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / "pt_trader.py", "import sys; print('up', flush=True); sys.stdin.read()\n")
    command = [sys.executable, "-u", "pt_trader.py"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "up\n"
        assert migrate(folder, home, "--json") == exit_codes.OK
        captured = capsys.readouterr()
        program.communicate("")
    assert json.loads(captured.out)["running"] == [f"pt_trader.py ({program.pid})"]
    assert "import again after it has ended" in captured.err


def test_the_home_remembers_where_it_came_from(folder: Path, home: HomePaths) -> None:
    migrate(folder, home)
    record = Mailbox(FileStore(), home).read(home.migration_record, MIGRATION)
    assert record is not None
    assert (record.source, record.live, record.acknowledged_at) == (str(folder), True, None)
    shutil.rmtree(folder)
    assert migrate(folder, home) == exit_codes.USAGE


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


@pytest.fixture
def system_keyring() -> Iterator[MemoryKeyring]:
    before, mine = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


KEY_ENTRY: Final = ("powertrader-binance-live", "api_key")
SECRET_ENTRY: Final = ("powertrader-binance-live", "api_secret")


def test_keys_go_to_the_keyring_only_on_request(
    folder: Path, home: HomePaths, system_keyring: MemoryKeyring, capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate(folder, home) == exit_codes.OK
    assert system_keyring.stored == {}
    assert migrate(folder, home, "--keys") == exit_codes.OK
    assert system_keyring.stored == {KEY_ENTRY: API_KEY, SECRET_ENTRY: API_SECRET}
    assert "stay in that folder as plain text" in capsys.readouterr().err
    assert migrate(folder, home, "--keys") == exit_codes.OK
    captured = capsys.readouterr()
    assert "the keys are in the keyring already" in captured.err
    assert API_SECRET not in captured.out + captured.err


def test_other_keys_in_the_keyring_are_never_overwritten_and_half_a_pair_is_completed(
    folder: Path, home: HomePaths, system_keyring: MemoryKeyring, capsys: pytest.CaptureFixture[str]
) -> None:
    system_keyring.stored[KEY_ENTRY] = "another"
    assert migrate(folder, home, "--keys") == exit_codes.DIFFERENT
    assert "the keyring has other keys" in capsys.readouterr().err
    assert system_keyring.stored == {KEY_ENTRY: "another"}
    system_keyring.stored[KEY_ENTRY] = API_KEY
    assert migrate(folder, home, "--keys") == exit_codes.OK
    assert system_keyring.stored[SECRET_ENTRY] == API_SECRET


def test_a_system_without_a_keyring_is_told_and_the_rest_is_imported(
    folder: Path, home: HomePaths, system_keyring: MemoryKeyring, capsys: pytest.CaptureFixture[str]
) -> None:
    system_keyring.open = False
    assert migrate(folder, home, "--keys") == exit_codes.DIFFERENT
    said = capsys.readouterr().err
    assert "this system has no keyring that can be written" in said
    assert API_KEY not in said
    assert home.coin("BTC").pattern_memory(TIMEFRAMES[0]).exists()
