"""The original's window and shortcuts with our programs: old names, and the switch there and back."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.paths import HomePaths
from powertrader.core.storage_lock import exclusive
from tests.exchange_server import exchange_server
from tests.original_install import SETTINGS, contents_of, state_of, write_install

ROOT: Final = Path(__file__).resolve().parents[2]
NAMES: Final = ROOT / "scripts" / "original_names"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_install(tmp_path / "PowerTrader AI")


@pytest.fixture
def home(tmp_path: Path, folder: Path) -> HomePaths:
    made = HomePaths(tmp_path / "home")
    assert main(["migrate", str(folder), "--home", str(made.root)]) == exit_codes.OK
    return made


def switch(backend: str, folder: Path, home: HomePaths | None = None) -> int:
    more = [] if home is None else ["--home", str(home.root)]
    return main(["switch-backend", backend, "--folder", str(folder), *more])


def settings_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "gui_settings.json").read_text())
    return found


def test_the_window_is_switched_to_the_home_and_back_to_the_byte(folder: Path, home: HomePaths) -> None:
    folder_before, home_before = contents_of(folder), contents_of(home.root)
    assert switch("new", folder, home) == exit_codes.OK
    switched = settings_of(folder)
    assert switched["main_neural_dir"] == str(home.data)
    assert switched["hub_data_dir"] == str(home.hub_data)
    assert Path(str(switched["script_trader"])).is_file()
    # the window looks for the trainer by its bare name in the main folder
    assert (home.data / Path(str(switched["script_neural_trainer"])).name).is_file()
    assert {**switched, **{key: SETTINGS[key] for key in SETTINGS}} == SETTINGS
    others = {name: content for name, content in contents_of(folder).items() if "gui_settings" not in name}
    assert others == {name: one for name, one in folder_before.items() if "gui_settings" not in name}
    (home.data / "ETH" / "pt_trainer.py").write_bytes((home.data / "pt_trainer.py").read_bytes())
    # without the home: the settings say which one it was
    assert switch("original", folder) == exit_codes.OK
    assert contents_of(folder) == folder_before
    assert contents_of(home.root).keys() - home_before.keys() <= {"data/supervisor.lock"}
    assert {name: contents_of(home.root)[name] for name in home_before} == home_before


def test_a_second_switch_changes_nothing(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert switch("original", folder, home) == exit_codes.OK
    assert "nothing was changed" in capsys.readouterr().err
    switch("new", folder, home)
    before = state_of(folder)
    assert switch("new", folder, home) == exit_codes.OK
    assert state_of(folder) == before


def test_what_was_changed_in_the_window_meanwhile_stays(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    switch("new", folder, home)
    changed = {**settings_of(folder), "coins": ["BTC", "ETH", "SOL"]}
    (folder / "gui_settings.json").write_text(json.dumps(changed))
    assert switch("original", folder) == exit_codes.OK
    assert settings_of(folder) == {**SETTINGS, "coins": ["BTC", "ETH", "SOL"]}
    assert "stays" in capsys.readouterr().err


def test_a_folder_without_settings_has_none_again_afterwards(folder: Path, home: HomePaths) -> None:
    (folder / "gui_settings.json").unlink()
    before = contents_of(folder)
    assert switch("new", folder, home) == exit_codes.OK
    assert settings_of(folder)["main_neural_dir"] == str(home.data)
    assert switch("original", folder) == exit_codes.OK
    assert contents_of(folder) == before


def test_damaged_settings_and_a_home_without_an_import_are_refused(
    folder: Path, home: HomePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert switch("new", folder, HomePaths(tmp_path / "empty")) == exit_codes.USAGE
    assert "nothing was imported" in capsys.readouterr().err
    (folder / "gui_settings.json").write_text("{")
    assert switch("new", folder, home) == exit_codes.USAGE
    assert "is damaged" in capsys.readouterr().err
    assert (folder / "gui_settings.json").read_text() == "{"


@pytest.mark.parametrize("process", ["trainer", "thinker", "trader", "supervisor"])
def test_the_switch_waits_until_our_programs_have_ended(
    folder: Path, home: HomePaths, process: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with exclusive(home.process_lock(process)):
        assert switch("new", folder, home) == exit_codes.USAGE
    assert process in capsys.readouterr().err
    assert settings_of(folder) == SETTINGS


def test_the_switch_waits_until_the_originals_window_has_ended(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pt_hub.py").write_text("import sys; print('up', flush=True); sys.stdin.read()\n")
    pipe = subprocess.PIPE
    command = [sys.executable, "-u", str(folder / "pt_hub.py")]
    with subprocess.Popen(command, cwd=folder.parent, stdin=pipe, stdout=pipe, text=True) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "up\n"
        assert switch("new", folder, home) == exit_codes.USAGE
        window.communicate("")
    assert f"pt_hub.py (process {window.pid})" in capsys.readouterr().err
    assert settings_of(folder) == SETTINGS


def test_an_import_of_a_switched_folder_is_refused_with_the_way_out(
    folder: Path, home: HomePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    switch("new", folder, home)
    assert main(["migrate", str(folder), "--home", str(home.root)]) == exit_codes.USAGE
    assert "switch-backend original" in capsys.readouterr().err


def under_old_name(name: str, place: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-u", str(NAMES / f"{name}.py"), *words]
    known = {key: value for key, value in os.environ.items() if key != "PT_HOME"}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=place, stdout=pipe, stderr=pipe, text=True, env={**known, **environment}
    )


def test_the_old_trainer_started_in_a_coins_folder_waits_its_turn_and_trains_that_coin(
    tmp_path: Path,
) -> None:
    home = HomePaths(tmp_path / "home")
    place = home.coin("ETH").base
    place.mkdir(parents=True)
    home.market_note.write_text('{"market": "local exchange"}')
    with exchange_server(tmp_path / "venue", coins="ETH") as venue:
        with exclusive(home.process_lock("trainer_queue")):
            trainer = under_old_name("pt_trainer", place, "eth", "reprocess_yes", PT__EXCHANGE__URL=venue.url)
            assert trainer.stderr is not None
            assert "reprocess_yes has no effect" in trainer.stderr.readline()
            assert trainer.stderr.readline() == "another training runs; this one waits for it\n"
            assert trainer.poll() is None
        said = trainer.communicate()[1]
    assert trainer.returncode == exit_codes.OK, said
    assert home.coin("ETH").trainer_last_training_time().is_file()
    assert json.loads(home.coin("ETH").trainer_status().read_text())["state"] == "FINISHED"
    assert not home.coin("BTC").trainer_status().exists()


def test_the_windows_own_settings_are_read_and_its_folders_left_alone(folder: Path, home: HomePaths) -> None:
    settings = folder / "gui_settings.json"
    settings.write_text(json.dumps({**SETTINGS, "trade_start_level": 9, "main_neural_dir": str(folder)}))
    before = state_of(folder)
    thinker = under_old_name(
        "pt_thinker",
        folder,
        PT_HOME=str(home.root),
        POWERTRADER_GUI_SETTINGS=str(settings),
        POWERTRADER_HUB_DIR=str(folder / "hub_data"),
    )
    said = thinker.communicate()[1]
    assert thinker.returncode == exit_codes.USAGE
    assert f"POWERTRADER_HUB_DIR names {folder / 'hub_data'}, which is left alone" in said
    assert f"{settings}: trade_start_level was 9" in said
    assert state_of(folder) == before


def test_what_the_switch_writes_starts_our_programs_with_the_home_and_the_windows_settings(
    folder: Path, home: HomePaths, tmp_path: Path
) -> None:
    switch("new", folder, home)
    settings = folder / "gui_settings.json"
    settings.write_text(json.dumps({**settings_of(folder), "dca_multiplier": -1}))
    copied = home.data / "ETH" / "pt_trainer.py"
    copied.write_bytes((home.data / "pt_trainer.py").read_bytes())
    known = {key: value for key, value in os.environ.items() if key != "PT_HOME"}
    command = [sys.executable, "-u", str(copied), "ETH"]
    result = subprocess.run(
        command, cwd=copied.parent, capture_output=True, text=True, check=False, env=known
    )
    assert result.returncode == exit_codes.USAGE
    assert f"{settings}: dca_multiplier was -1" in result.stderr


def test_a_checkout_that_is_not_set_up_says_what_to_do(tmp_path: Path) -> None:
    names = tmp_path / "checkout" / "scripts" / "original_names"
    names.mkdir(parents=True)
    for one in NAMES.glob("*.py"):
        (names / one.name).write_bytes(one.read_bytes())
    shared = NAMES.parent / "any_python.py"
    (names.parent / shared.name).write_bytes(shared.read_bytes())
    # -I -S: without the packages of the environment that runs the tests
    command = [sys.executable, "-I", "-S", str(names / "pt_trader.py")]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == exit_codes.USAGE
    assert "bootstrap.py setup" in result.stderr
