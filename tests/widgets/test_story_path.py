"""What stood is level, what nobody was told of is a gap, and no more is drawn than there are pixels for."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF

from cockpit.review import TripStory
from tests.widgets.frames_review import NS, story
from tests.widgets.frames_story import point, sampled
from widgets.charts import curves
from widgets.charts.chart_span import Scale
from widgets.journal.story_path import VALUES, curves_of, is_known, is_under, pixels, stop_of


def told(of: TripStory, name: str = "level") -> list[tuple[float, float | None]]:
    times, values = curves_of(of)[name]
    return [(t, None if v != v else v) for t, v in zip(times.tolist(), values.tolist(), strict=True)]


def test_between_samples_further_apart_the_value_stood() -> None:
    made = sampled(path=(point(0, 50.0), point(1, 51.0), point(30, 52.0)))
    assert told(made) == [(0, 50.0), (1, 51.0), (30, 51.0), (30, 52.0)]


def test_without_samples_nobody_knows_what_was_in_between() -> None:
    made = story(path=(point(0, 50.0), point(60, 52.0)))
    assert told(made) == [(0, 50.0), (60, 52.0)]


def test_an_unknown_value_is_a_gap_from_when_it_became_so() -> None:
    made = sampled(path=(point(0, 50.0), point(20, None), point(40, 52.0)))
    assert list(curves.gaps(*curves_of(made)["level"])) == [(20.0, 40.0)]
    seldom = story(path=(point(0, 50.0), point(60, None), point(120, 52.0)))
    assert list(curves.gaps(*curves_of(seldom)["level"])) == [(0.0, 120.0)]


def test_what_nobody_told_of_for_too_long_is_a_gap() -> None:
    for made in (sampled(path=(point(0, 50.0), point(200, 52.0))), story(path=(point(0, 50.0), point(200, 52.0)))):
        assert list(curves.gaps(*curves_of(made)["level"])) == [(0.0, 200.0)]
    minute = (point(0, 50.0), point(60, 50.0), point(120, 52.0))
    assert list(curves.gaps(*curves_of(sampled(path=minute))["level"])) == []


def test_a_thinned_path_has_its_own_pace() -> None:
    path = tuple(point(second, 50.0 + second) for second in range(0, 4_000, 400))
    assert list(curves.gaps(*curves_of(sampled(path=path, sampled_every_s=300.0))["level"])) == []
    assert len(told(sampled(path=path, sampled_every_s=300.0))) == len(path)


def test_all_curves_share_their_times() -> None:
    found = curves_of(sampled())
    assert tuple(found) == VALUES
    assert all(times is found["level"][0] for times, _ in found.values())
    assert is_known(found["delta"])
    assert not is_known(curves_of(story())["delta"])
    assert not is_known(curves_of(replace(story(), path=()))["level"])


def test_no_more_than_two_points_a_pixel_column() -> None:
    path = tuple(point(second / 10, 50.0 + second % 7) for second in range(20_000))
    area = QRectF(0, 0, 300, 100)
    xs, ys = pixels(Scale(area, 0.0, 2_000.0, 50.0, 56.0), curves_of(sampled(path=path))["level"])
    assert len(xs) <= 600
    assert (float(np.nanmin(ys)), float(np.nanmax(ys))) == (0.0, 100.0)


def test_words_are_not_put_over_the_curve() -> None:
    places = np.array([0.0, 10.0, 20.0, 30.0]), np.array([50.0, 20.0, 80.0, np.nan])
    assert is_under(QRectF(8, 40, 14, 10), places)  # it falls through the box between two points
    assert not is_under(QRectF(8, 85, 14, 10), places)
    assert not is_under(QRectF(25, 0, 20, 100), places)
    level = np.array([0.0, 100.0]), np.array([50.0, 50.0])
    assert is_under(QRectF(40, 40, 20, 20), level)
    assert not is_under(QRectF(40, 60, 20, 20), level)
    assert not is_under(QRectF(110, 40, 20, 20), level)


def test_the_stop_has_corners_and_stands_until_the_end() -> None:
    made = story()
    times, levels = stop_of(made, made.trip.opened_ns + 432 * NS)
    assert list(zip(times.tolist(), levels.tolist(), strict=True)) == [
        (0, 43.6), (180, 43.6), (180, 60.0), (432, 60.0), (432, 60.0),
    ]  # fmt: skip
    assert len(stop_of(replace(made, stops=()), made.trip.opened_ns)[0]) == 0
