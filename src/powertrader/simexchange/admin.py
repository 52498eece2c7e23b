"""The administration of the local exchange: faults, time, counters, and a clean end, behind a token."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from secrets import compare_digest
from typing import TypeAlias

import orjson
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from powertrader.core.exceptions import PowerTraderError
from powertrader.simexchange.admin_accounts import AccountDesk
from powertrader.simexchange.admin_wishes import RulesWish, TimeWish
from powertrader.simexchange.faults import RuleReport, rules_of
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.local_time import clock_reading
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.streams import StreamHub

Answerer: TypeAlias = Callable[[Request], Awaitable[object]]


class Administration:
    """What an administrator may do; every method gives what is sent back as JSON."""

    def __init__(self, exchange: LocalExchange, streams: StreamHub) -> None:
        """Administer one exchange and its streams."""
        self._exchange = exchange
        self._streams = streams

    async def clock(self, _request: Request) -> object:
        """Tell wall time, market time and rate."""
        return clock_reading(self._exchange)

    async def move_clock(self, request: Request) -> object:
        """Move market time ahead; workers must ask for the clock again."""
        wish = TimeWish.model_validate_json(await request.body())
        clock = self._exchange.clock
        target: datetime = wish.to or clock.now() + timedelta(seconds=wish.advance_s or 0)
        clock.move_to(target)
        self._exchange.keep_time()
        return clock_reading(self._exchange)

    async def faults(self, _request: Request) -> object:
        """List the rules in force."""
        return {"rules": [_rule(report) for report in self._exchange.faults.reports()]}

    async def add_faults(self, request: Request) -> object:
        """Put rules in force and give their numbers."""
        wish = RulesWish.model_validate_json(await request.body())
        _, rules = rules_of({"rules": wish.rules}, "request")
        return {"numbers": list(self._exchange.faults.add(rules))}

    async def clear_faults(self, _request: Request) -> object:
        """Take every rule out of force."""
        self._exchange.faults.clear()
        return {}

    async def remove_fault(self, request: Request) -> object:
        """Take one rule out of force."""
        return {"removed": self._exchange.faults.remove(int(request.path_params["number"]))}

    async def counters(self, _request: Request) -> object:
        """Tell how often every endpoint was called since the start, and the weight of this minute."""
        exchange = self._exchange
        return {
            "calls": dict(exchange.calls),
            "binance_weight": exchange.binance_meter.used,
            "kucoin_weight": exchange.kucoin_meter.used,
        }

    async def clear_counters(self, _request: Request) -> object:
        """Count from 0 again, and forget the used weight and every ban."""
        self._exchange.calls.clear()
        self._exchange.binance_meter.forgive()
        self._exchange.kucoin_meter.forgive()
        return {}

    async def cut_streams(self, _request: Request) -> object:
        """Reset the connection of every WebSocket."""
        self._streams.cut_all()
        return {}

    async def shut_down(self, _request: Request) -> object:
        """End the exchange as Ctrl-C does."""
        self._exchange.stopping.set()
        return {}


class AdminApp:
    """The administration as an ASGI application; every path begins with the token."""

    def __init__(self, exchange: LocalExchange, streams: StreamHub, token: str) -> None:
        """Administer one exchange for whoever knows the token."""
        self._token = token
        self._app = _application(Administration(exchange, streams), AccountDesk(exchange))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        _, _, rest = str(scope["path"]).partition("/")
        token, _, path = rest.partition("/")
        if not compare_digest(token.encode(), self._token.encode()):
            await _json({"error": "the path must begin with the token"}, 403)(scope, receive, send)
            return
        await self._app({**scope, "path": f"/{path}", "raw_path": f"/{path}".encode()}, receive, send)


def _application(desk: Administration, money: AccountDesk) -> ASGIApp:
    table: tuple[tuple[str, str, Answerer], ...] = (
        ("GET", "/clock", desk.clock),
        ("POST", "/clock", desk.move_clock),
        ("GET", "/faults", desk.faults),
        ("POST", "/faults", desk.add_faults),
        ("DELETE", "/faults", desk.clear_faults),
        ("DELETE", "/faults/{number:int}", desk.remove_fault),
        ("GET", "/counters", desk.counters),
        ("DELETE", "/counters", desk.clear_counters),
        ("GET", "/accounts", money.accounts),
        ("POST", "/accounts", money.open_account),
        ("GET", "/accounts/{account}", money.account),
        ("POST", "/accounts/{account}/deposit", money.deposit),
        ("POST", "/accounts/{account}/withdraw", money.withdraw),
        ("POST", "/accounts/{account}/keys", money.add_key),
        ("POST", "/accounts/{account}/fees", money.set_fees),
        ("POST", "/accounts/{account}/rights", money.set_rights),
        ("DELETE", "/keys/{api_key}", money.revoke_key),
        ("POST", "/symbols/{symbol}", money.change_symbol),
        ("GET", "/totals", money.totals),
        ("POST", "/streams/cut", desk.cut_streams),
        ("POST", "/shutdown", desk.shut_down),
    )
    return Starlette(routes=[Route(path, _guarded(act), methods=[method]) for method, path, act in table])


def _guarded(act: Answerer) -> Callable[[Request], Awaitable[Response]]:
    """Turn what an administrator got wrong into a sentence with status 400."""

    async def endpoint(request: Request) -> Response:
        try:
            return _json(await act(request))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "request"
            return _json({"error": f"{place}: {first['msg']}"}, 400)
        except (PowerTraderError, ApiError, ValueError) as error:
            return _json({"error": str(error)}, 400)

    return endpoint


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _rule(report: RuleReport) -> Mapping[str, object]:
    rule = report.rule
    return {
        "number": report.number,
        "on": rule.on,
        "symbol": rule.symbol,
        "fault": rule.fault.value,
        "value": rule.value,
        "seen": report.seen,
        "struck": report.struck,
    }
