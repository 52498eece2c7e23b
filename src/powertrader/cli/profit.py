"""`powertrader profit`: the true profit of a ledger, open losses and fees in it, beside holding and DCA."""

from powertrader.cli.ledger import Account, Mode
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, sources_from


def profit(
    *,
    mode: Mode = None,
    account: Account = None,
    home: Home = None,
    config: ConfigFiles = None,
    as_json: JsonFlag = False,
) -> int:
    """Show what came of the money: realised, unrealised, fees, left-overs, and against holding and plain DCA.

    Deposits + realised + unrealised - fees = equity, to the cent; reads files only, also while it trades.
    Exit code 1: the account's own balances say something else.
    """
    from powertrader.cli.profit_view import show_profit  # noqa: PLC0415  pydantic is slow to import

    return show_profit(sources_from(home, config), home, (mode, account), as_json=as_json)
