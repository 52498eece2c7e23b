"""The user's own copy of the original scripts, kept in the home with a list of fingerprints."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from powertrader.core.original_folder import SCRIPT_KEYS, SCRIPTS, OriginalFolder, settings_of
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.migration.item import Item, sha256_of

MANIFEST: Final = "manifest.json"


def read_scripts(original: OriginalFolder, home: HomePaths) -> tuple[Item, ...]:
    """Give the scripts of a folder for legacy/original/ of the home, the list of their fingerprints last."""
    store = FileStore()
    folder = home.original_scripts
    contents = {path.name: store.read_bytes(path) or b"" for path in sorted(set(_scripts(original)))}
    if not contents:
        return ()
    items = [_item(store, folder / name, content) for name, content in contents.items()]
    listed = {
        name: {"sha256": sha256_of(content), "bytes": len(content)} for name, content in contents.items()
    }
    return (*items, _item(store, folder / MANIFEST, json.dumps(listed, indent=2).encode()))


def _scripts(original: OriginalFolder) -> Iterator[Path]:
    """Find the scripts under their usual names and under those the settings give them."""
    settings = settings_of(original.settings)
    named = [name for key in SCRIPT_KEYS if isinstance(name := settings.get(key), str) and name.strip()]
    for name in (*SCRIPTS, *named):
        path = original.root / name
        # a script elsewhere is none of this installation's, such as one that switch_backend named
        if path.is_file() and path.suffix == ".py" and path.resolve().parent == original.root:
            yield path


def _item(store: FileStore, target: Path, content: bytes) -> Item:
    return Item(f"script {target.name}", target, content, store.read_bytes(target))
