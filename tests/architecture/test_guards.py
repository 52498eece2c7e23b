"""The guards that every test lives under do catch what they are there for."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from pytest_socket import SocketConnectBlockedError

ROOT: Final = Path(__file__).resolve().parents[2]
SAMPLE: Final = """
import logging
import warnings

import pytest

log = logging.getLogger("sample")

def test_quiet() -> None:
    log.warning("recovered")

def test_error() -> None:
    log.error("look here")

def test_expected_error(expected_errors: list[str]) -> None:
    log.error("as planned")
    assert expected_errors == ["sample: as planned"]

def test_warning() -> None:
    warnings.warn("old", DeprecationWarning)

@pytest.mark.mistyped
def test_unknown_marker() -> None:
    pass
"""


def run_sample(folder: Path, *options: str) -> str:
    """Run the sample under this project's settings and guards, and give what pytest said."""
    sample = folder / "test_sample.py"
    sample.write_text(SAMPLE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest"]
    command += ["-p", "no:cacheprovider", "-rA", "--rootdir", str(folder), *options, str(sample)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_an_unknown_marker_is_refused(tmp_path: Path) -> None:
    assert "'mistyped' not found in `markers`" in run_sample(tmp_path)


def test_errors_in_the_log_and_warnings_fail_a_test_unless_expected(tmp_path: Path) -> None:
    said = run_sample(tmp_path, "-o", "markers=mistyped")
    verdicts = {tuple(line.split(" - ")[0].replace("::", " ").split()[::2]) for line in said.splitlines()}
    assert {
        ("PASSED", "test_quiet"),
        ("PASSED", "test_expected_error"),
        ("FAILED", "test_warning"),
    } <= verdicts
    assert ("ERROR", "test_error") in verdicts
    assert ("ERROR", "test_expected_error") not in verdicts
    assert "logged as errors: ['sample: look here']" in said


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as connection, pytest.raises(SocketConnectBlockedError):
        connection.connect(("192.0.2.1", 80))


def test_a_test_may_talk_to_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        connection, _ = server.accept()
        connection.close()


def test_ci_searches_longer_than_local_and_alike_each_time() -> None:
    local, thorough = settings.get_profile("local"), settings.get_profile("ci")
    assert thorough.max_examples >= 200 > local.max_examples
    assert thorough.derandomize
