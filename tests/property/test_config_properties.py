"""Laws of the settings: whatever a file holds, the answer is settings or a ConfigError."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import JsonValue

from powertrader.core.config import TradingConfig, config_hash, hash_of_tree
from powertrader.core.config_keys import settings, short_names
from powertrader.core.config_sources import ConfigSources, load_config, problems_of
from powertrader.core.exceptions import ConfigError

pytestmark = pytest.mark.property

NAMES = [*settings(), *short_names()]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
SETTINGS_LIKE = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6)
same_folder = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_folder
@given(content=JSON | SETTINGS_LIKE)
def test_any_json_gives_settings_or_a_config_error(tmp_path: Path, content: JsonValue) -> None:
    file = tmp_path / "gui_settings.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    try:
        config = TradingConfig.from_file(file)
    except ConfigError as error:
        assert str(file) in str(error) or "trading." in str(error)  # noqa: PT017  both outcomes are right
    else:
        assert config.validate() == []


@same_folder
@given(content=st.binary(max_size=200) | SETTINGS_LIKE.map(lambda tree: json.dumps(tree).encode()))
def test_any_bytes_in_yaml_or_dotenv_give_settings_or_a_config_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "any"
    file.write_bytes(content)
    for sources in (ConfigSources((file,)), ConfigSources(dotenv=file)):
        try:
            loaded = load_config(sources)
        except ConfigError as error:
            assert str(error)  # noqa: PT017  both outcomes are right
        else:
            assert loaded.config.validate() == []


@given(content=SETTINGS_LIKE)
def test_problems_name_only_settings_that_were_given(content: dict[str, JsonValue]) -> None:
    for problem in problems_of(content):
        assert any(name in problem for name in content)


@given(texts=st.lists(st.text(max_size=30) | st.builds("{}={}".format, st.sampled_from(NAMES), st.text())))
def test_any_text_on_the_command_line_gives_settings_or_a_config_error(texts: list[str]) -> None:
    try:
        load_config(ConfigSources(overrides=tuple(texts)))
    except ConfigError as error:
        assert "command line" in str(error) or "trading." in str(error)  # noqa: PT017  both are right


VALID = st.fixed_dictionaries(
    {},
    optional={
        "trade_start_level": st.integers(1, 7),
        "start_allocation_pct": st.floats(0, 100),
        "dca_levels": st.lists(st.floats(-99.9, 0), min_size=1, max_size=9),
        "dca_multiplier": st.floats(0, 100),
        "coins": st.lists(
            st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=6), min_size=1, unique=True
        ).filter(lambda coins: "USDT" not in coins),
        "costs.maker_pct": st.none() | st.floats(0, 99),
        "trading_mode": st.sampled_from(["paper", "testnet", "live"]),
    },
)


def as_text(content: dict[str, JsonValue]) -> dict[str, str]:
    """Values as a user types them; text has no null, and leaving a fee out says the same."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in content.items()
        if value is not None
    }


@same_folder
@given(content=VALID)
def test_valid_settings_mean_the_same_from_every_source(
    tmp_path: Path, content: dict[str, JsonValue]
) -> None:
    file = tmp_path / "settings"
    file.write_text(json.dumps(content), encoding="utf-8")
    texts = as_text(content)
    from_gui = load_config(ConfigSources(gui_settings=file)).config
    others = (
        ConfigSources((file,)),
        ConfigSources(overrides=tuple(f"{name}={value}" for name, value in texts.items())),
        ConfigSources(
            environment={f"PT__{name.upper().replace('.', '__')}": text for name, text in texts.items()}
        ),
    )
    for sources in others:
        config = load_config(sources).config
        assert config == from_gui
        assert config_hash(config) == config_hash(from_gui)


@given(content=VALID)
def test_an_archive_gives_the_settings_and_the_hash_back(content: dict[str, JsonValue]) -> None:
    overrides = tuple(f"{name}={value}" for name, value in as_text(content).items())
    config = load_config(ConfigSources(overrides=overrides)).config
    archived = json.loads(json.dumps(config.model_dump(mode="json")))
    assert TradingConfig.model_validate(archived) == config
    assert hash_of_tree(archived) == config_hash(config)
