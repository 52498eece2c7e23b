"""Kill writers and feed readers damaged files for many more rounds than the test suite does.

soak.py [--rounds N]. Exit code as pytest's; 1,000 rounds take some minutes.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS_A_ROUND = 5
"""More than a process needs to start and die; a test that hangs is ended after that."""
SOAKS = (
    "tests/integration/test_file_faults.py",
    "tests/unit/persistence/test_ledger_file.py",
    "tests/property/test_storage_properties.py",
)


def main() -> int:
    """Give the exit code of the tests."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--rounds", type=int, default=1000, help="writers to kill in each test (default 1000)"
    )
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error(f"--rounds was {rounds}, must be 1 or more")
    options = [
        "-q",
        "--durations=6",
        f"--timeout={60 + rounds * SECONDS_A_ROUND}",
        "-k",
        "killed or random_files",
    ]
    command = [sys.executable, "-m", "pytest", *options, *SOAKS]
    environment = {**os.environ, "PT_SOAK_ROUNDS": str(rounds)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
