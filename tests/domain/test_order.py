"""The states of an order are a table: what it does not allow changes nothing."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.domain.order import LIVE, TRANSITIONS, State, Told, step

STATES: tuple[State, ...] = get_args(State)
TOLD: tuple[Told, ...] = get_args(Told)


def test_every_state_has_its_row() -> None:
    assert set(TRANSITIONS) == set(STATES)
    assert {told for row in TRANSITIONS.values() for told in row} == set(TOLD)


@pytest.mark.parametrize(
    ("state", "told", "after"),
    [
        ("pending_new", "acknowledged", "working"),
        ("pending_new", "filled", "filled"),  # a fill may overtake the acknowledgement
        ("working", "part_filled", "partially_filled"),
        ("partially_filled", "filled", "filled"),
        ("working", "cancel_sent", "pending_cancel"),
        ("pending_cancel", "filled", "filled"),  # a cancel that crossed a fill
        ("cancelled", "filled", "filled"),
        ("working", "lost", "unknown"),
        ("unknown", "acknowledged", "working"),
        ("filled", "cancelled", None),
        ("rejected", "filled", None),
    ],
)
def test_what_is_told_leads_to_the_next_state(state: State, told: Told, after: State | None) -> None:
    assert step(state, told) == after


@pytest.mark.parametrize("state", ["filled", "rejected"])
def test_an_end_is_an_end(state: State) -> None:
    assert state not in LIVE
    assert all(step(state, told) is None for told in TOLD)


def test_what_has_ended_never_works_again() -> None:
    ended = [state for state in STATES if state not in LIVE]
    assert ended == ["filled", "cancelled", "rejected", "expired"]
    assert all(step(state, told) not in LIVE for state in ended for told in TOLD)


def test_every_live_order_can_fill_and_can_be_lost() -> None:
    for state in LIVE:
        assert step(state, "filled") == "filled"
        assert step(state, "lost") == "unknown"


@given(story=st.lists(st.sampled_from(TOLD), max_size=30))
def test_no_story_leads_out_of_the_table(story: list[Told]) -> None:
    state: State = "pending_new"
    ended = False
    for told in story:
        state = step(state, told) or state
        assert state in STATES
        assert not (ended and state in LIVE)
        ended = state not in LIVE
