"""Run the tests that search for rare failures for much longer: soak.py [NAME] [--rounds N].

NAME picks tests whose name holds it. Exit code as pytest's; 1,000 rounds take some minutes.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Give the exit code of the tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="killed")
    parser.add_argument("--rounds", type=int, default=1000)
    chosen = parser.parse_args()
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", "-m", "load", "-k", chosen.name]
    environment = {**os.environ, "PT_SOAK_ROUNDS": str(chosen.rounds)}
    return subprocess.run([*command, "tests/integration"], cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
