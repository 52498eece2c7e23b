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
