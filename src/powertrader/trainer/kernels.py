"""The compiled walk over the candles of one pass: match, move the threshold, learn.

Source: golden/BEHAVIOUR.md sections 1.4, 1.5 and 1.7; the step numbers in the comments are those of 1.4.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from powertrader.core.patterns import count_matches, distance_pct, rank
from powertrader.models.types import FloatArray

FLUSH_EVERY: Final = 200
STOP_EVERY: Final = 50
RUNNING: Final = 0
ENDED: Final = 1
FLUSHED: Final = 2
STOPPED: Final = 3
ZERO_OPEN: Final = 4

_ENOUGH_MATCHES: Final = 20
_LARGEST_THRESHOLD_PCT: Final = 100.0
_WRITE_AFTER_PCT: Final = 0.05
# only a mean of -100 % predicts a price of 0, and a mean is never far below its smallest member
_DEEPEST_SAFE_MOVE_PCT: Final = -99.0
# nearer to 0 even the multiplication of a price by 0.99 rounds to the whole price
_SMALLEST_SAFE_PRICE: Final = 1e-290
_WEIGHT_STEP: Final = 0.25
_LARGEST_WEIGHT: Final = 2.0
_SMALLEST_CLOSE_WEIGHT: Final = -2.0
_SMALLEST_RANGE_WEIGHT: Final = 0.0
_TOLERANCE: Final = 0.1


class Columns(NamedTuple):
    """Entries as equally long columns with room for more: moves in percent, weights as factors."""

    body: FloatArray
    close_move: FloatArray
    high_move: FloatArray
    low_move: FloatArray
    weight: FloatArray
    weight_high: FloatArray
    weight_low: FloatArray


class Walk(NamedTuple):
    """The candles of one pass, oldest first, and where it ends.

    first_zero_open: position of the first open of 0, the number of candles when there is none.
    last_window: the pass ends with this window. stops: the user asked to stop.
    moves_weights: matching entries learn from what happened next.
    """

    body: FloatArray
    close: FloatArray
    high: FloatArray
    low: FloatArray
    first_zero_open: int
    last_window: int
    stops: bool
    moves_weights: bool


class OnFile(NamedTuple):
    """The entries that matching sees: those of the last flush (Q5).

    sorted_bodies: see patterns.index_of, with room for more. damaged: index of the entries whose match
    voids all others. blocked: nothing can match. grows: what is learnt enters at a flush;
    otherwise the walk returns there and the caller renews this.
    """

    columns: Columns
    sorted_bodies: FloatArray
    damaged: FloatArray
    blocked: bool
    grows: bool


class Situation(NamedTuple):
    """One iteration after its match: the next candle's number, the body, the threshold and the matches."""

    following: int
    body: float
    threshold_pct: float
    matches: int


class State(NamedTuple):
    """Where a walk stands between two calls.

    iteration and window: of the pass. written_pct: threshold last written, NaN before the first
    time. shown_window of shown_total: the
    progress last shown, 0 before the first time. learnt: rows filled in
    the columns; on_file and indexed: of these on file, and in the index. deepest_move_pct: smallest
    weighted close move on file. matched: candles that matched.
    flushes: how often the files were written. outcome: why the walk returned.
    """

    iteration: int
    window: int
    threshold_pct: float
    written_pct: float
    shown_window: int
    shown_total: int
    learnt: int
    on_file: int
    indexed: int
    deepest_move_pct: float
    matched: int
    flushes: int
    outcome: int


@njit(cache=True)
def run_walk(walk: Walk, on_file: OnFile, learnt: Columns, state: State) -> State:
    """Walk until the pass ends, stops or fails; also until the next flush when on_file does not grow.

    learnt is filled from row state.learnt on. When on_file grows, its columns are learnt itself.
    """
    state = _run_to_flush(walk, on_file, learnt, state)
    while on_file.grows and state.outcome == FLUSHED:
        state = _flush(on_file, learnt, state)
        state = _run_to_flush(walk, on_file, learnt, state)
    return state


