"""Start PowerTrader with `python -m powertrader COMMAND`."""

from powertrader.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
