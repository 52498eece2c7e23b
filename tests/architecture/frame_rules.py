"""The rule against loops over the rows of a table: arrays are worked on whole, or in compiled code."""

import ast
from collections.abc import Iterator
from typing import Final

ROW_METHODS: Final = frozenset({"iterrows", "itertuples", "iteritems", "applymap"})
FRAME_PACKAGES: Final = frozenset({"pandas", "polars"})
COLUMNS: Final = frozenset({"open", "high", "low", "close", "volume", "open_time_s", "close_s", "equity"})
"""Columns of candles and of a course; whoever goes through one of them goes through its rows."""

WRAPPERS: Final = frozenset({"zip", "enumerate", "reversed", "iter", "list", "tuple", "map"})
Loop = ast.For | ast.comprehension


def row_loops(text: str) -> Iterator[str]:
    """Say where interpreted code goes through a table row by row, or asks for a library of tables."""
    tree = ast.parse(text)
    compiled = {inside for function in _compiled(tree) for inside in ast.walk(function)}
    for node in ast.walk(tree):
        if node in compiled:
            continue
        if isinstance(node, ast.Attribute) and node.attr in ROW_METHODS:
            yield f"line {node.lineno}: {node.attr} goes through rows"
        if isinstance(node, Loop) and _goes_through_rows(node.iter):
            yield f"line {node.iter.lineno}: loops over the rows of {ast.unparse(node.iter)}"
        if isinstance(node, ast.Import | ast.ImportFrom) and _packages(node) & FRAME_PACKAGES:
            yield f"line {node.lineno}: imports a library of tables"


def _compiled(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [ast.unparse(one).split("(")[0] for one in node.decorator_list]
            if "njit" in names:
                yield node


def _goes_through_rows(source: ast.expr) -> bool:
    """Tell whether a loop's source is a column, bare or within zip, enumerate, tolist and the like."""
    if isinstance(source, ast.Call):
        if isinstance(source.func, ast.Attribute) and source.func.attr == "tolist":
            return _goes_through_rows(source.func.value)
        wraps = isinstance(source.func, ast.Name) and source.func.id in WRAPPERS
        return wraps and any(_goes_through_rows(one) for one in source.args)
    return isinstance(source, ast.Attribute) and source.attr in COLUMNS


def _packages(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return {name.split(".")[0] for name in names}