@njit(cache=True)
def _run_to_flush(walk: Walk, on_file: OnFile, learnt: Columns, state: State) -> State:
    iteration = state.iteration
    window = state.window
    threshold = state.threshold_pct
    written = state.written_pct
    shown = state.shown_window
    total = state.shown_total
    count = state.learnt
    matched = state.matched
    bodies = on_file.sorted_bodies[: state.indexed]
    while True:
        iteration += 1
        outcome = _interruption(walk, iteration, window)  # steps 2 and 3
        if outcome != RUNNING:
            break
        body = walk.body[window - 1]
        matches = _count_on_file(on_file, bodies, body, threshold)  # step 4
        matched += matches > 0
        match_threshold = threshold
        threshold = next_threshold_pct(threshold, matches)  # step 5
        flushes = iteration % FLUSH_EVERY == 0
        if flushes or not abs(threshold - written) < _WRITE_AFTER_PCT:  # step 6
            written = threshold
        if flushes:
            shown = window  # step 7
            total = len(walk.close)
        window += 1  # step 9
        if window > walk.last_window:  # steps 10 and 11
            outcome = ENDED
            break
        situation = Situation(window - 1, body, match_threshold, matches)
        if _is_dropped(walk, on_file, situation, state):  # step 12
            continue
        count += _take_in(walk, learnt, situation, state.on_file, count)  # steps 13 and 14
        if flushes:
            outcome = FLUSHED  # step 15
            break
    return State(
        iteration,
        window,
        threshold,
        written,
        shown,
        total,
        count,
        state.on_file,
        state.indexed,
        state.deepest_move_pct,
        matched,
        state.flushes + (outcome == FLUSHED),
        outcome,
    )


@njit(cache=True)
def _interruption(walk: Walk, iteration: int, window: int) -> int:
    if window > walk.first_zero_open:
        return ZERO_OPEN
    if walk.stops and iteration % STOP_EVERY == 0:
        return STOPPED
    return RUNNING


@njit(cache=True)
def _count_on_file(on_file: OnFile, bodies: FloatArray, body: float, threshold_pct: float) -> int:
    """Count the matches, none when a damaged entry is among them (Q10)."""
    if on_file.blocked:
        return 0
    if len(on_file.damaged) > 0 and count_matches(body, threshold_pct, on_file.damaged) > 0:
        return 0
    return count_matches(body, threshold_pct, bodies)


@njit(cache=True)
def next_threshold_pct(threshold_pct: float, matches: int) -> float:
    """Move the threshold one step towards 20 matches, within 0 to 100 (Q11)."""
    step = 0.001 if threshold_pct < 0.1 else 0.01  # noqa: PLR2004  finer steps below a tenth
    if matches > _ENOUGH_MATCHES:
        return max(threshold_pct - step, 0.0)
    return min(threshold_pct + step, _LARGEST_THRESHOLD_PCT)


@njit(cache=True)
def _is_dropped(walk: Walk, on_file: OnFile, situation: Situation, state: State) -> bool:
    """Tell whether the present or the predicted price is 0 (Q15)."""
    close = walk.close[situation.following - 1]
    if close == 0:
        return True
    if situation.matches == 0:
        return False
    certainly_not = state.deepest_move_pct > _DEEPEST_SAFE_MOVE_PCT and abs(close) > _SMALLEST_SAFE_PRICE
    if certainly_not and not walk.moves_weights:
        return False
    columns = on_file.columns
    total = 0.0
    for entry in range(state.on_file):
        if distance_pct(situation.body, columns.body[entry]) <= situation.threshold_pct:
            total += columns.close_move[entry] * columns.weight[entry]
    mean = total / situation.matches
    return bool(close + (close * (mean / 100)) == 0)


@njit(cache=True)
def _take_in(walk: Walk, learnt: Columns, situation: Situation, on_file: int, row: int) -> int:
    """Learn from the following candle; give the number of entries stored, at row."""
    actual_pct = _moves(walk, situation.following)
    if situation.matches > 0:
        if walk.moves_weights:
            move_weights(situation.body, situation.threshold_pct, actual_pct, learnt, on_file)
        return 0
    learnt.body[row] = situation.body
    learnt.close_move[row], learnt.high_move[row], learnt.low_move[row] = actual_pct
    learnt.weight[row] = 1.0
    learnt.weight_high[row] = 1.0
    learnt.weight_low[row] = 1.0
    return 1


