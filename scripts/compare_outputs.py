"""Compare the original scripts with ours: compare_outputs.py --vectors DIR | --original DIR [--json FILE]."""

import sys

from powertrader.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main(["compare", *sys.argv[1:]]))
