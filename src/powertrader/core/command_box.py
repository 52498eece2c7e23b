"""Commands as files: one for each wish, taken before it is carried out, so that none is done twice."""

import logging
import uuid
from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.mailbox import ANSWER, COMMAND, Mailbox
from powertrader.core.storage import FileStore
from powertrader.models.command import Command, CommandAnswer, Wish
from powertrader.models.types import CoinSymbol

LOOKS_PER_S: Final = 20
"""How often the asking side looks for its answer."""
PATIENCE_S: Final = 15.0
"""How long a running trader is waited for; it may be in the middle of a step."""
LATEST_S: Final = 120.0
"""Whoever asked has long given up by then, by the wall clock; only a pause is still what was meant."""
_WISHES: Final = "*.command.json"
log = logging.getLogger(__name__)


def new_command(wish: Wish, coin: CoinSymbol | None, reason: str, at: datetime) -> Command:
    """Make a command with a number of its own; later commands sort behind earlier ones."""
    return Command(
        f"{at.timestamp():017.6f}".replace(".", "-") + f"-{uuid.uuid4().hex[:8]}", wish, coin, reason, at
    )


def is_wish(path: Path) -> bool:
    """Tell whether a command lies at a path and waits to be taken."""
    return path.match(_WISHES) and path.is_file()


def waiting_in(folder: Path) -> int:
    """Give how many commands lie in a folder and wait to be taken."""
    return sum(1 for _ in folder.glob(_WISHES))


class CommandBox:
    """The folder in which commands are left, and answers to them."""

    def __init__(self, folder: Path, store: FileStore, mailbox: Mailbox) -> None:
        """Bind the folder, which need not exist."""
        self._folder = folder
        self._store = store
        self._mailbox = mailbox

    def post(self, command: Command) -> None:
        """Leave a command for the trader. Raises StorageError when it cannot be written."""
        self._mailbox.publish(self._command(command.number), COMMAND, command)

    def take(self) -> tuple[Command, ...]:
        """Take out what was left, oldest first; what is taken is never given again.

        A file that holds no command is moved aside and reported once. Raises StorageError when what lies
        there cannot be taken out.
        """
        taken: list[Command] = []
        for path in sorted(self._folder.glob(_WISHES)):
            try:
                command = self._mailbox.read(path, COMMAND)
            except BadData as error:
                log.warning("a command cannot be read", extra={"reason": str(error)})
                continue
            # gone before it is carried out: a crash may lose a wish, it never does one twice
            try:
                self._store.remove(path)
            except StorageError:
                if taken:
                    break  # those must not be lost; the next call tells what is wrong
                raise
            if command is not None:
                taken.append(command)
        return tuple(taken)

    def ask(self, command: Command, wall: Clock, step_s: float) -> CommandAnswer:
        """Leave a command for a running trader whose steps are step_s apart, and give what came of it.

        Takes the command back when the trader does not take it in time. Raises StorageError.
        """
        self.post(command)
        # it looks for commands between its steps, which may be far apart
        patience_s = min(PATIENCE_S + step_s, LATEST_S)
        answer = self.wait_for(command.number, wall, patience_s)
        if answer is not None:
            return answer
        if self.withdraw(command.number):
            text = f"the trader did not answer within {patience_s:.0f} s; nothing was done"
        else:
            text = "the trader has taken it and not answered yet: see `powertrader ledger show`"
        return CommandAnswer(command.number, done=False, text=text, at=wall.now())

    def withdraw(self, number: str) -> bool:
        """Take a command back that nobody has taken yet; tell whether that was so."""
        path = self._command(number)
        if not path.exists():
            return False
        self._store.remove(path)
        return True

    def answer(self, answer: CommandAnswer) -> None:
        """Leave the answer to a command."""
        self._mailbox.publish(self._answer(answer.number), ANSWER, answer)

    def wait_for(self, number: str, wall: Clock, patience_s: float) -> CommandAnswer | None:
        """Give the answer to a command, None when none came within patience_s seconds."""
        path = self._answer(number)
        for _ in range(max(1, round(patience_s * LOOKS_PER_S))):
            found = self._mailbox.read(path, ANSWER)
            if found is not None:
                self._store.remove(path)
                return found
            wall.sleep(1 / LOOKS_PER_S)
        return None

    def _command(self, number: str) -> Path:
        return self._folder / f"{number}.command.json"

    def _answer(self, number: str) -> Path:
        return self._folder / f"{number}.answer.json"
