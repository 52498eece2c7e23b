"""What the original's rules ask for against what it did, with a tolerance of time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from powertrader.models.decision import ActionKind
from powertrader.shadow.finding import Finding, Kind
from powertrader.shadow.timing import ShadowTiming
from powertrader.shadow.trades import OriginalTrade
from powertrader.shadow.wish_book import Expected, Seen, WishBook

NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
TIMING: Final = ShadowTiming(settle_s=60.0)
SALE: Final = OriginalTrade(NOON, "BTC", ActionKind.EXIT, 1.0, 100.0, "7")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def wish(
    at: datetime = NOON,
    kind: ActionKind = ActionKind.EXIT,
    reason: str = "trailing_exit",
    *,
    firm: bool = True,
) -> Expected:
    return Expected("BTC", kind, reason, firm, "bid 99 against line 100", at, at)


def seen(at: datetime = NOON, held: float = 1.0) -> Seen:
    return Seen(at, {"BTC": (held, 100.0, 0)})


def test_a_trade_within_the_window_is_the_one_that_was_asked_for() -> None:
    for seconds in (-29, 0, 29):
        book = WishBook(TIMING)
        book.expect(seen(), [wish()])
        book.take([replace(SALE, at=after(seconds))])
        assert list(book.settle(after(200))) == []
        assert (book.counts.matched, book.counts.missing, book.counts.extra) == (1, 0, 0)


def test_a_sale_that_did_not_come_is_told_once_with_the_reason() -> None:
    book = WishBook(TIMING)
    book.expect(seen(), [wish()])
    assert list(book.settle(after(30))) == []
    (found,) = book.settle(after(61))
    assert (found.kind, found.coin, found.original) == (Kind.TRADE, "BTC", "did nothing")
    assert "sold below the trailing line" in found.ours
    assert "line 100" in found.why
    assert list(book.settle(after(300))) == []
    assert book.counts.missing == 1


def test_a_decision_that_did_not_last_is_no_difference() -> None:
    book = WishBook(TIMING)
    book.expect(seen(), [wish(kind=ActionKind.ENTRY, reason="entry", firm=False)])
    assert list(book.settle(after(61))) == []
    assert book.counts.passing == 1


def test_a_purchase_that_two_steps_ask_for_is_expected() -> None:
    book = WishBook(TIMING)
    for seconds in (0, 1):
        at = after(seconds)
        book.expect(seen(at), [wish(at, ActionKind.ENTRY, "entry", firm=False)])
    assert [one.coin for one in book.settle(after(62))] == ["BTC"]


def test_a_wish_that_goes_on_is_told_once_while_it_lasts() -> None:
    book = WishBook(TIMING)
    told: list[Finding] = []
    for seconds in range(0, 300, 10):
        at = after(seconds)
        book.expect(seen(at), [wish(at)])
        told.extend(book.settle(at))
    assert len(told) == 1


def test_a_trade_that_nothing_asked_for_is_told() -> None:
    book = WishBook(TIMING)
    book.expect(seen(after(-1)), [])
    book.expect(seen(after(1)), [])
    book.take([SALE])
    assert list(book.settle(after(59))) == []
    (found,) = book.settle(after(61))
    assert found.original == "sold 1 BTC at 100"
    assert book.counts.extra == 1


def test_a_trade_of_another_kind_does_not_stand_in() -> None:
    book = WishBook(TIMING)
    for seconds in (-1, 1):
        at = after(seconds)
        book.expect(seen(at), [wish(at, ActionKind.DCA, "dca_hard_1")])
    book.take([SALE])
    assert len(list(book.settle(after(62)))) == 2


def test_a_trade_of_a_step_that_nobody_saw_is_not_judged() -> None:
    for statuses in ([], [(-1, 1.0)], [(1, 1.0)], [(-1, 1.0), (1, 0.0)]):
        book = WishBook(TIMING)
        for seconds, held in statuses:
            book.expect(seen(after(seconds), held), [])
        book.take([SALE])
        assert list(book.settle(after(61))) == []
        assert book.counts.unseen == 1


def test_one_trade_answers_one_wish() -> None:
    book = WishBook(TIMING)
    book.expect(seen(), [wish(kind=ActionKind.DCA, reason="dca_hard_1")])
    book.expect(seen(after(5)), [wish(after(5), ActionKind.DCA, "dca_hard_2")])
    book.take([replace(SALE, kind=ActionKind.DCA)])
    (found,) = book.settle(after(66))
    assert "stage 2" in found.ours
