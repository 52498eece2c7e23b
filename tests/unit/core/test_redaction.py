"""Secrets that are known or named never get through; everything else does."""

import json
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.redaction import Redactor, secrets_in

secrets = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="*"), min_size=4, max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(secret=secrets, before=st.text(), after=st.text())
def test_a_registered_secret_never_gets_through(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    assert secret not in redactor.redact(before + secret + after)
    named: dict[str, str] = {secret: before + secret}
    (found,) = cast("list[dict[str, str]]", redactor.redact_value([named]))
    assert not any(secret in text for text in (*found, *found.values()))


@pytest.mark.parametrize(
    "text, kept",
    [
        ("symbol=BTCUSDT&signature=0d4f&timestamp=17", "symbol=BTCUSDT&signature=***&timestamp=17"),
        ("X-MBX-APIKEY: 0d4f, next", "X-MBX-APIKEY: ***, next"),
        ('{"apiKey": "0d4f", "n": 1}', '{"apiKey": "***", "n": 1}'),
        (r"b'{\"secret\": \"0d4f\"}'", r"b'{\"secret\": \"***\"}'"),
        ("api_secret = '0d4f'", "api_secret = '***'"),
        ("open(key=0d4f)", "open(key=***)"),
        ("listen token=0d4f", "listen token=***"),
        ("monkey=7 and the key: settings.coins", "monkey=7 and the key: settings.coins"),
        ("API keys were read", "API keys were read"),
    ],
)
def test_what_is_named_like_a_secret_is_masked_and_nothing_else(text: str, kept: str) -> None:
    assert Redactor().redact(text) == kept


def test_a_secret_registered_later_counts_and_a_short_one_does_not() -> None:
    redactor = Redactor(["in"])
    assert redactor.redact("sold in profit with 9f8e7d") == "sold in profit with 9f8e7d"
    redactor.register("9f8e7d", "9f8e")
    assert redactor.redact("sold in profit with 9f8e7d") == "sold in profit with ***"


def test_named_members_and_secret_numbers_are_masked_at_any_depth() -> None:
    value = {"order": {"price": 1.5, "secret": 12, "key": ["k"], "token": None, "pin": 48151623}}
    assert Redactor(["48151623"]).redact_value(value) == {
        "order": {"price": 1.5, "secret": "***", "key": "***", "token": None, "pin": "***"}
    }


@given(value=json_values)
def test_whatever_is_redacted_can_be_written_as_json(value: object) -> None:
    json.dumps(Redactor(["abcd"]).redact_value(value), allow_nan=False)


def test_secrets_of_the_environment_are_known_by_the_names_of_their_variables() -> None:
    environment = {
        "BINANCE_API_KEY": "abcdefgh",
        "CCXT_KRAKEN_SECRET": "12345678",
        "REDIS_PASSWORD": "87654321",
        "KEYBOARD": "de-latin1-nodeadkeys",
        "USE_TOKEN": "true",
        "PATH": "/usr/bin:/bin",
    }
    assert set(secrets_in(environment)) == {"abcdefgh", "12345678", "87654321"}
