"""What each exit code of the command line promises to a script."""

from typing import Final

OK: Final = 0
DIFFERENT: Final = 1
"""The command ran, and what it checked does not hold."""
USAGE: Final = 2
"""The command line or the settings cannot be used; nothing was done."""
BAD_DATA: Final = 3
"""A file or its content cannot be used."""
VENUE: Final = 4
"""An exchange refused or did not answer."""
INTERRUPTED: Final = 130
"""Stopped by Ctrl-C; the files that exist are complete."""
