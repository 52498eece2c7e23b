"""What an import found and did, in plain words for people and as values for scripts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from powertrader.core.constants import TRAINING_STALE_DAYS
from powertrader.migration.books import BooksFound
from powertrader.migration.item import Fate
from powertrader.migration.memories import CoinFound
from powertrader.migration.run import Migration, Wanted
from powertrader.migration.settings import PLACES, SettingTold, Verdict
from powertrader.models.timeframe import TIMEFRAMES

_WIDTHS: Final = (6, 12, 10, 20)


def report_lines(done: Migration, wanted: Wanted, now: datetime) -> tuple[str, ...]:
    """Give the whole report, a line each; it holds no key and no secret."""
    return tuple(
        line
        for part in (
            _headline(done, wanted),
            _about_folder(done),
            _about_coins(done, now),
            _about_settings(done.found.settings.told),
            _about_books(done),
            _about_keys(done),
            _about_problems(done.problems),
            _about_kept(done),
            _what_next(done, wanted),
        )
        for line in part
    )


def report_values(done: Migration, wanted: Wanted) -> dict[str, object]:
    """Give the report for a script."""
    found = done.found
    return {
        "source": str(found.original.root),
        "dry_run": wanted.dry_run,
        "changed": done.changed,
        "files": {fate.value: count for fate, count in Counter(one.fate for one in done.outcomes).items()},
        "coins": {coin.coin: _coin_values(coin) for coin in found.coins},
        "settings": {
            one.key: {"verdict": one.verdict.value, "text": one.text} for one in found.settings.told
        },
        "books": _book_values(done),
        "keys_found": found.keys.found,
        "keys": done.keys,
        "scripts": [item.target.name for item in found.scripts],
        "running": [f"{one.script} ({one.pid})" for one in found.running],
        "kept": [str(one.item.target) for one in done.outcomes if one.fate is Fate.KEPT],
        "backups": [str(one.backup) for one in done.outcomes if one.backup is not None],
        "notes": list(found.original.notes),
        "problems": list(done.problems),
    }


def _headline(done: Migration, wanted: Wanted) -> Iterator[str]:
    root = done.found.original.root
    if wanted.dry_run:
        yield f"Nothing is written (--dry-run). What an import of {root} would do:"
    elif done.changed:
        yield f"Imported from {root}; that folder was only read."
    else:
        yield f"Everything of {root} is here already; nothing was changed."
    counts = Counter(one.fate for one in done.outcomes)
    files = ", ".join(f"{counts[fate]} {fate.value}" for fate in Fate if counts[fate])
    yield f"Files: {files or 'none'}"


def _about_folder(done: Migration) -> Iterator[str]:
    yield from done.found.original.notes
    for program in done.found.running:
        yield (
            f"{program.script} runs there now (process {program.pid}): reading is safe, but what it writes "
            "from now on is not here; import again after it has ended"
        )


def _about_coins(done: Migration, now: datetime) -> Iterator[str]:
    yield ""
    coins, listed = done.found.coins, set(done.found.settings.coins)
    if not coins:
        yield "No trained coin was found: train here, with `powertrader trainer`."
        return
    yield _columns("Coin", "Timeframes", "Patterns", "Threshold", "Trained")
    for coin in coins:
        usable = [one for one in coin.timeframes if one.item is not None]
        thresholds = [one.threshold_pct for one in usable if one.threshold_pct is not None]
        spread = f"{min(thresholds):.2f} to {max(thresholds):.2f} %" if thresholds else "-"
        yield _columns(
            coin.coin,
            f"{len(usable)} of {len(TIMEFRAMES)}",
            f"{sum(one.patterns for one in usable):,}",
            spread,
            _trained(coin, now),
        )
    strangers = [coin.coin for coin in coins if coin.coin not in listed]
    if listed and strangers:
        yield f"Not in the list of coins, imported all the same: {', '.join(strangers)}"
    absent = sorted(listed - {coin.coin for coin in coins})
    if absent:
        yield f"In the list of coins and not trained: {', '.join(absent)}"


def _columns(*texts: str) -> str:
    wide = [text.ljust(width) for text, width in zip(texts, _WIDTHS, strict=False)]
    return "  ".join((*wide, *texts[len(_WIDTHS) :])).rstrip()


def _trained(coin: CoinFound, now: datetime) -> str:
    if coin.trained_at is None:
        return "not told"
    age = now - coin.trained_at
    shown = f"{coin.trained_at:%Y-%m-%d %H:%M} UTC"
    if age > timedelta(days=TRAINING_STALE_DAYS):
        return f"{shown}, too old to signal: train it here"
    return f"{shown}, {age.days} days ago" if age.days else shown


def _about_settings(told: Iterable[SettingTold]) -> Iterator[str]:
    yield ""
    yield "Settings"
    rows = tuple(told)
    taken = [one.key for one in rows if one.verdict is Verdict.TAKEN]
    yield f"  taken: {', '.join(taken) or 'none'}"
    places = [one.key for one in rows if one.key in PLACES]
    if places:
        yield f"  left out: {', '.join(places)}; they say where the original's files lie"
    others = [one for one in rows if one.verdict is not Verdict.TAKEN and one.key not in PLACES]
    yield from (f"  {one.key}: {one.verdict}; {one.text}" for one in others)


def _about_books(done: Migration) -> Iterator[str]:
    books = done.found.books
    yield ""
    yield (
        f"Books: {books.trades.count:,} trades, realised profit {books.profit:,.2f} USD, "
        f"{books.values.count:,} account values"
    )
    if done.books is not None:
        yield f"  ledger {done.books.folder.name}: {done.books.fate.value}"
    elif books.items:
        yield (
            "  no ledger for them, as it is named after the API key: with b_key.txt and b_secret.txt in the "
            "folder, import again"
        )
    yield from _about_positions(books)
    for order in books.pending:
        yield (
            f"  order {order} was under way when the original stopped: start the original's trader once so "
            "that it books it, then import again"
        )


def _about_positions(books: BooksFound) -> Iterator[str]:
    if not books.positions:
        return
    shown = f", as shown {books.shown_at:%Y-%m-%d %H:%M} UTC" if books.shown_at else ""
    yield f"  open positions of the original{shown}:"
    for one in books.positions:
        cost = f"price paid {one.basis:g}" if one.basis else "price paid unknown"
        booked = f", cost by its books {one.cost:,.2f} USD" if one.cost else ""
        yield f"    {one.coin}: {one.quantity:.8g} held, {cost}, DCA stage {one.stage}{booked}"
    yield (
        "  They stay the original's until you hand them over: stop its trader, then `powertrader adopt COIN "
        "--mode live` for each, which shows the price paid before it asks."
    )


def _about_keys(done: Migration) -> Iterator[str]:
    yield ""
    if not done.found.keys.found:
        yield "Keys: none found in the folder."
        return
    yield f"Keys: found{'; ' + done.keys if done.keys else ', left where they are (--keys copies them)'}."
    yield "  b_key.txt and b_secret.txt stay in that folder as plain text: delete them when it has retired."


def _about_problems(problems: Iterable[str]) -> Iterator[str]:
    rows = tuple(problems)
    if rows:
        yield ""
        yield "Needs a look (everything else was taken over):"
        yield from (f"  {problem}" for problem in rows)


def _about_kept(done: Migration) -> Iterator[str]:
    kept = [one.item for one in done.outcomes if one.fate is Fate.KEPT]
    aside = [one for one in done.outcomes if one.backup is not None]
    if kept:
        yield ""
        yield "Not imported, as this home has its own, made since (--replace takes the original's instead):"
        yield from (f"  {item.name}: {item.target}" for item in kept)
    if aside:
        yield ""
        yield "Replaced; what was here before lies in:"
        yield from (f"  {one.item.name}: {one.backup}" for one in aside)


def _what_next(done: Migration, wanted: Wanted) -> Iterator[str]:
    yield ""
    if wanted.dry_run:
        yield "To do it, say the same without --dry-run."
        return
    yield "Next: `powertrader status` shows what is ready, `powertrader up` starts it on paper."
    if done.found.running:
        yield "The original may go on meanwhile: paper orders never reach your account."


def _coin_values(coin: CoinFound) -> dict[str, object]:
    return {
        "folder": str(coin.folder),
        "trained_at": coin.trained_at.isoformat() if coin.trained_at else None,
        "timeframes": {
            one.timeframe.value: {
                "imported": one.item is not None,
                "patterns": one.patterns,
                "damaged": one.unreadable,
                "threshold_pct": one.threshold_pct,
                "problems": list(one.problems),
            }
            for one in coin.timeframes
        },
    }


def _book_values(done: Migration) -> dict[str, object]:
    books = done.found.books
    return {
        "trades": books.trades.count,
        "account_values": books.values.count,
        "realized_profit": books.profit,
        "positions": {
            one.coin: {"quantity": one.quantity, "basis": one.basis, "stage": one.stage, "cost": one.cost}
            for one in books.positions
        },
        "pending_orders": list(books.pending),
        "ledger": None if done.books is None else done.books.folder.name,
        "ledger_fate": None if done.books is None else done.books.fate.value,
    }
