"""Kill writers and traders and feed readers damaged files for many more rounds than the test suite does.

soak.py [--rounds N] [--order-rounds N] [--day] [--minutes M] [--hub M] [--sweep]. Exit code as pytest's.
1,000 rounds of files take some minutes, 200 rounds at each of the twelve points of an order's path about an
hour; 0 leaves either out. --day lets 24 hours of a market with 200 coins pass instead, in 20 minutes, and
prints its figures; --minutes lets trainer, thinker and trader work so long in a market with a day in 24
seconds; --hub clicks and types so long in the window, anywhere and in any order; --sweep tries 100 settings
on 1,000 coins while a worker of a cluster and a process are killed.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS_A_ROUND = 5
"""More than a process needs to start and die; a test that hangs is ended after that."""
FILE_SOAKS = (
    "tests/integration/test_file_faults.py",
    "tests/integration/test_messages.py",
    "tests/unit/persistence/test_ledger_file.py",
    "tests/property/test_storage_properties.py",
    "tests/property/test_hostile_bytes.py",
    "tests/integration/test_hub_damage.py",
)
DAY_SOAK = "tests/load/test_market_day.py"
LONGEST_DAY_S = 3600
HUB_SOAK = "tests/integration/test_hub_random.py"
SEASON_SOAK = "tests/load/test_season.py"
SWEEP_SOAK = "tests/load/test_sweep_soak.py"
ORDER_SOAKS = (
    "tests/integration/test_order_kills.py",
    "tests/integration/test_order_disasters.py",
    "tests/integration/test_trainer_command.py",
    "tests/integration/test_secrets.py",
    "tests/integration/test_hub_positions.py",
    "tests/integration/test_hub_first_trade.py",
    "tests/integration/test_worker_kills.py",
    "tests/integration/test_supervisor_kills.py",
    "tests/integration/test_hub_workers.py",
    "tests/integration/test_shadow_command.py",
    "tests/property/test_money_machine.py",
)


def main() -> int:
    """Give the exit code of the tests."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--rounds", type=int, default=1000, help="writers to kill in each test (default 1000)"
    )
    parser.add_argument(
        "--order-rounds", type=int, default=200, help="traders to kill at each point (default 200)"
    )
    parser.add_argument("--day", action="store_true", help="a whole market day, and nothing else")
    parser.add_argument("--minutes", type=int, default=0, help="a market at 3,600 times, and nothing else")
    parser.add_argument("--hub", type=int, default=0, help="minutes of clicks and keys, and nothing else")
    parser.add_argument("--sweep", action="store_true", help="a large sweep, and nothing else")
    wanted = parser.parse_args()
    for name, rounds in vars(wanted).items():
        if rounds < 0:
            parser.error(f"{name} was {rounds}, must be 0 or more")
    if wanted.day:
        return tested({"PT_SOAK_DAY": "1"}, LONGEST_DAY_S, "-s", DAY_SOAK)
    if wanted.sweep:
        return tested({"PT_SOAK_SWEEP": "1"}, LONGEST_DAY_S, "-s", SWEEP_SOAK)
    if wanted.minutes:
        limit_s = 600 + wanted.minutes * 70
        return tested({"PT_SOAK_MINUTES": str(wanted.minutes)}, limit_s, "-s", SEASON_SOAK)
    if wanted.hub:
        return tested({"PT_SOAK_HUB_MINUTES": str(wanted.hub)}, 120 + wanted.hub * 80, "-s", HUB_SOAK)
    codes = (
        soak(FILE_SOAKS, wanted.rounds, "-k", "killed or random_files or torn or damaged"),
        soak(ORDER_SOAKS, wanted.order_rounds),
    )
    return max(codes)


def soak(files: tuple[str, ...], rounds: int, *options: str) -> int:
    """Give the exit code of the tests of some files with so many rounds each."""
    if not rounds:
        return 0
    return tested({"PT_SOAK_ROUNDS": str(rounds)}, 60 + rounds * SECONDS_A_ROUND, *options, *files)


def tested(environment: dict[str, str], limit_s: int, *words: str) -> int:
    """Give the exit code of pytest, none of whose tests may take longer than the limit."""
    command = [sys.executable, "-m", "pytest", "-q", "--durations=6", f"--timeout={limit_s}", *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
