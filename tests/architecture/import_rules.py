"""Who may import whom, and which foreign package lives where."""

import ast
from collections.abc import Iterator
from typing import Final

PURE_CORE: Final = ("core.config", "core.constants", "core.exceptions", "core.patterns")
PURE_ROW: Final = ("risk", "analytics", "strategy")
LOWEST: Final = ("models", "core")
WORKERS: Final = ("trainer", "thinker", "trader")
EDGE: Final = ("exchanges", "market", "persistence", "simexchange", "services")

MAY_IMPORT: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("models", ()),
    ("core", ("models",)),
    *((name, ("models", *PURE_CORE)) for name in PURE_ROW),
    *((name, LOWEST) for name in EDGE if name != "simexchange"),
    ("simexchange", (*LOWEST, "market")),
    *((name, (*LOWEST, *PURE_ROW)) for name in WORKERS),
    ("backtest", (*LOWEST, *PURE_ROW, *EDGE, *WORKERS)),
    ("parity", (*LOWEST, *PURE_ROW, *EDGE, *WORKERS)),
    ("shadow", (*LOWEST, *WORKERS)),
    ("migration", (*LOWEST, "persistence", "trader")),
    ("preflight", (*LOWEST, "trader")),
    ("hub", (*LOWEST, "analytics")),
    ("api", (*LOWEST, "analytics")),
)
"""Package, and what of ours it may import besides itself; those of UNBOUND may import anything."""

UNBOUND: Final = (
    "bootstrap",
    "bootstrap_trainer",
    "bootstrap_trader",
    "bootstrap_events",
    "bootstrap_hub",
    "bootstrap_preflight",
    "bootstrap_venues",
    "cli",
    "__main__",
)
PURE_ENDINGS: Final = ("_engine", "bounds", "decide")
FILES_AND_LOGS: Final = ("io", "logging", "os", "pathlib", "shutil", "sqlite3", "tempfile")
OTHERS_AND_CHANCE: Final = (
    "asyncio",
    "http",
    "random",
    "socket",
    "subprocess",
    "threading",
    "time",
    "urllib",
)
WORLD: Final = frozenset({*FILES_AND_LOGS, *OTHERS_AND_CHANCE})
"""Standard modules that reach a file, a clock, a log or another process; pure code has none of them."""

HOMES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Crypto", ("exchanges.binance*", "simexchange")),
    ("binance", ("exchanges.binance*",)),
    ("ccxt", ("exchanges.ccxt*",)),
    ("dask", ("backtest.sweep_dask",)),
    ("desktop_notifier", ("services",)),
    ("distributed", ("backtest.sweep_dask",)),
    ("dotenv", ("core.credentials", "core.config*")),
    ("fastapi", ("api", "simexchange")),
    ("filelock", ("core.storage", "core.storage_lock")),
    ("keyring", ("core.credentials",)),
    ("numba", ("core.patterns", "*.kernels", "*_kernels", "thinker.bounds", "thinker.prediction")),
    ("optuna", ("backtest.sweep_optuna",)),
    ("platformdirs", ("core.paths",)),
    ("psutil", ("core.process_identity", "migration.running")),
    ("pyarrow", ("market",)),
    (
        "pydantic",
        (
            "core.config*",
            "core.mailbox",
            "cli",
            "api",
            "simexchange",
            "exchanges.binance_wire*",
            "exchanges.kucoin_wire*",
            "exchanges.ccxt_wire*",
        ),
    ),
    ("pythonjsonlogger", ("core.logging_setup",)),
    # exchanges.local_clock asks our own local exchange one question over HTTP
    ("redis", ("services",)),
    ("requests", ("exchanges.binance*", "exchanges.kucoin*", "exchanges.local_clock")),
    ("rich", ("cli",)),
    ("sqlalchemy", ("persistence",)),
    ("starlette", ("api", "simexchange")),
    ("tenacity", ("core.retry",)),
    ("tkinter", ("hub",)),
    ("typer", ("cli",)),
    ("uvicorn", ("api", "simexchange")),
    ("watchdog", ("core.folder_watch",)),
    ("websockets", ("api", "exchanges.binance*", "simexchange")),
    ("yaml", ("core.config*",)),
)
"""Foreign package, and the modules or packages of ours that may import it."""


def imports_of(text: str) -> Iterator[tuple[int, str]]:
    """Give line and full name of everything a module imports, inside functions as well."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "." * node.level
            # `from powertrader.cli import replay` may name a module: keep the longer name
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def violations(module: str, text: str) -> Iterator[str]:
    """Say which imports of a module, named without `powertrader.`, the rules do not allow."""
    for line, name in imports_of(text):
        reason = _reason_against(module, name)
        if reason:
            yield f"{module} line {line}: imports {name}; {reason}"


def is_pure(module: str) -> bool:
    """Tell whether a module holds decisions: a function of its arguments and nothing else."""
    package, *rest = module.split(".")
    return package in PURE_ROW or (package in WORKERS and bool(rest) and rest[-1].endswith(PURE_ENDINGS))


def _reason_against(module: str, name: str) -> str:
    if name.startswith("."):
        return "imports are absolute"
    root = name.split(".", maxsplit=1)[0]
    if root != "powertrader":
        return _foreign_reason(module, root)
    return _own_reason(module, name.removeprefix("powertrader").removeprefix("."))


def _foreign_reason(module: str, root: str) -> str:
    if root in WORLD and (is_pure(module) or _inside(module, "models")):
        return "no files, clocks, logs or processes here"
    homes = dict(HOMES).get(root)
    if homes is None or any(_inside(module, home) for home in homes):
        return ""
    return f"{root} lives in {', '.join(homes)}"


def _own_reason(module: str, name: str) -> str:
    package = module.split(".", maxsplit=1)[0]
    if package in UNBOUND or _inside(name, package):
        return ""
    allowed = dict(MAY_IMPORT).get(package)
    if allowed is None:
        return f"package {package} is not in the table"
    if is_pure(module):
        allowed = ("models", *PURE_CORE)
    return (
        ""
        if any(_inside(name, one) for one in allowed)
        else f"{package} may import {', '.join(allowed) or 'nothing'}"
    )


def _inside(module: str, home: str) -> bool:
    if home.startswith("*"):
        return module.endswith(home[1:])
    if home.endswith("*"):
        return module.startswith(home[:-1])
    return module == home or module.startswith(f"{home}.")
