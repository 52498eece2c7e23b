"""What Binance tells about the rights of a key and of its account."""

from typing import Final

from powertrader.core.exceptions import BadData
from powertrader.exchanges.binance_wire_fields import fields_of, switch, whole
from powertrader.models.account import KeyRights
from powertrader.models.moment import utc_of

_ENDS: Final = "tradingAuthorityExpirationTime"
_MS_PER_S: Final = 1000


def may_trade(content: object) -> bool:
    """Tell from an answer about the account whether it may trade at all. Raises BadData."""
    return switch(fields_of(content, "account"), "canTrade")


def rights_of(content: object, *, account_trades: bool) -> KeyRights:
    """Give the rights of a key from an answer about its restrictions. Raises BadData."""
    fields = fields_of(content, "key restrictions")
    ends_ms = 0 if fields.get(_ENDS) is None else whole(fields, _ENDS)
    try:
        ends_at = utc_of(ends_ms / _MS_PER_S) if ends_ms else None
    except OverflowError as error:
        msg = f"Binance's {_ENDS} was {ends_ms}, must be a time"
        raise BadData(msg) from error
    return KeyRights(
        trading=switch(fields, "enableSpotAndMarginTrading"),
        withdrawing=switch(fields, "enableWithdrawals"),
        only_from_addresses=switch(fields, "ipRestrict"),
        account_trades=account_trades,
        ends_at=ends_at,
    )
