"""Rules about one source file, each a function from its text to what is wrong with it."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Final

LONGEST_MODULE: Final = 300
MUTABLE_MAKERS: Final = frozenset(
    {"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict", "ChainMap"}
    | {"array", "zeros", "ones", "empty", "full", "arange"}
)
READ_ONLY_TYPES: Final = ("Final[Mapping[", "Final[Sequence[", "Final[Set[")
CLOCK_CALLS: Final = frozenset(
    {
        "time.time",
        "time.time_ns",
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
    }
)
EXEMPTION: Final = re.compile(r"#\s*(noqa|type:\s*ignore)\b(?P<rest>.*)")
NAMED_EXEMPTION: Final = re.compile(
    r"^\s*(:\s*[A-Z]+[0-9]+(\s*,\s*[A-Z]+[0-9]+)*|\[[a-z-]+(\s*,\s*[a-z-]+)*\])"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def too_long(text: str) -> Iterator[str]:
    """A module that no longer fits a head."""
    lines = text.count("\n")
    if lines > LONGEST_MODULE:
        yield f"{lines} lines, at most {LONGEST_MODULE}"


def bare_excepts(text: str) -> Iterator[str]:
    """Handlers that catch even Ctrl-C."""
    yield from (f"line {found.lineno}: bare except" for found in _handlers(text) if found.type is None)


def silent_handlers(text: str) -> Iterator[str]:
    """Handlers that do nothing at all, not even say so."""
    for found in _handlers(text):
        if all(isinstance(line, ast.Pass) or _is_ellipsis(line) for line in found.body):
            yield f"line {found.lineno}: handler without a reaction"


def broad_excepts(text: str) -> Iterator[str]:
    """Handlers that cannot know what they caught."""
    for found in _handlers(text):
        caught = found.type.elts if isinstance(found.type, ast.Tuple) else [found.type]
        if any(isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"} for one in caught):
            yield f"line {found.lineno}: catches everything"


def mutable_globals(text: str) -> Iterator[str]:
    """Module-level names whose content can change, and functions that rebind one."""
    tree = ast.parse(text)
    for line in tree.body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and not _is_fixed(line) and _is_mutable(line.value):
            yield f"line {line.lineno}: a global that can change"
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield f"line {node.lineno}: rebinds a global"


def clock_calls(text: str) -> Iterator[str]:
    """Calls that ask the computer for the time, which only a Clock may."""
    yield from _calls(text, CLOCK_CALLS)


def waits(text: str) -> Iterator[str]:
    """Calls that wait for real, where a Clock would let time pass in a test."""
    yield from _calls(text, frozenset({"time.sleep"}))


def undocumented(text: str) -> Iterator[str]:
    """The module and each public class, function and method without a docstring."""
    tree = ast.parse(text)
    if ast.get_docstring(tree) is None:
        yield "no module docstring"
    yield from (f"line {node.lineno}: {name} has no docstring" for name, node in _undocumented(tree, ""))


def not_only_a_docstring(text: str) -> Iterator[str]:
    """Code in a file that should hold a docstring and nothing else."""
    tree = ast.parse(text)
    if ast.get_docstring(tree) is None or len(tree.body) > 1:
        yield "must hold a docstring and nothing else"


def exemptions_without_reason(text: str) -> Iterator[str]:
    """A noqa or type: ignore that names no rule, or gives no reason beside it."""
    for number, line in enumerate(text.splitlines(), start=1):
        found = EXEMPTION.search(line)
        if found is None:
            continue
        rest, named = found["rest"], NAMED_EXEMPTION.match(found["rest"])
        if named is None:
            yield f"line {number}: exempts from every rule"
        elif not rest[named.end() :].strip(" #"):
            yield f"line {number}: gives no reason"


def blanket_exemptions(text: str) -> Iterator[str]:
    """A noqa or type: ignore that names no rule."""
    yield from (found for found in exemptions_without_reason(text) if "every rule" in found)


def loose_sums(text: str) -> Iterator[str]:
    """Compiled code that may sum in another order elsewhere: other digits on another machine of a sweep."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg == "fastmath":
            yield f"line {node.lineno}: fastmath"


SOURCE_RULES: Final[tuple[Callable[[str], Iterator[str]], ...]] = (
    too_long,
    bare_excepts,
    silent_handlers,
    mutable_globals,
    undocumented,
    exemptions_without_reason,
    loose_sums,
)
"""The rules that hold for every file below src, without exception."""


def _calls(text: str, forbidden: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = ".".join(ast.unparse(node.func).split(".")[-2:])
            if name in forbidden:
                yield f"line {node.lineno}: {name}"


def _handlers(text: str) -> Iterator[ast.ExceptHandler]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ExceptHandler))


def _is_ellipsis(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _is_fixed(line: ast.Assign | ast.AnnAssign) -> bool:
    """Tell whether the name is __all__, or its type lets nobody change the content."""
    if isinstance(line, ast.AnnAssign):
        return ast.unparse(line.annotation).startswith(READ_ONLY_TYPES)
    return [ast.unparse(target) for target in line.targets] == ["__all__"]


def _is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        return True
    if not isinstance(value, ast.Call):
        return False
    is_without_rows = [ast.unparse(argument) for argument in value.args] == ["0"]
    return not is_without_rows and ast.unparse(value.func).split(".")[-1] in MUTABLE_MAKERS


def _undocumented(
    parent: ast.Module | ast.ClassDef, prefix: str
) -> Iterator[tuple[str, ast.ClassDef | Function]]:
    for node in parent.body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        decorators = {ast.unparse(one).split(".")[-1] for one in node.decorator_list}
        if ast.get_docstring(node) is None and not decorators & {"overload", "setter", "override"}:
            yield f"{prefix}{node.name}", node
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node, f"{prefix}{node.name}.")
