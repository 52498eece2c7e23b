"""Every source file keeps the rules of source_rules, and every rule is able to fail."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture import source_rules as rules

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src" / "powertrader"
MODULES: Final = tuple(sorted(SOURCE.rglob("*.py")))
SCRIPTS: Final = tuple(sorted((ROOT / "scripts").rglob("*.py")))
TESTS: Final = tuple(sorted((ROOT / "tests").rglob("*.py")))
BROAD_EXCEPTS: Final = (
    "core/loop.py",
    "core/events.py",
    "core/plugin.py",
    "hub/guard.py",
)
CLOCK_OWNERS: Final = ("core/clock.py", "core/logging_setup.py")

Rule = Callable[[str], Iterator[str]]


def broken(rule: Rule, files: tuple[Path, ...], *exempt: str) -> list[str]:
    """List what a rule finds in files, but for those whose path below the package is exempt."""
    judged = [path for path in files if not path.as_posix().endswith(exempt or ("//",))]
    return [
        f"{path.relative_to(ROOT)} {found}"
        for path in judged
        for found in rule(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("rule", rules.SOURCE_RULES, ids=lambda rule: rule.__name__)
def test_every_source_file_keeps_the_rule(rule: Rule) -> None:
    assert broken(rule, MODULES) == []


@pytest.mark.parametrize(
    "rule", [rules.bare_excepts, rules.silent_handlers, rules.too_long, rules.undocumented]
)
def test_scripts_keep_the_rules_about_errors_size_and_docstrings(rule: Rule) -> None:
    assert broken(rule, SCRIPTS) == []


def test_scripts_give_a_reason_for_every_exemption() -> None:
    assert broken(rules.exemptions_without_reason, SCRIPTS) == []


def test_tests_name_the_rule_they_are_exempt_from() -> None:
    # the tests of the rules hold deliberately bad lines
    assert broken(rules.blanket_exemptions, TESTS, "test_source_rules.py", "source_rules.py") == []


def test_everything_is_caught_in_four_places_only() -> None:
    assert broken(rules.broad_excepts, MODULES, *BROAD_EXCEPTS) == []


def test_only_the_clock_asks_for_the_time() -> None:
    assert broken(rules.clock_calls, MODULES, *CLOCK_OWNERS) == []


def test_only_the_clock_waits() -> None:
    # on Windows a file that somebody reads cannot be replaced; the pause is between two tries of that
    assert broken(rules.waits, MODULES, "core/clock.py", "core/file_operations.py") == []


def test_package_files_hold_a_docstring_and_nothing_else() -> None:
    packages = tuple(path for path in MODULES if path.name == "__init__.py")
    assert packages
    assert broken(rules.not_only_a_docstring, packages) == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in TESTS}
    assert [
        str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").is_file()
    ] == []


HANDLER = "try:\n    work()\nexcept {}:\n    {}\n"


@pytest.mark.parametrize(
    "rule, bad",
    [
        (rules.too_long, "x = 1\n" * 301),
        (rules.bare_excepts, "try:\n    work()\nexcept:\n    raise\n"),
        (rules.silent_handlers, HANDLER.format("OSError", "pass")),
        (rules.silent_handlers, HANDLER.format("OSError", "...")),
        (rules.silent_handlers, HANDLER.format("OSError", "'never mind'")),
        (rules.broad_excepts, HANDLER.format("Exception", "raise")),
        (rules.broad_excepts, HANDLER.format("(OSError, BaseException)", "raise")),
        (rules.mutable_globals, "cache = {}\n"),
        (rules.mutable_globals, "seen: Final = set()\n"),
        (rules.mutable_globals, "seen: Final[dict[str, int]] = {}\n"),
        (rules.mutable_globals, "names = [name for name in other]\n"),
        (rules.mutable_globals, "import numpy as np\nweights = np.zeros(3)\n"),
        (rules.mutable_globals, "count = 0\ndef more():\n    global count\n    count += 1\n"),
        (rules.clock_calls, "import time\nstart = time.time()\n"),
        (rules.clock_calls, "import datetime\nnow = datetime.datetime.now(tz)\n"),
        (rules.waits, "def wait():\n    time.sleep(1)\n"),
        (rules.undocumented, "x = 1\n"),
        (rules.undocumented, '"""Doc."""\ndef public():\n    return 1\n'),
        (
            rules.undocumented,
            '"""Doc."""\nclass Public:\n    """Doc."""\n    def method(self):\n        return 1\n',
        ),
        (rules.not_only_a_docstring, '"""Doc."""\nfrom powertrader import models\n'),
        (rules.not_only_a_docstring, ""),
        (rules.exemptions_without_reason, "x = y  # noqa: E501\n"),
        (rules.exemptions_without_reason, "x = y  # type: ignore[misc]\n"),
        (rules.exemptions_without_reason, "x = y  # noqa\n"),
        (rules.blanket_exemptions, "x = y  # type: ignore\n"),
        (rules.loose_sums, "@njit(cache=True, fastmath={'reassoc'})\ndef total(values):\n    return 1\n"),
    ],
)
def test_a_rule_finds_what_it_forbids(rule: Rule, bad: str) -> None:
    assert list(rule(bad))


@pytest.mark.parametrize(
    "rule, good",
    [
        (rules.too_long, "x = 1\n" * 300),
        (rules.silent_handlers, HANDLER.format("OSError", "return None")),
        (rules.broad_excepts, HANDLER.format("(OSError, ValueError)", "raise")),
        (rules.mutable_globals, "__all__ = ['one']\n"),
        (rules.mutable_globals, "WORDS: Final[Mapping[str, str]] = {'ge': 'at least'}\n"),
        (rules.mutable_globals, "NONE: Final = np.empty(0, dtype=np.float64)\n"),
        (rules.mutable_globals, "def local():\n    found = []\n    return found\n"),
        (rules.clock_calls, "now = clock.now()\n"),
        (rules.waits, "clock.sleep(1)\n"),
        (
            rules.undocumented,
            '"""Doc."""\ndef _private():\n    return 1\nclass _Hidden:\n    def method(self): ...\n',
        ),
        (rules.exemptions_without_reason, "x = y  # noqa: E501  a URL cannot be broken\n"),
        (rules.exemptions_without_reason, "x = y  # type: ignore[misc]  # numba has no types\n"),
    ],
)
def test_a_rule_leaves_good_code_alone(rule: Rule, good: str) -> None:
    assert list(rule(good)) == []
