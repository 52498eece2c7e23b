"""The compiled walk over the candles of one pass: match, move the threshold, learn.

Source: golden/BEHAVIOUR.md sections 1.4, 1.5 and 1.7; the step numbers in the comments are those of 1.4.
"""

from typing import Final

import numpy as np
from numba import njit

from powertrader.core.patterns import count_matches, distance_pct, ranks
from powertrader.trainer.walk import ENDED, FLUSHED, STOPPED, ZERO_OPEN, Columns, OnFile, State, Walk

FLUSH_EVERY: Final = 200
STOP_EVERY: Final = 50

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


@njit(cache=True, nogil=True)
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
    shown = (state.shown_window, state.shown_total)
    count = state.learnt
    matched = state.matched
    # only what is rare may call a function with many arrays: numba counts references at every call
    bodies = on_file.sorted_bodies[: 0 if on_file.blocked else state.indexed]
    damaged = on_file.damaged
    is_simple = not walk.moves_weights and state.deepest_move_pct > _DEEPEST_SAFE_MOVE_PCT
    interrupted, outcome = _interruption(walk, iteration, window)
    while window < interrupted:
        iteration += 1
        body = walk.body[window - 1]
        close = walk.close[window - 1]
        matches = count_matches(body, threshold, bodies)  # step 4
        if len(damaged) > 0 and count_matches(body, threshold, damaged) > 0:
            matches = 0  # Q10
        matched += matches > 0
        match_threshold = threshold
        threshold = next_threshold_pct(threshold, matches)  # step 5
        flushes = iteration % FLUSH_EVERY == 0
        written = _written_pct(threshold, written, flushes)  # step 6
        if flushes:
            shown = (window, len(walk.close))  # step 7
        window += 1  # step 9
        if window > walk.last_window:  # steps 10 and 11
            outcome = ENDED
            break
        needs_care = matches > 0 and not (is_simple and abs(close) > _SMALLEST_SAFE_PRICE)
        if close == 0 or (
            needs_care and _is_dropped(walk, on_file.columns, state.on_file, window - 1, match_threshold)
        ):  # steps 12 and 14
            continue
        if matches == 0:
            _learn(walk, window - 1, learnt, count)  # step 13
            count += 1
        if flushes:
            outcome = FLUSHED  # step 15
            break
    return State(
        iteration,
        window,
        threshold,
        written,
        shown[0],
        shown[1],
        count,
        state.on_file,
        state.indexed,
        state.deepest_move_pct,
        matched,
        state.flushes + (outcome == FLUSHED),
        outcome,
    )


@njit(cache=True)
def _interruption(walk: Walk, iteration: int, window: int) -> tuple[int, int]:
    """Give the window at which steps 2 or 3 end the walk, and the outcome then."""
    zero_open = walk.first_zero_open + 1
    if walk.stops:
        stopped = window - 1 + STOP_EVERY - iteration % STOP_EVERY
        if stopped < zero_open:
            return stopped, STOPPED
    return max(window, zero_open), ZERO_OPEN


@njit(cache=True)
def _written_pct(threshold_pct: float, written_pct: float, flushes: bool) -> float:  # noqa: FBT001  numba
    if flushes or not abs(threshold_pct - written_pct) < _WRITE_AFTER_PCT:
        return threshold_pct
    return written_pct


@njit(cache=True)
def next_threshold_pct(threshold_pct: float, matches: int) -> float:
    """Move the threshold one step towards 20 matches, within 0 to 100 (Q11)."""
    step = 0.001 if threshold_pct < 0.1 else 0.01  # noqa: PLR2004  finer steps below a tenth
    if matches > _ENOUGH_MATCHES:
        return max(threshold_pct - step, 0.0)
    return min(threshold_pct + step, _LARGEST_THRESHOLD_PCT)


@njit(cache=True)
def _is_dropped(walk: Walk, columns: Columns, count: int, following: int, threshold_pct: float) -> bool:
    """Tell whether the matches predict a price of exactly 0 (Q15); if not, their weights may learn.

    The mean adds in entry order (Q85). columns: the count entries that matching sees.
    """
    body = walk.body[following - 1]
    close = walk.close[following - 1]
    total = 0.0
    matches = 0
    for entry in range(count):
        if distance_pct(body, columns.body[entry]) <= threshold_pct:
            total += columns.close_move[entry] * columns.weight[entry]
            matches += 1
    if close + (close * ((total / matches) / 100)) == 0:
        return True
    if walk.moves_weights:
        move_weights(body, threshold_pct, _moves(walk, following), columns, count)
    return False


@njit(cache=True)
def _learn(walk: Walk, following: int, learnt: Columns, row: int) -> None:
    """Store the body of the candle before number following with the moves of that one."""
    learnt.body[row] = walk.body[following - 1]
    learnt.close_move[row], learnt.high_move[row], learnt.low_move[row] = _moves(walk, following)
    learnt.weight[row] = 1.0
    learnt.weight_high[row] = 1.0
    learnt.weight_low[row] = 1.0


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


@njit(cache=True, nogil=True)
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
        position, _, _ = ranks(on_file.sorted_bodies[:indexed], body, body, body)
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
