"""The reference of every setting, as YAML with the defaults and as a Markdown page."""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from powertrader.core.config import CONFIRMATION_WORD, NOT_HASHED
from powertrader.core.config_keys import Setting, sentence_of, settings
from powertrader.core.config_layers import MIGRATIONS

_YAML_HEAD: Final = """\
# Every setting of PowerTrader with its default; made by `powertrader config docs --yaml`.
# Change a value here, or better: keep a file of your own with only what differs and name it with --config.
# What is stronger: command line, environment (PT__SECTION__KEY), .env, gui_settings.json, then these files.
# docs/CONFIGURATION.md explains the rest; `powertrader config check` says whether a change is right.

"""

_PAGE_HEAD: Final = """\
# Configuration

This page is made by `powertrader config docs`; a test keeps it equal to the code.

## Where a value comes from

The first of these that names a setting counts:

1. the command line: `--set dca.multiplier=1.5`, as often as you like;
2. environment variables: `PT__DCA__MULTIPLIER=1.5`;
3. the same variables in the file `.env` of the home folder;
4. `config/gui_settings.json`, which the window writes and which the original's file may replace as it is,
   or the file that the environment variable `PT_GUI_SETTINGS` names in its place;
5. YAML files: `--config a.yaml --config b.yaml`, of which the later counts more; without `--config` it is
   `config/trading_config.yaml`;
6. the defaults below.

A setting has a full name (`dca.multiplier`) and often a short one (`dca_multiplier`), which is how the
original calls it. Both work in every source; a source that uses both for one setting is refused. A list is
written `BTC,ETH` or `[BTC, ETH]`.

`powertrader config show` prints every value and where it came from; `powertrader config check` prints every
problem of every source at once.

## What is refused

- A name that is no setting: the message names the most similar one. In `gui_settings.json` alone foreign
  keys are kept and reported, because other programs keep theirs there.
- A value outside its bounds, in any source, even where a stronger source hides it. A zero takes effect;
  nothing is clamped and nothing is guessed.
- A key that comes twice in a YAML file.
- `trading.compat: original` together with `trading.mode: live`.

Orders that spend real money also need `--confirm-live {word}` on the command line, whatever the files say.
A file that does not exist counts as empty, with one warning.

## While processes run

A changed file is read again. When it is wrong, that is reported once and the last good settings stay in
force; the same holds when it is deleted. A change of a setting marked *restart* is refused until then.

## Rewritten from older files

{migrations}

## The config hash

Every result, decision and order carries 16 hex digits that stand for all settings which can change a
decision or a result. {unhashed} are left out: they say where files lie, what the
window shows and where orders go, so that the same rules have the same hash on paper and live.
`powertrader config hash` prints it; it is recomputed from the settings that are saved with a result.

## A replay's first buy

{replay}

## Every setting
"""

_REPLAY: Final = """\
The original's default of 0.005 % of the account is less than an exchange's smallest order, unless the account
is very large. A replay therefore uses `replay.start_allocation_pct` while `entry.start_allocation_pct` has
its default, and says so; a value on the command line or in the environment is taken as it is."""


def yaml_reference() -> str:
    """Give a YAML file of every setting with its default, unit, bounds and sentence."""
    lines = [_YAML_HEAD]
    for section, members in _by_section():
        lines.append(f"# {sentence_of(section)}\n{section}:\n")
        for setting in members:
            lines.append(f"  # {setting.key.sentence}\n  # {_facts(setting)}\n")
            lines.append(f"  {setting.field}: {json.dumps(setting.default, ensure_ascii=False)}\n")
        lines.append("\n")
    return "".join(lines).rstrip("\n") + "\n"


def markdown_reference() -> str:
    """Give the page of docs/CONFIGURATION.md."""
    migrations = "\n".join(f"{each.number}. In `gui_settings.json` {each.what}." for each in MIGRATIONS)
    unhashed = ", ".join(f"`{each}`" for each in sorted(NOT_HASHED))
    page = [
        _PAGE_HEAD.format(word=CONFIRMATION_WORD, migrations=migrations, unhashed=unhashed, replay=_REPLAY)
    ]
    for section, members in _by_section():
        page.append(f"\n### {section}\n\n{sentence_of(section)}\n\n")
        page.append(
            "| Setting | Short name | Default | Unit | Must be | What it does |\n|---|---|---|---|---|---|\n"
        )
        page.extend(_row(setting) for setting in members)
    return "".join(page)


def _by_section() -> Iterator[tuple[str, list[Setting]]]:
    for section, members in groupby(settings().values(), key=lambda each: each.name.partition(".")[0]):
        yield section, list(members)


def _facts(setting: Setting) -> str:
    facts: Mapping[str, str] = {
        "Unit": setting.key.unit,
        "Must be": setting.expected,
        "Short name": setting.short_name,
    }
    shown = [f"{title}: {fact}." for title, fact in facts.items() if fact]
    return " ".join([*shown, "Takes effect at the next start."] if setting.key.restart else shown)


def _row(setting: Setting) -> str:
    name = f"`{setting.name}`" + (" (*restart*)" if setting.key.restart else "")
    short = f"`{setting.short_name}`" if setting.short_name else ""
    default = f"`{json.dumps(setting.default, ensure_ascii=False)}`"
    cells = (name, short, default, setting.key.unit, setting.expected, setting.key.sentence)
    return f"| {' | '.join(cells)} |\n"
