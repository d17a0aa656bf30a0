"""The connection's form: what is kept, what is refused, and the command line that comes of it."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from cockpit.preferences import ConnectionPreferences, PreferenceFile
from widgets.paint.theme import Look
from widgets.settings.settings_connection import ConnectionForm, command_line


@pytest.fixture
def form(qtbot: QtBot, look: Look) -> Iterator[ConnectionForm]:
    made = ConnectionForm(look, PreferenceFile())
    made.resize(900, 700)
    made.show()
    yield made
    Shiboken.delete(made)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, "cockpit run --feed ib:127.0.0.1:7497:7 --broker ib --underlying SPY"),
        ({"trades": False, "account": "DU1"}, "cockpit run --feed ib:127.0.0.1:7497:7 --broker paper --underlying SPY"),
        (
            {"host": "tws.home", "port": 4001, "client_id": 12, "underlyings": ("SPY", "QQQ"), "strikes": 25,
             "expiries": 3, "lines": 300, "account": "U7654321"},
            "cockpit run --feed ib:tws.home:4001:12 --broker ib --underlying SPY,QQQ --expiries 3 --strikes 25"
            " --lines 300 --account U7654321",
        ),
    ],
)  # fmt: skip
def test_the_command_line_that_starts_it(given: dict[str, object], line: str) -> None:
    assert command_line(ConnectionPreferences(**given)) == line  # type: ignore[arg-type]


def test_what_is_typed_is_kept_and_said(form: ConnectionForm, qtbot: QtBot) -> None:
    told = list[str]()
    form.changed.connect(told.append)
    port = form.rows["port"].field
    port.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(port, "7496")
    form.choose("underlyings", "spy, qqq")
    form.choose("trades", "practice")
    kept = form._preferences.now.connection
    assert (kept.port, kept.underlyings, kept.trades) == (7496, ("SPY", "QQQ"), False)
    assert form.line.text == "cockpit run --feed ib:127.0.0.1:7496:7 --broker paper --underlying SPY,QQQ"
    assert set(told) == {"connection"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", ""), ("host", "a b"), ("host", "x;rm"), ("port", 0), ("port", 70_000), ("port", "abc"), ("port", 1.5),
        ("client_id", 0), ("account", "DU 1"), ("underlyings", " , "), ("underlyings", "S$Y"), ("expiries", 0),
        ("strikes", 501), ("lines", 4),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_it(form: ConnectionForm, key: str, value: object) -> None:
    form.choose(key, value)
    assert form.rows[key].complaint
    assert form._preferences.now.connection == ConnectionPreferences()
    form.refresh()
    assert form.rows[key].complaint == ""


def test_as_shipped(form: ConnectionForm) -> None:
    form.choose("lines", 300)
    form.reset.click()
    assert form._preferences.now.connection == ConnectionPreferences()
    assert "--lines" not in form.line.text
