"""What a table shows of its rows: filtered and sorted."""

from powertrader.hub.widgets.table_model import Column, Row, TableModel

COLUMNS = (Column("coin", "Coin"), Column("gain", "Gain"))


def row(key: str, gain: float | None = None, text: str = "") -> Row:
    return Row(key, (key, text or f"{gain}"), (key, gain))


def model_of(*rows: Row) -> TableModel:
    model = TableModel(COLUMNS)
    model.show(rows)
    return model


def test_rows_stand_in_the_order_they_came_until_they_are_sorted() -> None:
    model = model_of(row("ETH", 2), row("BTC", 10), row("XRP", -3))
    assert list(model.visible) == ["ETH", "BTC", "XRP"]
    model.sort("gain", descending=False)
    assert list(model.visible) == ["XRP", "ETH", "BTC"]
    model.sort("gain", descending=True)
    assert list(model.visible) == ["BTC", "ETH", "XRP"]
    model.sort("", descending=True)
    assert list(model.visible) == ["ETH", "BTC", "XRP"]
    assert model.sorting == ("", False)


def test_what_has_no_value_stands_last_whichever_way_a_column_is_sorted() -> None:
    model = model_of(row("ETH"), row("BTC", 1), row("XRP", 2))
    for descending, first in ((False, "BTC"), (True, "XRP")):
        model.sort("gain", descending=descending)
        assert model.visible[0] == first
        assert model.visible[-1] == "ETH"


def test_a_row_without_sort_values_is_sorted_by_its_text_and_numbers_stand_before_words() -> None:
    model = TableModel(COLUMNS)
    model.show([Row("1", ("b", "")), Row("2", ("A", "")), Row("3", ("", ""), (7.0, ""))])
    model.sort("coin", descending=False)
    assert list(model.visible) == ["3", "2", "1"]


def test_rows_that_are_equal_in_a_column_keep_their_order() -> None:
    model = model_of(*[row(name, 1) for name in "CABD"])
    model.sort("gain", descending=False)
    assert list(model.visible) == ["C", "A", "B", "D"]


def test_a_filter_wants_every_word_in_any_cell_in_capitals_or_not() -> None:
    model = model_of(row("BTC", text="Frozen by hand"), row("ETH", text="frozen"), row("XRP", text="held"))
    model.filter(" FROZEN ")
    assert list(model.visible) == ["BTC", "ETH"]
    model.filter("hand btc")
    assert list(model.visible) == ["BTC"]
    model.put([row("BTC", text="held")])
    assert list(model.visible) == []
    model.filter("")
    assert list(model.visible) == ["BTC", "ETH", "XRP"]


def test_a_row_keeps_its_place_when_it_changes_and_a_new_one_comes_last() -> None:
    model = model_of(row("A", 1), row("B", 2))
    model.put([row("A", 5), row("C", 3)])
    assert list(model.visible) == ["A", "B", "C"]
    model.drop(["A", "nothing"])
    assert list(model.visible) == ["B", "C"]
    assert (model.place_of("C"), model.place_of("A")) == (1, None)


def test_typing_finds_the_next_row_that_begins_so_and_starts_again_at_the_top() -> None:
    model = model_of(*[row(name) for name in ("BTC", "ETH", "BNB", "bch")])
    assert model.first_beginning_with("b", 1) == 2
    assert model.first_beginning_with("B", 3) == 3
    assert model.first_beginning_with("bt", 1) == 0
    assert model.first_beginning_with("q", 0) is None
