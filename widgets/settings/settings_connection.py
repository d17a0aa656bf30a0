"""The live connection in the settings: where TWS listens and what is watched; and the command line that starts it."""

import shlex
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cockpit.preferences import ConnectionPreferences, PreferenceFile
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.fields import ChoiceField, LineField, NumberField
from widgets.parts.form_row import INSET, FormRow, form, in_line
from widgets.parts.words import Ground, Words

PORTS = "TWS listens at 7497 for paper and 7496 for real money, Gateway at 4002 and 4001."
STARTS = (
    "A live session is started from the command line, in a terminal: these settings are what the line below says. "
    "The account decides whether it is paper, not the port; one with real money is armed by typing its code."
)
REMEDIES = {
    "host": "A name or address, such as 127.0.0.1: letters, digits, points, hyphens.",
    "port": "A whole number from 1 to 65 535.",
    "client_id": "A whole number from 1 to 999 999 that no other program uses.",
    "account": "An account code such as DU1234567, letters and digits; or empty.",
    "underlyings": "At least one symbol in capitals, such as SPY, and at most 20 of them.",
    "expiries": "A whole number from 1 to 50.",
    "strikes": "A whole number from 1 to 500.",
    "lines": "A whole number from 5 to 10 000.",
}


def command_line(given: ConnectionPreferences) -> str:
    """What starts a live session with these, in a shell; what is as shipped there goes without saying."""
    words = ["cockpit", "run", "--feed", f"ib:{given.host}:{given.port}:{given.client_id}"]
    words += ["--broker", "ib"] if given.trades else ["--broker", "paper"]
    words += ["--underlying", ",".join(given.underlyings)]
    shipped = ConnectionPreferences()
    for name in ("expiries", "strikes", "lines"):
        value = getattr(given, name)
        words += [f"--{name}", str(value)] if value != getattr(shipped, name) else []
    words += ["--account", given.account] if given.account and given.trades else []
    return shlex.join(words)


class ConnectionForm(Ground):
    """`changed` says that the connection is another one now: it is kept already, and holds from the next start on."""

    changed = Signal(str)

    def __init__(self, look: Look, preferences: PreferenceFile) -> None:
        super().__init__(look)
        self._preferences = preferences
        self.rows: dict[str, FormRow] = _rows(look)
        self.line = Words(look, px=13, weight=600, token="t1", inset=INSET)
        self.copy = ActionButton(look, "Copy", hint="copy the command line", kind="accent")
        self.reset = ActionButton(look, "As shipped", hint="all of these as they were shipped")
        self.said = Words(look, inset=INSET)
        parts: list[QWidget] = [
            Words(look, "Connection", px=15, weight=600, token="t1", inset=INSET),
            Words(look, STARTS, inset=INSET),
            self.line,
            in_line(look, self.copy, self.reset),
            self.said,
            *self.rows.values(),
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form(look, *parts))
        for key, row in self.rows.items():
            row.edited.connect(partial(self.choose, key))
        self.copy.clicked.connect(self._copy)
        self.reset.clicked.connect(self._reset)
        self.refresh()

    def choose(self, key: str, value: Any) -> None:
        """Another value: kept if it can be, else refused beside it and nothing has changed."""
        try:
            given = {**msgspec.structs.asdict(self._now), key: _parsed(key, value)}
            made = msgspec.convert(given, ConnectionPreferences)
        except msgspec.ValidationError:
            self.rows[key].set_complaint(REMEDIES[key])
            return
        self.rows[key].set_complaint("")
        self._put(made)

    def refresh(self) -> None:
        """Show the preferences as they are."""
        shipped = ConnectionPreferences()
        for key, row in self.rows.items():
            row.set_complaint("")
            row.show_value(_shown(key, self._now), _shown(key, shipped) if key != "account" else None)
        self._tell()

    @property
    def _now(self) -> ConnectionPreferences:
        return self._preferences.now.connection

    def _put(self, made: ConnectionPreferences) -> None:
        self._preferences.change(connection=made)
        self._tell()
        self.changed.emit("connection")

    def _tell(self) -> None:
        self.line.say(command_line(self._now))
        self.said.say("")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line.text)
        self.said.say("The command line is on the clipboard: paste it in a terminal.")

    def _reset(self) -> None:
        self._put(ConnectionPreferences())
        self.refresh()


def _rows(look: Look) -> dict[str, FormRow]:
    orders = ChoiceField(look, ("broker", "practice"), name="orders", words=("to the broker", "practice only"))
    whole = partial(NumberField, look, whole=True)
    return {
        "host": FormRow(look, "Host", LineField(look, width=180), help="Where TWS or Gateway runs."),
        "port": FormRow(look, "Port", whole(), help=PORTS),
        "client_id": FormRow(look, "Client id", whole(), help="Each program that asks TWS has its own."),
        "trades": FormRow(look, "Orders", orders, help="Practice only: live quotes, orders that we fill."),
        "account": FormRow(
            look, "Account", LineField(look, width=180, wants="the only one"), help="Needed where a login has several."
        ),
        "underlyings": FormRow(look, "Underlyings", LineField(look, width=240), help="Whose options, with commas."),
        "expiries": FormRow(look, "Expiries", whole(), help="The next so many of each."),
        "strikes": FormRow(look, "Strikes", whole(), unit="a side", help="Around the money, of each expiry."),
        "lines": FormRow(look, "Quote lines", whole(), help="The market-data lines that your login has; 100 at first."),
    }


def _shown(key: str, given: ConnectionPreferences) -> Any:
    value = getattr(given, key)
    if key == "trades":
        return "broker" if value else "practice"
    return ", ".join(value) if key == "underlyings" else value


def _parsed(key: str, value: Any) -> Any:
    """What was typed, as the file has it."""
    if key == "trades":
        return value == "broker"
    if key == "underlyings":
        return [word.upper() for word in str(value).replace(",", " ").split()]
    return str(value).strip() if key in ("host", "account") else value
