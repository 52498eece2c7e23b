#!/bin/sh
# Double-click (macOS) to open PowerTrader's window. The first start installs what it needs; that takes some minutes.
cd "$(dirname "$0")" || exit 1
exec python3 scripts/bootstrap.py run -- hub "$@"
