"""Coins that somebody wants to be trained: a file for each, which stays until its training has ended."""

from pathlib import Path
from typing import Final

from powertrader.core.mailbox import TRAINING_WISH, Mailbox
from powertrader.core.storage import FileStore
from powertrader.core.symbols import coin_symbol, is_coin
from powertrader.models.command import TrainingWish
from powertrader.models.types import CoinSymbol

_SUFFIX: Final = ".json"


class TrainingWishes:
    """The folder of the wishes. Who wants a training posts one, the trainer fulfils it.

    A wish outlives both: a trainer that is killed finds it again when it is started.
    """

    def __init__(self, folder: Path, store: FileStore, mailbox: Mailbox) -> None:
        """Bind the folder, which need not exist."""
        self._folder = folder
        self._store = store
        self._mailbox = mailbox

    def post(self, wish: TrainingWish) -> None:
        """Want a coin to be trained; an earlier wish of the same coin is replaced. Raises StorageError."""
        self._mailbox.publish(self._path(wish.coin), TRAINING_WISH, wish)

    def coins(self) -> tuple[CoinSymbol, ...]:
        """Give the coins that are wanted, by name."""
        return tuple(sorted(path.stem for path in self._folder.glob(f"*{_SUFFIX}") if is_coin(path.stem)))

    def read(self, coin: CoinSymbol) -> TrainingWish | None:
        """Give the wish of a coin, None without one. Raises what Mailbox.read raises."""
        return self._mailbox.read(self._path(coin), TRAINING_WISH)

    def withdraw(self, coin: CoinSymbol) -> None:
        """Want a coin's training no more. Raises StorageError."""
        self._store.remove(self._path(coin))

    def fulfil(self, wish: TrainingWish) -> None:
        """Take a wish out, unless a later one has taken its place. Raises StorageError."""
        if self.read(wish.coin) == wish:
            self.withdraw(wish.coin)

    def _path(self, coin: CoinSymbol) -> Path:
        return self._folder / f"{coin_symbol(coin)}{_SUFFIX}"
