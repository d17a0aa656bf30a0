"""A rate over a second or more, of a count that may begin anew."""

from cockpit.feeds.ib.rate import Rate


def test_it_is_that_of_the_last_second_or_more() -> None:
    rate = Rate()
    asked = [(0, 0.0), (10, 0.5), (30, 1.0), (31, 1.9), (50, 3.0), (50, 4.0)]
    assert [rate.per_s(count, 100.0 + at_s) for count, at_s in asked] == [0.0, 0.0, 30.0, 30.0, 10.0, 0.0]


def test_a_new_connection_begins_anew() -> None:
    rate = Rate()
    assert [rate.per_s(count, at_s) for count, at_s in ((0, 0.0), (30, 1.0), (3, 2.0), (23, 3.0))] == [0, 30, 0, 20]
