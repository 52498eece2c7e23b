"""The pages a reader is sent to: every place they name exists, every link leads somewhere."""

import importlib
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "legacy").glob("*.md")])
DEVIATIONS: Final = (ROOT / "docs" / "DEVIATIONS.md").read_text("utf-8")
REGISTERS: Final = sorted((ROOT / "src").rglob("deviations.py"))
IDS: Final = [
    name for path in REGISTERS for name in re.findall(r'Final = "([A-Z]\d\d)"', path.read_text("utf-8"))
]
NAMED: Final = re.findall(r"`(powertrader(?:\.\w+)+)`", (ROOT / "docs" / "RULES.md").read_text("utf-8"))


def find(name: str) -> object:
    """Give what a dotted name stands for; the longest part that is a module is imported."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            found = getattr(found, attribute)
        return found
    raise LookupError(name)


@pytest.mark.parametrize("name", NAMED)
def test_every_rule_stands_where_the_page_says(name: str) -> None:
    assert callable(find(name))


def test_a_rule_that_moved_away_is_noticed() -> None:
    with pytest.raises(AttributeError):
        find("powertrader.core.patterns.gone")


def test_the_page_of_rules_is_not_empty() -> None:
    assert len(NAMED) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_every_part_has_a_register_of_deviations() -> None:
    assert [path.parent.name for path in REGISTERS] == ["thinker", "trader", "trainer"]
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("deviation", IDS)
def test_every_deviation_has_a_row_with_its_tests(deviation: str) -> None:
    row = re.search(rf"^\| {deviation} \|.*$", DEVIATIONS, re.MULTILINE)
    assert row is not None
    assert "`test_" in row.group()


def test_every_test_that_a_deviation_names_exists() -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", DEVIATIONS)
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in tests] == []
