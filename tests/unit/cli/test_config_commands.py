"""`powertrader config`, as a user and as a script meet it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from powertrader.cli import exit_codes
from powertrader.cli.config import app
from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_keys import settings
from powertrader.core.exceptions import ConfigError


class Outcome:
    """What one command line printed and promised."""

    def __init__(self, out: str, err: str, code: int) -> None:
        self.out = out
        self.err = err
        self.code = code


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "trading_config.yaml").write_text("", encoding="utf-8")
    for name in ("PT__DCA__MULTIPLIER", "PT_HOME"):
        monkeypatch.delenv(name, raising=False)

    def started(*arguments: str) -> Outcome:
        home = ("--home", str(tmp_path)) if arguments[0] != "docs" else ()
        code = app(args=[*arguments, *home], prog_name="config", standalone_mode=False)
        captured = capsys.readouterr()
        return Outcome(captured.out, captured.err, int(code or 0))

    return started


def test_show_lists_every_setting_with_its_origin_and_marks_changes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("dca: {multiplier: 1.5}\n", encoding="utf-8")
    shown = run("show", "--config", str(file), "--set", "trade_start_level=3")
    rows = {name: next(line for line in shown.out.splitlines() if name in line) for name in settings()}
    assert "own.yaml" in rows["dca.multiplier"]
    assert "1.5" in rows["dca.multiplier"]
    assert "command line" in rows["entry.trade_start_level"]
    assert [name for name, row in rows.items() if "*" in row] == ["dca.multiplier"]


def test_show_json_is_one_object_and_nothing_else(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config" / "gui_settings.json").write_text('{"mine": 1, "coins": ["ETH"]}', encoding="utf-8")
    shown = run("show", "--json")
    found = json.loads(shown.out)
    assert found["settings"]["trading.coins"]["value"] == ["ETH"]
    assert found["settings"]["trading.coins"]["changed"] is True
    assert found["settings"]["trading.coins"]["source"].endswith("gui_settings.json")
    assert found["settings"]["trader.step_s"] == {
        "value": 1.0,
        "default": 1.0,
        "changed": False,
        "unit": "s",
        "source": "default",
    }
    assert "'mine' is no setting of ours" in found["notes"][0]
    assert found["config_hash"] != config_hash(TradingConfig())
    assert "'mine' is no setting of ours" in shown.err


def test_the_environment_is_a_source(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PT__DCA__MULTIPLIER=1\nPT__TRAILING__GAP_PCT=0.7\n", encoding="utf-8")
    monkeypatch.setenv("PT__DCA__MULTIPLIER", "1.25")
    found = json.loads(run("show", "--json").out)["settings"]
    assert found["dca.multiplier"]["value"] == 1.25
    assert found["dca.multiplier"]["source"] == "environment PT__DCA__MULTIPLIER"
    assert found["trailing.gap_pct"]["value"] == 0.7


def test_check_of_right_settings_ends_with_zero(run: Run) -> None:
    checked = run("check")
    assert (checked.code, checked.out) == (exit_codes.OK, "")
    assert checked.err == "the settings are valid\n"


def test_check_names_the_settings_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config" / "trading_config.yaml"
    file.unlink()
    checked = run("check")
    assert checked.code == exit_codes.OK
    assert f"there is no {file}, and none is needed" in "".join(checked.err.splitlines())


def test_check_prints_every_problem_and_ends_with_two(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("dca: {multiplyer: 1.5}\ntrade_start_level: 9\n", encoding="utf-8")
    checked = run("check", "--config", str(file), "--set", "trailing_gap_pct=200")
    assert checked.code == exit_codes.USAGE
    for told in ("did you mean dca.multiplier?", "from 1 to 7", "below 100", "3 problems"):
        assert told in checked.err


def test_check_json_holds_the_problems(run: Run) -> None:
    checked = run("check", "--json", "--set", "seed=-1")
    found = json.loads(checked.out)
    assert (checked.code, found["valid"]) == (exit_codes.USAGE, False)
    assert found["problems"] == ["command line: 'seed' is no setting; did you mean replay.seed?"]
    assert json.loads(run("check", "--json").out) == {"valid": True, "problems": [], "notes": []}


def test_show_refuses_wrong_settings(run: Run) -> None:
    with pytest.raises(ConfigError, match=r"did you mean dca\.multiplier\?"):
        run("show", "--set", "dca.multiplyer=1")


def test_docs_are_the_page_or_the_yaml(run: Run) -> None:
    page, yaml = run("docs").out, run("docs", "--yaml").out
    assert page.startswith("# Configuration\n")
    for name, setting in settings().items():
        assert f"`{name}`" in page
        assert f"  {setting.field}: " in yaml


def test_hash_is_that_of_the_settings_in_force(run: Run) -> None:
    assert run("hash").out == f"{config_hash(TradingConfig())}\n"
    changed = json.loads(run("hash", "--json", "--set", "dca.multiplier=1.5").out)["config_hash"]
    assert changed == config_hash(TradingConfig.model_validate({"dca": {"multiplier": 1.5}}))


def test_hash_of_an_archive_is_that_of_the_settings_it_was_saved_from(run: Run, tmp_path: Path) -> None:
    config = TradingConfig.model_validate({"dca": {"multiplier": 1.5}})
    archive = tmp_path / "config.json"
    archive.write_text(json.dumps(config.model_dump(mode="json")), encoding="utf-8")
    assert run("hash", str(archive)).out == f"{config_hash(config)}\n"
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"schema": 1, "trades": 2, "config": config.model_dump(mode="json")}))
    assert run("hash", str(result)).out == f"{config_hash(config)}\n"
    with pytest.raises(ConfigError, match="is complete"):
        run("hash", str(archive), "--set", "dca.multiplier=2")


@pytest.mark.parametrize(
    "content, said",
    [
        ("{}", "holds no settings"),
        ('{"dca": 5}', "holds no settings"),
        ('{"config": null}', "holds no settings"),
        ('{"dca": {"multiplier": NaN}}', "no finite number"),
        ("[]", "archive.json"),
        ("", "archive.json"),
    ],
)
def test_a_file_without_settings_has_no_hash(run: Run, tmp_path: Path, content: str, said: str) -> None:
    archive = tmp_path / "archive.json"
    archive.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        run("hash", str(archive))


@pytest.mark.parametrize("command", ["show", "check", "docs", "hash"])
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert isinstance(app, typer.Typer)


def test_help_does_not_pay_for_what_it_does_not_use() -> None:
    program = (
        "import sys; import powertrader.cli.config; "
        "print([name for name in ('pydantic', 'rich', 'yaml', 'numba', 'numpy') if name in sys.modules])"
    )
    source = str(Path(__file__).parents[3] / "src")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
