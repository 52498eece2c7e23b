"""Rules of what goes wrong on purpose."""

import pytest

from powertrader.core.exceptions import ConfigError
from powertrader.simexchange.faults import Fault, FaultBook, FaultRule, rule_of, rules_of

ORDER = ("POST", "/api/v3/order", "BTCUSDT")


def struck(book: FaultBook, times: int, request: tuple[str, str, str] = ORDER) -> list[int]:
    """Send so many requests and give the numbers, from 1, of those that were struck."""
    return [number for number in range(1, times + 1) if book.strike(*request)]


def test_the_nth_request_alone_is_struck() -> None:
    book = FaultBook()
    book.add([FaultRule(Fault.LOSE_REPLY, nth=3)])
    assert struck(book, 10) == [3]


def test_every_so_many_requests_one_is_struck_as_often_as_the_rule_says() -> None:
    book = FaultBook()
    book.add([FaultRule(Fault.REFUSE, every=2, times=3)])
    assert struck(book, 20) == [2, 4, 6]


def test_chance_repeats_with_the_seed_and_differs_without() -> None:
    def run(seed: int) -> list[int]:
        book = FaultBook(seed)
        book.add([FaultRule(Fault.REFUSE, probability=0.3)])
        return struck(book, 200)

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 30 < len(run(1)) < 90


def test_a_rule_of_probability_zero_never_strikes() -> None:
    book = FaultBook()
    book.add([FaultRule(Fault.REFUSE, probability=0.0)])
    assert struck(book, 100) == []


@pytest.mark.parametrize(
    "on, symbol, meant",
    [
        ("*", "", True),
        ("/api/v3/order", "", True),
        ("POST /api/v3/order", "BTCUSDT", True),
        ("GET /api/v3/order", "", False),
        ("/api/v3/account", "", False),
        ("*", "ETHUSDT", False),
    ],
)
def test_a_rule_is_about_its_endpoint_and_pair_alone(on: str, symbol: str, meant: bool) -> None:
    book = FaultBook()
    book.add([FaultRule(Fault.REFUSE, on=on, symbol=symbol)])
    assert bool(book.strike(*ORDER)) is meant
    assert book.reports()[0].seen == int(meant)


def test_rules_are_taken_away_by_number_or_all_at_once() -> None:
    book = FaultBook()
    first, second = book.add([FaultRule(Fault.REFUSE), FaultRule(Fault.LOSE_REPLY)])
    assert book.remove(first)
    assert not book.remove(first)
    assert [report.number for report in book.reports()] == [second]
    book.clear()
    assert book.strike(*ORDER) == ()
    assert book.add([FaultRule(Fault.REFUSE)]) == (3,)


def test_a_document_gives_seed_and_rules() -> None:
    seed, rules = rules_of(
        {
            "seed": 9,
            "rules": [
                {"on": "POST /api/v3/order", "symbol": "btcusdt", "nth": 2, "then": "lose_reply"},
                {True: "/api/v3/time", "then": {"clock_skew_ms": -3000}},
                {"then": {"status": 429}, "retry_after_s": 7, "probability": 0.5, "times": 2},
                {"then": {"non_json": 502}, "accepted": True},
            ],
        },
        "faults.yaml",
    )
    assert seed == 9
    assert rules[0] == FaultRule(Fault.LOSE_REPLY, on="POST /api/v3/order", symbol="BTCUSDT", nth=2)
    assert rules[1] == FaultRule(Fault.CLOCK_SKEW, -3000.0, on="/api/v3/time")
    assert (rules[2].retry_after_s, rules[2].probability, rules[2].times) == (7, 0.5, 2)
    assert [rule.after_acceptance for rule in rules] == [True, False, False, True]
    assert rules_of(None, "empty.yaml") == (0, ())


@pytest.mark.parametrize(
    "rule, said",
    [
        ({"then": "explode"}, r"then was 'explode', must be one of lose_reply"),
        ({"then": {"delay_s": "long"}}, r"then\.delay_s was 'long', must be seconds"),
        ({"then": {"delay_s": True}}, r"then\.delay_s was 'True'"),
        ({"then": {"status": 200}}, r"then\.status was '200', must be an HTTP status"),
        ({"then": {"status": 429.5}}, r"then\.status"),
        ({"then": {"refuse": 3}}, r"then\.refuse was '3', must be no value"),
        ({"then": {"refuse": None, "dust": 0.1}}, r"then was"),
        ({}, r"then was 'None'"),
        ({"then": "refuse", "nth": 0}, r"nth was '0', must be a whole number from 1 on"),
        ({"then": "refuse", "nth": 1, "every": 2}, r"every was '2', must be left out beside nth"),
        ({"then": "refuse", "probability": 2}, r"probability was '2', must be a number from 0 to 1"),
        ({"then": "refuse", "on": "order"}, r"on was 'order', must be a path"),
        ({"then": "refuse", "on": "PATCH /x"}, r"on was 'PATCH /x'"),
        ({"then": "refuse", "symbol": 5}, r"symbol was '5', must be text"),
        ({"then": "refuse", "accepted": "yes"}, r"accepted was 'yes', must be true or false"),
        ({"then": "refuse", "when": 5}, r"when was '5', must be one of on, symbol"),
    ],
)
def test_a_wrong_rule_is_named_with_key_value_and_what_was_expected(
    rule: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=f"^f.yaml: rule 2: {said}"):
        rules_of({"rules": [{"then": "refuse"}, rule]}, "f.yaml")


@pytest.mark.parametrize(
    "content", [[], "text", {"rule": []}, {"seed": 1.5}, {"seed": True}, {"rules": "x"}, {"rules": [5]}]
)
def test_what_holds_no_rules_is_refused(content: object) -> None:
    with pytest.raises(ConfigError, match=r"^f\.yaml: "):
        rules_of(content, "f.yaml")


def test_a_rule_may_be_read_alone() -> None:
    assert rule_of({"then": "cut_streams"}, "request") == FaultRule(Fault.CUT_STREAMS)
