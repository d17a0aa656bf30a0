"""The alerts, the newest on top: how bad, when, where, what, and whether somebody has seen it."""

from cockpit.frame import AlertPart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column
from widgets.parts.part_table import SIGN_ROOM, WARNING, Naming, PartTable, signed

SIGNS = {"critical": "alert", "warning": WARNING, "info": "hold"}
NAMING = Naming(
    "alerts",
    "No alerts\nThe engine has seen nothing that needs you.",
    "No alert is like that\nEsc in the search line shows all of them again.",
)


class AlertsList(PartTable[AlertPart]):
    """One row an alert; those that nobody has seen are in full ink."""

    def __init__(self, look: Look) -> None:
        columns = (
            Column("time", "Time", "23:59:59.9", LEFT, 11),
            Column("severity", "Severity", f"{SIGN_ROOM}warning", LEFT, 11, 600),
            Column("label", "Position", "BANKNIFTY 58400 P  24 Nov", LEFT, 11),
            Column("state", "Seen", "not seen: Enter", LEFT, 11),
            Column("text", "What", "what is the matter", LEFT, 11, stretches=True),
        )
        super().__init__(look, columns, NAMING, key=lambda alert: alert.id)
        self._alerts: tuple[AlertPart, ...] = ()
        self._zone = "UTC"

    def show_alerts(self, alerts: tuple[AlertPart, ...], zone: str) -> None:
        """Show these alerts, given with the newest last."""
        if alerts is not self._alerts or zone != self._zone:
            self._alerts, self._zone = alerts, zone
            self.show_parts(alerts[::-1])

    def cell_of(self, part: AlertPart, column: Column) -> Cell:
        """What an alert says."""
        is_new = part.state == "active"
        match column.key:
            case "time":
                return Cell(fmt.clock(part.at_ns, self._zone, tenths=True), "t2")
            case "severity":
                return signed(SIGNS.get(part.severity, "hold"), part.severity, "t1" if is_new else "t2", weight=600)
            case "label":
                return Cell(part.label, "t1" if is_new else "t2")
            case "state":
                words = {"active": "not seen: Enter", "acknowledged": "seen"}.get(part.state, fmt.words(part.state))
                return Cell(words, "t1" if is_new else "t3")
            case _:
                return Cell(fmt.signs(part.text), "t1" if is_new else "t2")

    def ground_of(self, part: AlertPart) -> str:
        """What is critical, and not seen, is tinted."""
        return "warnbg" if part.state == "active" and part.severity == "critical" else ""
