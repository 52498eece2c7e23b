"""Whatever bytes come: a reader gives a value or the error that it promises, and it does not hang.

In the long form (scripts/soak.py) every reader gets 10,000 of them and the figures are printed.
"""

import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from tests.property.hostile_bytes import hostile
from tests.property.hostile_home_targets import home_targets
from tests.property.hostile_target import Target
from tests.property.hostile_venue_targets import venue_targets
from tests.unit.simexchange.cases import exchange_case

IS_SOAK: Final = "PT_SOAK_ROUNDS" in os.environ
ROUNDS: Final = 10 * int(os.environ.get("PT_SOAK_ROUNDS", "8"))
LONGEST_S: Final = 5.0
"""Seconds of the processor, so that a busy computer does not matter; more is a hang."""
VALUE: Final = "value"
MOST_SHOWN: Final = 300

pytestmark = pytest.mark.timeout(120 + ROUNDS)


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Target, ...]]:
    case = exchange_case()
    yield (*venue_targets(case), *home_targets(tmp_path_factory.mktemp("samples")))
    case.exchange.close()


@pytest.fixture
def folder(tmp_path: Path, caplog: pytest.LogCaptureFixture, expected_errors: list[str]) -> Iterator[Path]:
    """Give an empty folder; what readers say of damaged files is not kept."""
    caplog.set_level("CRITICAL")
    yield tmp_path
    expected_errors.clear()


def emptied(folder: Path) -> Path:
    if any(folder.iterdir()):
        shutil.rmtree(folder)
        folder.mkdir()
    return folder


def outcome(target: Target, raw: bytes, folder: Path) -> str:
    """Give what came of some bytes; anything that was not promised is told with the bytes."""
    began = time.process_time()
    try:
        target.read(raw, folder)
    except target.may_raise as error:
        found = type(error).__name__
    except Exception as error:
        error.add_note(f"{target.name} was given {raw[:MOST_SHOWN]!r}")
        raise
    else:
        found = VALUE
    assert time.process_time() - began < LONGEST_S, f"{target.name} took long over {raw[:MOST_SHOWN]!r}"
    return found


def test_every_reader_reads_its_true_samples(targets: tuple[Target, ...], folder: Path) -> None:
    for target in targets:
        assert target.samples, target.name
        for sample in target.samples:
            assert (target.name, outcome(target, sample, emptied(folder))) == (target.name, VALUE)


def test_random_files_and_messages_never_break_a_reader(
    targets: tuple[Target, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(targets) == len({target.name for target in targets})
    figures = []
    for target in targets:
        began, chance = time.process_time(), random.Random(f"{target.name}/{ROUNDS}")
        given = islice(hostile(target.samples, chance), ROUNDS)
        seen = Counter(outcome(target, raw, emptied(folder)) for raw in given)
        took_s = time.process_time() - began
        figures.append(f"{target.name}: {dict(seen)}, {1000 * took_s / ROUNDS:.2f} ms each")
    if IS_SOAK:
        with capsys.disabled():
            sys.stdout.write("\n".join(["", *figures, ""]))
