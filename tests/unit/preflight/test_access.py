"""Keys at venues that tell little, and clocks that nearly agree."""

from decimal import Decimal
from typing import Any

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import ConfigError, RateLimitError, RetryLater
from powertrader.core.preflight import Check
from powertrader.models.account import Account, Balance, KeyRights
from powertrader.preflight.access import access_checks
from powertrader.preflight.examine import examined
from powertrader.preflight.facts import AccessFacts, Facts, KeyFacts
from powertrader.preflight.words import explained
from tests.unit.snapshots import NOW

ACCOUNT = Account((Balance("USDT", Decimal(100)),))
KEYS = KeyFacts("ab12", "the keyring")
LIVE = TradingConfig.model_validate({"trading": {"mode": "live"}})


def judged(account: Any = ACCOUNT, **access: Any) -> dict[str, Check]:
    facts = Facts(LIVE, NOW, AccessFacts(KEYS, **access), account)
    return {one.name: one for one in access_checks(facts)}


def test_a_venue_that_tells_no_rights_sends_the_user_to_its_own_page() -> None:
    found = judged()
    assert [(name, one.state) for name, one in found.items()] == [
        ("keys", "ok"),
        ("clock", "skipped"),
        ("account", "ok"),
        ("trading_right", "skipped"),
    ]
    assert "venue's own page" in found["trading_right"].fix


def test_rights_that_could_not_be_asked_for_fail() -> None:
    assert judged(rights=RetryLater("no answer"))["trading_right"].state == "failed"
    assert judged(rights=KeyRights(None))["trading_right"].state == "skipped"


@pytest.mark.parametrize(
    "offset_s, state, words",
    [
        (0.04, "ok", "agree"),
        (-0.6, "ok", "0.6 s ahead of"),
        (1.2, "warning", "1.2 s behind"),
        (10.5, "failed", "too early or late"),
    ],
)
def test_clocks_may_differ_a_little(offset_s: float, state: str, words: str) -> None:
    check = judged(clock_offset_s=offset_s)["clock"]
    assert (check.state, words in check.found) == (state, True)


def test_only_the_keys_are_judged_when_only_they_were_looked_at() -> None:
    report = examined(Facts(LIVE, NOW, AccessFacts(KEYS, 0.0, KeyRights(True, False, True)), ACCOUNT))
    assert [one.name for one in report.checks] == [
        "settings",
        "keys",
        "clock",
        "account",
        "trading_right",
        "withdrawal_right",
        "address_limit",
    ]
    assert (report.account, report.means, report.failed) == ("ab12", None, ())


def test_errors_without_a_code_keep_their_words() -> None:
    assert explained(RateLimitError("slow down", 42.0), "live").fix == "Wait 42 seconds, then check again."
    assert explained(ConfigError("name it"), "live") == ("name it", "Correct what it says, then check again.")
    assert "online" in explained(RetryLater("no answer from Binance"), "live").fix
    assert "testnet" in explained(RetryLater("account: Binance answered -2015 'x'"), "testnet").fix
