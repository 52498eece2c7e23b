"""How two long texts are shown where they differ."""

from powertrader.cli.compare_words import LONGEST_SHOWN, from_first_difference


def test_long_texts_are_shown_from_where_they_part() -> None:
    original, ours = from_first_difference("1.0 " * 500 + "2.0", "1.0 " * 500 + "3.0")
    assert original != ours
    assert original.startswith("...")
    assert original.endswith("2.0")


def test_short_texts_are_shown_whole() -> None:
    assert from_first_difference("(absent)", "'1.06'") == ("(absent)", "'1.06'")


def test_what_follows_the_difference_is_cut() -> None:
    original, ours = from_first_difference("a" * 900, "b" * 900)
    assert original == "a" * LONGEST_SHOWN + "..."
    assert ours == "b" * LONGEST_SHOWN + "..."
