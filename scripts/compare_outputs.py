"""Compare the original scripts with ours: compare_outputs.py --vectors DIR | --original DIR [--json FILE]."""

import sys

from any_python import run

if __name__ == "__main__":
    raise SystemExit(run("compare", *sys.argv[1:]))
