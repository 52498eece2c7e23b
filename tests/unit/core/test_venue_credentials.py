"""Keys of venues that are reached through ccxt."""

import pytest

from powertrader.core.exceptions import ConfigError
from powertrader.core.redaction import Redactor
from powertrader.core.venue_credentials import VenueCredentials

KEYS = {"CCXT_KRAKEN_API_KEY": " key-of-mine\n", "CCXT_KRAKEN_SECRET": "secret-of-mine"}


def test_keys_come_from_variables_named_after_the_venue() -> None:
    found = VenueCredentials.load("kraken", KEYS, Redactor())
    assert (found.api_key.reveal(), found.api_secret.reveal()) == ("key-of-mine", "secret-of-mine")
    assert found.password is None


def test_a_passphrase_is_taken_where_there_is_one() -> None:
    found = VenueCredentials.load("kraken", {**KEYS, "CCXT_KRAKEN_PASSWORD": "word-of-mine"}, Redactor())
    assert found.password is not None
    assert found.password.reveal() == "word-of-mine"


def test_nothing_of_the_keys_is_printed_or_logged() -> None:
    redactor = Redactor()
    found = VenueCredentials.load("kraken", {**KEYS, "CCXT_KRAKEN_PASSWORD": "word-of-mine"}, redactor)
    assert "mine" not in repr(found)
    assert redactor.redact("key-of-mine secret-of-mine word-of-mine") == "*** *** ***"


@pytest.mark.parametrize("missing", sorted(KEYS))
def test_half_a_key_is_refused_with_the_names_of_the_variables(missing: str) -> None:
    half = {name: text for name, text in KEYS.items() if name != missing}
    with pytest.raises(ConfigError, match="CCXT_KRAKEN_API_KEY and CCXT_KRAKEN_SECRET") as caught:
        VenueCredentials.load("kraken", half, Redactor())
    assert "mine" not in str(caught.value)


def test_a_key_that_no_request_could_carry_is_refused() -> None:
    environment = {"CCXT_KRAKEN_API_KEY": "half\u2026", "CCXT_KRAKEN_SECRET": "c2VjcmV0+/=="}
    with pytest.raises(ConfigError, match="copy both again"):
        VenueCredentials.load("kraken", environment, Redactor())


def test_a_secret_may_be_a_private_key_whose_lines_are_kept_out_of_logs_one_by_one() -> None:
    redactor = Redactor()
    key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nIMarked=\n-----END EC PRIVATE KEY-----"
    environment = {**KEYS, "CCXT_KRAKEN_SECRET": key}
    assert VenueCredentials.load("kraken", environment, redactor).api_secret.reveal() == key
    assert redactor.redact("MHcCAQEE and IMarked=") == "*** and ***"
