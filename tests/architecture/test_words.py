"""Every word of the window is in its table, and every word of the table is used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from powertrader.hub.text import table, text

HUB: Final = Path(__file__).resolve().parents[2] / "src" / "powertrader" / "hub"
SETTING: Final = "setting:"
"""Keys of this kind stand for all that is known of a setting."""
ANYTHING: Final = r"[\w./]+"


def pattern_of(node: ast.expr) -> str | None:
    """Give a pattern of the keys that an expression can be, None when it is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [pattern_of(one) if isinstance(one, ast.Constant) else ANYTHING for one in node.values]
        return "".join(part or "" for part in parts)
    return None


def asked(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give line and pattern of every key that a module asks for by a text of its own."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        is_text = isinstance(node.func, ast.Name) and node.func.id == "text"
        is_explained = isinstance(node.func, ast.Attribute) and node.func.attr == "explain"
        for argument in node.args[:1] if is_text else node.args[1:2] if is_explained else ():
            pattern = pattern_of(argument)
            if pattern is not None and not pattern.startswith(SETTING):
                yield node.lineno, pattern


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(HUB.rglob("*.py")):
        yield str(path.relative_to(HUB)), ast.parse(path.read_text(encoding="utf-8"))


def test_every_key_that_is_asked_for_has_words() -> None:
    keys = list(table())
    missing = [
        f"{name}:{line}: {pattern}"
        for name, tree in trees()
        for line, pattern in asked(tree)
        if not any(re.fullmatch(pattern, key) for key in keys)
    ]
    assert missing == []


def test_every_word_of_the_table_is_used() -> None:
    patterns = {
        pattern
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and (pattern := pattern_of(node)) is not None and "." in pattern
    }
    # a pattern that begins with anything would let every key pass
    known = re.compile("|".join(f"(?:{one})" for one in patterns if not one.startswith(ANYTHING)))
    assert [key for key in table() if not known.fullmatch(key)] == []


@pytest.mark.parametrize(
    "source", ['text("no.such")', 'text(f"no.{such}")', 'context.explain(one, "no.such")']
)
def test_a_key_without_words_is_found(source: str) -> None:
    ((_, pattern),) = asked(ast.parse(source))
    assert not any(re.fullmatch(pattern, key) for key in table())


def test_words_with_values_name_them_and_nothing_else() -> None:
    broken = []
    for key, words in table().items():
        try:
            words.format_map(dict.fromkeys(re.findall(r"\{(\w+)", words), "1"))
        except (ValueError, KeyError, IndexError):
            # a format of its own, such as {n:,}, wants a number
            try:
                words.format_map(dict.fromkeys(re.findall(r"\{(\w+)", words), 1.0))
            except (ValueError, KeyError, IndexError) as error:
                broken.append(f"{key}: {error}")
    assert broken == []


def test_a_key_without_words_raises() -> None:
    with pytest.raises(KeyError):
        text("no.such.key")
