"""Settings of events and plugins: what is taken, what is refused, and that no password is ever shown."""

import pytest

from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_sources import ConfigSources, SettingsError, load_config


def loaded(*overrides: str) -> TradingConfig:
    return load_config(ConfigSources(overrides=overrides)).config


@pytest.mark.parametrize(
    "given, taken",
    [
        ("", ""),
        ("redis://localhost", "redis://localhost"),
        ("redis://192.168.1.5:6380/2", "redis://192.168.1.5:6380/2"),
        ("rediss://bot@redis.example:6379/", "rediss://bot@redis.example:6379"),
        ("redis://[::1]:6379/0", "redis://[::1]:6379/0"),
    ],
)
def test_an_address_of_redis_is_taken(given: str, taken: str) -> None:
    assert loaded(f"bus.redis_url={given}").bus.redis_url == taken


@pytest.mark.parametrize(
    "given",
    [
        "localhost:6379",
        "http://localhost:6379",
        "redis://",
        "redis://h:99999",
        "redis://h:0",
        "redis://h/name",
        "redis://:hushhush@h:6379",
        "redis://bot:hush/hush@h:6379",
        "redis://bot:hush@hush@h",
        "redis://h?password=hushhush",
        "redis://h:6379/0#hushhush",
    ],
)
def test_no_address_and_no_password_is_taken_and_the_password_is_not_shown(given: str) -> None:
    with pytest.raises(SettingsError, match=r"bus\.redis_url was") as caught:
        loaded(f"bus.redis_url={given}")
    if "password" in given or "@" in given:
        assert "hush" not in str(caught.value)


def test_plugins_are_named_as_a_list_or_as_text_and_none_runs_by_default() -> None:
    assert loaded().plugins.enabled == ()
    assert loaded("plugins.enabled=diary, other-one").plugins.enabled == ("diary", "other-one")


@pytest.mark.parametrize("given", ["a,a", "a b", "../x", ",".join(f"p{number}" for number in range(51))])
def test_odd_names_of_plugins_are_refused(given: str) -> None:
    with pytest.raises(SettingsError, match=r"plugins\.enabled"):
        loaded(f"plugins.enabled={given}")


def test_who_listens_changes_no_hash_of_the_settings() -> None:
    told = loaded("bus.redis_url=redis://h", "plugins.enabled=diary", "bus.notify=false")
    assert config_hash(told) == config_hash(loaded())