@njit(cache=True)
def move_weights(
    body: float, threshold_pct: float, actual_pct: tuple[float, float, float], learnt: Columns, count: int
) -> int:
    """Move the weights of the first count entries that match body, in place; give their number.

    actual_pct: what close, high and low did next, in percent. A move more than a tenth above the
    weighted one raises the close and high weights by 0.25 (at most 2), one more than a tenth below
    lowers them (at least -2 and 0); for the low weight the other way round. The tenth has the sign
    of the weighted move, so that for a fall both can hold; raising then goes first.
    Source: golden/BEHAVIOUR.md section 1.7, without Q8.
    """
    close_move, high_move, low_move = actual_pct
    matches = 0
    for entry in range(count):
        if not distance_pct(body, learnt.body[entry]) <= threshold_pct:
            continue
        matches += 1
        weight = learnt.weight[entry]
        expected = learnt.close_move[entry] * weight
        learnt.weight[entry] = _weight_after(weight, close_move, expected, _SMALLEST_CLOSE_WEIGHT)
        weight = learnt.weight_high[entry]
        expected = ((learnt.high_move[entry] / 100) * weight) * 100
        learnt.weight_high[entry] = _weight_after(weight, high_move, expected, _SMALLEST_RANGE_WEIGHT)
        weight = learnt.weight_low[entry]
        expected = ((learnt.low_move[entry] / 100) * weight) * 100
        learnt.weight_low[entry] = _low_weight_after(weight, low_move, expected)
    return matches


@njit(cache=True)
def move_weights_along(walk: Walk, threshold_pct: float, learnt: Columns, count: int) -> None:
    """Move the weights of the first count entries by every candle of a walk and the one after it."""
    for following in range(1, len(walk.close)):
        close = walk.close[following - 1]
        if close != 0:
            actual_pct = _moves(walk, following)
            move_weights(walk.body[following - 1], threshold_pct, actual_pct, learnt, count)


@njit(cache=True)
def _moves(walk: Walk, following: int) -> tuple[float, float, float]:
    """Give close, high and low of a candle against the close of the one before it, in percent."""
    close = walk.close[following - 1]
    return (
        ((walk.close[following] - close) / abs(close)) * 100,
        ((walk.high[following] - close) / abs(close)) * 100,
        ((walk.low[following] - close) / abs(close)) * 100,
    )


@njit(cache=True)
def _weight_after(weight: float, actual_pct: float, expected_pct: float, smallest: float) -> float:
    if actual_pct > expected_pct + expected_pct * _TOLERANCE:
        return min(weight + _WEIGHT_STEP, _LARGEST_WEIGHT)
    if actual_pct < expected_pct - expected_pct * _TOLERANCE:
        return max(weight - _WEIGHT_STEP, smallest)
    return weight


@njit(cache=True)
def _low_weight_after(weight: float, actual_pct: float, expected_pct: float) -> float:
    if actual_pct < expected_pct - expected_pct * _TOLERANCE:
        return min(weight + _WEIGHT_STEP, _LARGEST_WEIGHT)
    if actual_pct > expected_pct + expected_pct * _TOLERANCE:
        return max(weight - _WEIGHT_STEP, _SMALLEST_RANGE_WEIGHT)
    return weight


@njit(cache=True)
def _flush(on_file: OnFile, learnt: Columns, state: State) -> State:
    """Let matching see everything learnt so far."""
    indexed = state.indexed
    deepest = state.deepest_move_pct
    for row in range(state.on_file, state.learnt):
        if learnt.close_move[row] < deepest:  # noqa: PLR1730  min would let NaN through
            deepest = learnt.close_move[row]
        body = learnt.body[row]
        if on_file.blocked or not np.isfinite(body):
            continue
        position = rank(on_file.sorted_bodies[:indexed], body)
        for place in range(indexed, position, -1):
            on_file.sorted_bodies[place] = on_file.sorted_bodies[place - 1]
        on_file.sorted_bodies[position] = body
        indexed += 1
    return State(
        state.iteration,
        state.window,
        state.threshold_pct,
        state.written_pct,
        state.shown_window,
        state.shown_total,
        state.learnt,
        state.learnt,
        indexed,
        deepest,
        state.matched,
        state.flushes,
        state.outcome,
    )
