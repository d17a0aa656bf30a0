"""What the charts are drawn from: level stretches by their ends, values as long as they stood, unknown as gaps."""

import pytest

from cockpit.projection.samples import CHUNK, Point, Samples, steps
from tests.market_of import Line, play
from tests.projection.looking import detail, looked, projector


def path() -> Samples[Point]:
    return Samples(0.25)


def flat(made: Samples[Point]) -> list[Point]:
    return [point for chunk in made.points() for point in chunk]


def test_of_a_level_stretch_only_the_ends_are_kept() -> None:
    made = path()
    for t in range(10):
        made.add((float(t), 5.0, None))
    made.add((10.0, 6.0, None))
    assert flat(made) == [(0.0, 5.0, None), (9.0, 5.0, None), (10.0, 6.0, None)]


def test_what_comes_too_soon_replaces_the_last_value() -> None:
    made = path()
    made.add((0.0, 5.0, None))
    made.add((1.0, 6.0, None))
    assert not made.is_due(1.2)
    made.amend((1.2, 7.0, None))
    assert flat(made) == [(0.0, 5.0, None), (1.2, 7.0, None)]
    assert made.is_due(1.25)


def test_but_not_the_end_of_a_level_stretch() -> None:
    made = path()
    for t in (0.0, 1.0, 2.0):
        made.add((t, 5.0, None))
    made.amend((2.1, 7.0, None))
    assert flat(made) == [(0.0, 5.0, None), (2.0, 5.0, None), (2.1, 7.0, None)]


def test_full_chunks_stay_the_same_objects_and_so_does_all_while_nothing_comes() -> None:
    made = path()
    for t in range(CHUNK + 3):
        made.add((float(t), float(t), None))
    first = made.points()
    assert [len(chunk) for chunk in first] == [CHUNK, 3]
    assert made.points() is first
    made.add((999.0, 1.0, None))
    assert made.points()[0] is first[0]
    assert made.points()[1] is not first[1]


@pytest.mark.parametrize(
    ("seen", "drawn"),
    [
        ([], []),
        ([(0.0, 5.0), (60.0, 6.0)], [(0.0, 5.0), (59.75, 5.0), (60.0, 6.0), (89.75, 6.0)]),
        ([(0.0, 5.0), (80.0, None)], [(0.0, 5.0), (79.75, 5.0), (80.0, None)]),
        ([(-200.0, 5.0), (80.0, 6.0)], [(-200.0, 5.0), (-100.0, 5.0), (-99.75, None), (80.0, 6.0), (89.75, 6.0)]),
        ([(0.0, 5.0), (0.3, 6.0)], [(0.0, 5.0), (0.3, 6.0), (89.75, 6.0)]),
    ],
    ids=["nothing", "a minute apart", "then unknown", "too old", "ticks"],
)
def test_a_value_is_drawn_as_long_as_it_stood(seen: list[tuple[float, float | None]], drawn: list[object]) -> None:
    assert list(steps(seen, 90.0, 100.0, 0.25)) == drawn


def test_before_the_entry_the_premium_is_drawn_in_steps_and_the_greeks_as_far_as_they_are_known() -> None:
    lines: list[Line] = [
        "10:00:00 50 50 delta=.5 theta=-4 gamma=.01 vega=2 iv=.2",
        "10:01:00 52 52 delta=.6 theta=-5 gamma=.01 vega=2 iv=.2",
        "10:02:00 53 53 delta=.7 theta=-6 gamma=.02 vega=3 iv=.3",
        "10:02:00 buy 1",
    ]
    played, _, frames = looked(lines, interval_s=60.0)
    chart = detail(frames[-1]).chart
    ten = played.state.t(played.script.batches[0].at_ns)
    levels = [(t - ten, level) for chunk in chart.chunks for t, level, _ in chunk]
    assert levels == [(0.0, 50.0), (59.75, 50.0), (60.0, 52.0), (119.75, 52.0), (120.0, 53.0)]
    greeks = [(row[0] - ten, *row[1:]) for chunk in chart.greeks for row in chunk]
    assert greeks == [
        (0.0, 0.5, None, -4.0, None, None, None),
        (59.0, 0.5, None, -4.0, None, None, None),
        (60.0, 0.6, None, -5.0, None, None, None),
        (119.0, 0.6, None, -5.0, None, None, None),
        (120.0, 0.7, 0.02, -6.0, 3.0, 0.3, None),
    ]


def test_nothing_is_drawn_of_the_time_before_a_restart() -> None:
    played = play(["10:00:00 50 50", "10:00:00 buy 1", "10:05:00 50 50", "10:06:00 51 51"])
    chart = detail(projector(played).frame()).chart  # the first that looks, minutes after the entry
    opened_t, now_t = played.held.pos.opened_t, played.state.t(played.state.now_ns)
    assert [(t, level) for chunk in chart.chunks for t, level, _ in chunk] == [(opened_t, None), (now_t, 51.0)]
    assert [row[0] for chunk in chart.greeks for row in chunk] == [opened_t, now_t]


def test_open_interest_of_both_sides_is_drawn_once_it_is_published() -> None:
    lines: list[Line] = [
        "10:00:00 50 50 open_interest=100",
        "10:00:00 P 50 50 open_interest=200",
        "10:00:00 buy 1",
        "10:00:02 50 50 open_interest=110",
        "10:00:04 50 50 open_interest=110",
    ]
    chart = detail(looked(lines)[2][-1]).chart
    seen = [row[6] for chunk in chart.greeks for row in chunk]
    assert seen[0] is None
    assert seen[-1] == 310.0


def test_a_share_has_no_greeks() -> None:
    _, _, frames = looked(["10:00:00 S 50 50", "10:00:00 buy 1 S", "10:00:02 S 50 50"])
    assert detail(frames[-1]).chart.greeks == ()
