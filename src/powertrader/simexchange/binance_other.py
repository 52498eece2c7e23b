"""What general clients ask of Binance beside spot trading: there are no margin pairs and no futures here."""

from collections.abc import Sequence
from typing import Final

from powertrader.simexchange.endpoints import Call, Endpoint, Security
from powertrader.simexchange.local_exchange import LocalExchange, epoch_ms


def no_pairs(_exchange: LocalExchange, _call: Call) -> object:
    """Give no pair at all."""
    return []


def no_futures(_exchange: LocalExchange, call: Call) -> object:
    """Give a futures venue without a contract."""
    return {"timezone": "UTC", "serverTime": call.now_ms, "rateLimits": [], "assets": [], "symbols": []}


def trade_fees(exchange: LocalExchange, call: Call) -> object:
    """Give the fees of one pair or of all, as fractions."""
    symbol = call.parameters.text("symbol")
    if symbol:
        exchange.coin_of(symbol)
    costs = exchange.costs
    maker, taker = (f"{percent / 100:.8f}" for percent in (costs.maker_pct, costs.taker_pct))
    names = (symbol,) if symbol else exchange.symbols
    return [{"symbol": name, "makerCommission": maker, "takerCommission": taker} for name in names]


def assets(exchange: LocalExchange, call: Call) -> object:
    """Give every asset that is traded, with what the account holds of it; nothing can be transferred."""
    held = {one.asset: one for one in exchange.venue.balances(call.account)}
    names = dict.fromkeys((*exchange.pairs.values(), exchange.quote_asset, *held))
    return [
        {
            "coin": name,
            "name": name,
            "depositAllEnable": False,
            "withdrawAllEnable": False,
            "isLegalMoney": False,
            "trading": True,
            "free": f"{held[name].free if name in held else 0:f}",
            "locked": f"{held[name].locked if name in held else 0:f}",
            "networkList": [],
        }
        for name in names
    ]


def key_rights(exchange: LocalExchange, call: Call) -> object:
    """Tell what the key that asks may do."""
    rights = exchange.rights_of(call.account)
    content: dict[str, object] = {
        "ipRestrict": rights.only_from_addresses,
        "createTime": 1_600_000_000_000,
        "enableReading": rights.reading,
        "enableSpotAndMarginTrading": rights.trading,
        "enableWithdrawals": rights.withdrawing,
        "enableInternalTransfer": False,
        "enableMargin": False,
        "enableFutures": False,
        "permitsUniversalTransfer": False,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enablePortfolioMarginTrading": False,
    }
    if rights.ends_at is not None:
        content["tradingAuthorityExpirationTime"] = epoch_ms(rights.ends_at)
    return content


ENDPOINTS: Final[Sequence[Endpoint]] = (
    Endpoint("GET", "/sapi/v1/account/apiRestrictions", 1, key_rights, security=Security.SIGNED),
    Endpoint("GET", "/sapi/v1/capital/config/getall", 10, assets, security=Security.SIGNED),
    Endpoint(
        "GET",
        "/sapi/v1/asset/tradeFee",
        1,
        trade_fees,
        optional=frozenset({"symbol"}),
        security=Security.SIGNED,
    ),
    Endpoint("GET", "/sapi/v1/margin/allPairs", 1, no_pairs, security=Security.SIGNED),
    Endpoint("GET", "/sapi/v1/margin/isolated/allPairs", 10, no_pairs, security=Security.SIGNED),
    Endpoint("GET", "/fapi/v1/exchangeInfo", 1, no_futures),
    Endpoint("GET", "/dapi/v1/exchangeInfo", 1, no_futures),
)
