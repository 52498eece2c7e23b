"""Programs that the window runs: their answers, their words, and how they are given up."""

import threading
import time
from pathlib import Path

import pytest

from powertrader.core.exceptions import BadData, RetryLater, StorageError
from powertrader.hub.access import (
    KeyStatus,
    TypedKeys,
    ask_key_status,
    ask_preflight,
    clear_keys,
    key_program,
)
from powertrader.hub.ports import HubPorts
from powertrader.hub.programs import Program, ProgramFailed, ProgramStopped
from tests.unit.hub.access_programs import Programs, report


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    folder = tmp_path / "programs"
    folder.mkdir()
    return Programs(folder)


@pytest.fixture
def ports(programs: Programs, hub_ports: HubPorts) -> HubPorts:
    return programs.ports(hub_ports)


def test_keys_go_in_by_standard_input_and_only_once(programs: Programs, ports: HubPorts) -> None:
    keys = TypedKeys({"api_key": "typed-key", "api_secret": "typed-secret"})
    found = ask_preflight(key_program(ports, "live", "keyring"), keys)
    assert found == report()
    assert programs.given == {"api_key": "typed-key", "api_secret": "typed-secret"}
    (asked,) = programs.asked
    assert asked[-5:] == ("--keys-only", "--keys-from-stdin", "--store", "keyring", "--json")
    assert "typed" not in " ".join(asked) + repr(keys)
    assert keys.hand_over() == b"{}"


def test_a_program_without_an_answer_fails_with_its_own_words(programs: Programs, ports: HubPorts) -> None:
    programs.says("", "one line\npowertrader: dca.levels was wrong\n")
    with pytest.raises(ProgramFailed, match=r"^dca\.levels was wrong$"):
        Program(ports, "preflight").answer()
    programs.says("[]")
    with pytest.raises(ProgramFailed, match="ended with code 0 and said nothing"):
        Program(ports, "preflight").answer()


def test_secrets_are_taken_out_of_a_programs_words(programs: Programs, hub_ports: HubPorts) -> None:
    programs.says("", "powertrader: the key hidden-key is wrong")
    redacting = HubPorts(
        hub_ports.paths,
        hub_ports.mailbox,
        hub_ports.store,
        hub_ports.wall,
        hub_ports.sources,
        redact=lambda words: words.replace("hidden-key", "***"),
        program=programs.ports(hub_ports).program,
    )
    with pytest.raises(ProgramFailed, match=r"the key \*\*\* is wrong"):
        Program(redacting, "preflight").answer()


def test_an_answer_of_another_kind_is_no_report(programs: Programs, ports: HubPorts) -> None:
    programs.says({"ok": True})
    with pytest.raises(BadData):
        ask_preflight(key_program(ports, "live"))
    with pytest.raises(BadData, match="nothing about keys"):
        ask_key_status(ports, "live")


def test_one_that_takes_too_long_is_ended(programs: Programs, ports: HubPorts) -> None:
    programs.halt()
    with pytest.raises(RetryLater, match="no answer within"):
        Program(ports, "preflight", longest_s=0.05).answer()


def test_one_that_is_stopped_ends_at_once_and_one_that_was_stopped_never_starts(
    programs: Programs, ports: HubPorts
) -> None:
    programs.halt()
    program = Program(ports, "preflight")

    def stop_it() -> None:
        ends_s = time.monotonic() + 10
        while not programs.has_started and time.monotonic() < ends_s:
            time.sleep(0.002)
        program.stop()

    stopper = threading.Thread(target=stop_it)
    stopper.start()
    with pytest.raises(ProgramStopped):
        program.answer()
    stopper.join()
    with pytest.raises(ProgramStopped):
        program.answer()


def test_a_program_that_cannot_be_started_says_so(hub_ports: HubPorts) -> None:
    missing = HubPorts(
        hub_ports.paths,
        hub_ports.mailbox,
        hub_ports.store,
        hub_ports.wall,
        hub_ports.sources,
        program=lambda _process, _arguments: ("/nowhere/python",),
    )
    with pytest.raises(StorageError, match="cannot be started"):
        Program(missing, "preflight").answer()


def test_the_state_of_the_keys_is_asked_for_and_they_are_cleared(programs: Programs, ports: HubPorts) -> None:
    one = {"account": "ab12", "places": ["the keyring"], "problem": ""}
    programs.says({"live": one, "testnet": {"account": "", "places": [], "problem": "none"}})
    assert ask_key_status(ports, "paper") == KeyStatus("ab12", ("the keyring",))
    assert ask_key_status(ports, "testnet") == KeyStatus("", (), "none")
    programs.says({"cleared": ["the keyring"], "left": ["the environment"]})
    assert clear_keys(ports).places == ("the environment",)
    assert [asked[:2] for asked in programs.asked] == [
        ("keys", "status"),
        ("keys", "status"),
        ("keys", "clear"),
    ]
    assert "--yes" in programs.asked[2]
