"""`powertrader plugins`: which plugins are installed, which are enabled, and how they are."""

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from


def plugins(
    *,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """List the installed plugins with their state in the trader; nothing of them is run for that.

    A plugin runs when plugins.enabled names it. Exit code 1: one that is enabled is not installed, or was
    given up. docs/PLUGINS.md says how to write one.
    """
    from powertrader.cli.plugins_view import show_plugins  # noqa: PLC0415  pydantic is slow to import

    return show_plugins(sources_from(home, config, settings), home, as_json=as_json)
