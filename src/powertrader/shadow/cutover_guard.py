"""Keeps PowerTrader and the original from trading the same coin while people go over coin by coin."""

import logging
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.config_cutover import CutoverSection
from powertrader.core.cutover import left_to_original
from powertrader.core.exceptions import ConfigError
from powertrader.core.file_operations import Stamp
from powertrader.core.original_folder import OriginalFolder
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol
from powertrader.shadow.install import (
    SettingsReader,
    account_of,
    find_install,
    held_coins,
    read_status,
    stamps_of,
)

HELP: Final = "docs/SHADOW.md goes through it step by step"
log = logging.getLogger(__name__)


class CutoverGuard:
    """Which coins are not bought anew: those the share leaves to the original, and those it would trade.

    account is the short name of ours; held gives the coins we hold. Without a folder only the share counts.
    """

    def __init__(
        self, section: CutoverSection, account: str, held: Callable[[], AbstractSet[CoinSymbol]], wall: Clock
    ) -> None:
        """Look at the original's folder for the first time. Raises ConfigError when it is none."""
        self._section = section
        self._account = account
        self._held = held
        self._wall = wall
        self._folder = find_install(_full_path(section.original_folder)) if section.original_folder else None
        self._settings = SettingsReader(self._folder.settings) if self._folder else None
        self._stamps: tuple[Stamp, ...] = ()
        self._same_account = False
        self._holding: AbstractSet[CoinSymbol] = frozenset()
        self._theirs: AbstractSet[CoinSymbol] = frozenset()
        self._listed: AbstractSet[CoinSymbol] = frozenset()
        self._unread: tuple[Path, ...] = ()
        self._applied: tuple[TradingRules, TradingRules] | None = None
        self._told: dict[CoinSymbol, str] = {}
        self._look()

    def refuse_start(self, coins: Iterable[CoinSymbol]) -> None:
        """Return when nobody else would trade our coins. Raises ConfigError with what to do."""
        refusal = self.refusal(coins)
        if refusal:
            raise ConfigError(refusal)

    def refusal(self, coins: Iterable[CoinSymbol]) -> str:
        """Say which of our coins the original would trade as well, and what to do; nothing when none."""
        if self._folder is None:
            return ""
        if self._same_account:
            return self._account_text()
        unknown = self._unknown(self._folder)
        if unknown:
            return (
                f"it is not known what the original trades: {'; '.join(unknown)}. Try again in a moment; if "
                f"that stays so, let the original write it anew, or mend what is named; {HELP}"
            )
        left = left_to_original(coins, self._section)
        ours = [coin for coin in coins if coin not in left]
        both = sorted({*ours, *self._held()} & self._theirs)
        if not both:
            return ""
        return (
            f"PowerTrader and the original would both trade {', '.join(both)}: {self._where(both)}. Take "
            f"them out of `coins` in {self._folder.settings} and let the original sell what it holds, or "
            f"take them out of trading.coins here; {HELP}"
        )

    def is_theirs(self, coin: CoinSymbol) -> bool:
        """Tell whether the original lists or holds a coin."""
        return coin in self._theirs

    def applied(self, rules: TradingRules, section: CutoverSection) -> TradingRules:
        """Give the rules with the coins that are not bought anew; the same object while nothing changes."""
        changed = self._look() or section != self._section
        if self._applied is not None and not changed and self._applied[0] is rules:
            return self._applied[1]
        self._section = section
        reasons = left_to_original(rules.coins, section)
        reasons.update({coin: text for coin in rules.coins if (text := self._conflict(coin, reasons))})
        self._tell(reasons)
        made = replace(rules, no_entry=reasons) if reasons else rules
        self._applied = (rules, made)
        return made

    def _conflict(self, coin: CoinSymbol, left: Iterable[CoinSymbol]) -> str:
        if self._same_account:
            return self._account_text()
        if coin in left or coin not in self._theirs:
            return ""
        return f"not bought: the original would trade {coin} as well; {self._where([coin])}"

    def _look(self) -> bool:
        """Read what has changed in the original's folder; tell whether that changes anything here."""
        folder, settings = self._folder, self._settings
        if folder is None or settings is None or not folder.root.is_dir():
            # a drive that was taken away says nothing new
            return False
        stamps = stamps_of((folder.settings, folder.trader_status, folder.key_file))
        if stamps == self._stamps and not self._unread:
            return False
        self._stamps = stamps
        settings.refresh()
        before = (self._same_account, self._theirs, self._listed)
        parts = (
            (folder.settings, settings.unread),
            (folder.trader_status, self._read_holding(folder)),
            (folder.key_file, self._read_account(folder)),
        )
        self._unread = tuple([path for path, unread in parts if unread])
        self._listed = frozenset(settings.settings.in_force.coins)
        self._theirs = self._listed | self._holding
        return before != (self._same_account, self._theirs, self._listed)

    def _read_holding(self, folder: OriginalFolder) -> bool:
        """Learn what the original holds; tell whether its status is there and says nothing that is known."""
        status = read_status(folder, self._wall)
        if status is None and folder.trader_status.exists():
            return True
        self._holding = held_coins(status)
        return False

    def _read_account(self, folder: OriginalFolder) -> bool:
        """Learn whose account the original trades; tell whether its key is there and cannot be read."""
        account = account_of(folder)
        if not account and folder.key_file.exists():
            return True
        self._same_account = account == self._account != ""
        return False

    def _unknown(self, folder: OriginalFolder) -> tuple[str, ...]:
        """Say what keeps us from knowing what the original trades."""
        # where the memories lie does not matter here
        astray = [note for note in folder.notes if note.startswith("hub_data_dir")]
        return (*astray, *[f"{path} is there and cannot be read" for path in self._unread])

    def _where(self, coins: Iterable[CoinSymbol]) -> str:
        folder, reader = self._folder, self._settings
        if folder is None or reader is None:
            return ""
        coins = list(coins)
        listed = [coin for coin in coins if coin in self._listed]
        source = (
            f"{folder.settings} lists" if reader.seen else f"{folder.settings} is not there, its default is"
        )
        parts = [f"{source} {', '.join(listed)}"] if listed else []
        held = [coin for coin in coins if coin not in self._listed]
        parts += [f"{folder.trader_status} says it still holds {', '.join(held)}"] if held else []
        return " and ".join(parts)

    def _account_text(self) -> str:
        return (
            f"the original in {self._section.original_folder} uses the same API key as PowerTrader, and it "
            "buys and sells every coin of its account: make a sub-account with a key of its own for "
            f"PowerTrader, or retire the original and clear cutover.original_folder; {HELP}"
        )

    def _tell(self, reasons: dict[CoinSymbol, str]) -> None:
        for coin, text in reasons.items():
            if self._told.get(coin) != text:
                log.info("not bought anew", extra={"coin": coin, "reason": text})
        self._told = reasons


def _full_path(text: str) -> Path:
    """Give the folder a setting names. Raises ConfigError when that would depend on where we were started."""
    folder = Path(text).expanduser() if text.startswith("~") else Path(text)
    if not folder.is_absolute():
        msg = f"cutover.original_folder was {text!r}, must be a full path, such as {folder.absolute()}"
        raise ConfigError(msg)
    return folder
