"""TrainingDesk: which coins the window wants trained, and the one trainer that does it."""

import os
from collections.abc import Iterable
from typing import Final

from powertrader.core.process_launch import WorkerSpec
from powertrader.core.storage import FileStore
from powertrader.core.training_wishes import TrainingWishes
from powertrader.hub.ports import HubPorts
from powertrader.models.command import TrainingWish
from powertrader.models.types import CoinSymbol

TRAINER: Final = "trainer"


def coins_at_once(cores: int | None) -> int:
    """Give how many coins are trained at once: one core stays free for everything else."""
    return max(1, (cores or 1) - 1)


class TrainingDesk:
    """Leaves wishes for the trainer, and names the trainer that they need.

    There is one trainer, however many coins are wanted: the original started a process for each (HUB
    section 8, defect 8). For one thread.
    """

    def __init__(self, ports: HubPorts) -> None:
        """Bind the files; nothing is read yet."""
        self._ports = ports
        # killer.txt lies in the home, the rest in the data folder
        self._files = FileStore()
        self._wishes = TrainingWishes(ports.paths.training_wishes, ports.store, ports.mailbox)
        self.keeps_trained = False
        """Whether a trainer shall run that trains again what becomes too old."""

    @property
    def asked(self) -> frozenset[CoinSymbol]:
        """The coins that somebody wants to be trained."""
        return frozenset(self._wishes.coins())

    @property
    def asked_spec(self) -> WorkerSpec:
        """The trainer that trains what was asked for, and ends."""
        return self._spec("--asked")

    @property
    def keeping_spec(self) -> WorkerSpec:
        """The trainer that stays, and trains what was asked for and what is due."""
        return self._spec("--keep")

    def wanted(self) -> WorkerSpec | None:
        """Give the trainer that should run now, None when there is nothing to do for one."""
        if self.keeps_trained:
            return self.keeping_spec
        return self.asked_spec if self.asked else None

    def spec_like(self, options: str) -> WorkerSpec:
        """Give the trainer that was started with noted options; one that stays when they are others."""
        return self.asked_spec if options == self.asked_spec.options else self.keeping_spec

    def ask(self, coins: Iterable[CoinSymbol], *, anew: bool) -> None:
        """Want coins to be trained, those that are wanted already no second time. Raises PowerTraderError."""
        now = self._ports.wall.now()
        self._files.remove(self._ports.paths.killer)
        for coin in coins:
            self._files.remove(self._ports.paths.coin(coin).killer())
            before = self._wishes.read(coin)
            if before is None or (anew and not before.anew):
                self._wishes.post(TrainingWish(coin, anew, now))

    def take_back(self, coins: Iterable[CoinSymbol], *, by_file: bool) -> None:
        """Want coins to be trained no more; what was learnt of them stays. Raises StorageError.

        by_file: the trainer that runs also trains what nobody asked for, so that killer.txt has to stop it.
        """
        for coin in coins:
            if by_file:
                self._files.write_text(self._ports.paths.coin(coin).killer(), "yes")
            self._wishes.withdraw(coin)

    def forget_all(self) -> None:
        """Want nothing to be trained any more. Raises StorageError."""
        self.keeps_trained = False
        for coin in self._wishes.coins():
            self._wishes.withdraw(coin)

    def _spec(self, kind: str) -> WorkerSpec:
        at_once = str(coins_at_once(os.cpu_count()))
        arguments = (kind, "--workers", at_once, *self._ports.options)
        return WorkerSpec(TRAINER, self._ports.program(TRAINER, arguments))
