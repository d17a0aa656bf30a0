"""The lists of the cockpit behind their tabs, of a live session also broker and comparison; one search for all."""

import itertools
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cockpit.frame import Frame
from widgets.acting.dispatch import Tone
from widgets.acting.keymap import cap
from widgets.lists.alerts_list import AlertsList
from widgets.lists.broker_panel import BrokerPanel
from widgets.lists.closed_list import ClosedList
from widgets.lists.ledger_list import KINDS, LedgerList
from widgets.lists.log_list import LogList
from widgets.lists.orders_list import OrdersList
from widgets.lists.reconciliation_list import WANTING, ReconciliationList
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.theme import Look
from widgets.parts.band import Band
from widgets.parts.button import ActionButton
from widgets.parts.link import UP, trades
from widgets.parts.menu_chip import MenuChip
from widgets.parts.part_table import PartTable
from widgets.parts.search_line import SearchLine
from widgets.parts.tab_bar import TabBar
from widgets.rules.conflict_view import ConflictView

LEDGER, ORDERS, ALERTS, CLOSED, CONFLICTS, LOG = "Ledger", "Orders", "Alerts", "Closed", "Conflicts", "Log"
BROKER, COMPARED = "Broker", "Compared"  # only where something is live
ALL_POSITIONS, THIS_POSITION, ANY_RULE = "all positions", "this position", "any rule"


class ListsPane(QWidget):
    """Shows what a frame lists.

    `position_wanted` carries the id of an open position, `trip_wanted` that of a round trip that has ended;
    `acknowledge_wanted` the id of an alert, or None for all of them; `compare_wanted` that the broker is to be asked.
    """

    position_wanted = Signal(str)
    trip_wanted = Signal(str)
    acknowledge_wanted = Signal(object)
    compare_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._frame: Frame | None = None
        self.ledger, self.orders, self.alerts = LedgerList(look), OrdersList(look), AlertsList(look)
        self.closed, self.conflicts, self.log = ClosedList(look), ConflictView(look), LogList(look)
        self.broker, self.compared = BrokerPanel(look), ReconciliationList(look)
        self.lists: dict[str, PartTable[Any] | BrokerPanel] = {
            LEDGER: self.ledger,
            ORDERS: self.orders,
            ALERTS: self.alerts,
            CLOSED: self.closed,
            CONFLICTS: self.conflicts,
            LOG: self.log,
            BROKER: self.broker,
            COMPARED: self.compared,
        }
        self.tabs = TabBar(look, tuple(name for name in self.lists if name not in (BROKER, COMPARED)))
        for name in (ORDERS, ALERTS, CLOSED):
            self.tabs.set_count(name, 0)
        self.line = SearchLine(look, hint="Search", name=f"search in the list ({cap('search')})")
        self.scope = MenuChip(look, (ALL_POSITIONS, THIS_POSITION), name="position", widest=ALL_POSITIONS)
        self.rule = MenuChip(look, (ANY_RULE,), name="rule", widest="Protective stop")
        self.kind = MenuChip(look, tuple(KINDS), name="kind", widest="commands")
        self.acknowledge = ActionButton(
            look, "All seen", key=cap("alerts"), hint="mark every alert as seen", kind="flat"
        )
        self.compare = ActionButton(
            look, "Compare now", key=cap("reconcile"), hint="ask the broker for all it holds, and compare", kind="flat"
        )
        self.setAccessibleName("lists")
        self._lay_out()
        self._connect()
        self.set_measures()
        self._show_tab(LEDGER)

    def set_measures(self) -> None:
        """Take heights and widths of the look again."""
        self.tabs.set_measures()
        self._head.setFixedHeight(self._look.measures.pane_head)
        for each in self.lists.values():
            each.set_measures()
        self._share_head()

    def height_for(self, rows: int) -> int:
        """The height at which that many lines of the ledger are seen."""
        return self._look.measures.pane_head + self.ledger.height_for(rows) + 2

    def show_frame(self, frame: Frame) -> None:
        """Take the parts of a frame; lists whose part is the one they show do nothing."""
        before, self._frame = self._frame, frame
        zone, detail = frame.status.zone, frame.detail
        self.ledger.show_lines(frame.ledger, zone)
        self.orders.show_orders(frame.orders, zone)
        self.alerts.show_alerts(frame.alerts, zone)
        self.closed.show_trips(frame.closed, zone)
        self.conflicts.show_conflict(detail.conflict if detail is not None else ())
        self.log.show_log(frame.status.at_ns, zone)
        if before is None or before.orders is not frame.orders:
            self.tabs.set_count(ORDERS, sum(order.is_working for order in frame.orders))
        if before is None or before.alerts is not frame.alerts:
            self.tabs.set_count(ALERTS, sum(alert.state == "active" for alert in frame.alerts))
        if before is None or before.closed is not frame.closed:
            self.tabs.set_count(CLOSED, frame.closed_count)
        if before is None or _label(before) != _label(frame):
            self._narrow()
        self._show_live(frame, before)
        self._note.show_words(self._words())

    def _show_live(self, frame: Frame, before: Frame | None) -> None:
        """What only a session with a live link has: its tabs come with the first one, and stay."""
        link, compared = frame.connection, frame.reconciliation
        if link is None and BROKER not in self.tabs.names:
            return
        self.orders.set_live(trades(link))
        if link is not None and BROKER not in self.tabs.names:
            self.tabs.add(BROKER)
            self._share_head()
        if compared is not None and COMPARED not in self.tabs.names:
            self.tabs.add(COMPARED)
            self._share_head()
        self.broker.show_parts(link, frame.account, frame.status, frame.positions)
        self.compared.show_part(compared, frame.status.zone)
        if compared is not None and (before is None or before.reconciliation is not compared):
            self.tabs.set_count(COMPARED, sum(row.kind == WANTING for row in self.compared.all))

    def note(self, at_ns: int, text: str, tone: Tone) -> None:
        """An answer of the engine, for the log."""
        self.log.note(at_ns, text, tone)

    def next_tab(self) -> None:
        """The list to the right; after the last one the first."""
        self._step(1)

    def previous_tab(self) -> None:
        """The list to the left; before the first one the last."""
        self._step(-1)

    def search(self) -> None:
        """Give the keyboard to the search line; the panel of the broker has none, what was compared has."""
        if self.tabs.current == BROKER:
            self.tabs.choose(COMPARED if COMPARED in self.tabs.names else LEDGER)
        self._share_head(True)
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def _step(self, by: int) -> None:
        names = self.tabs.names
        had_focus = self.lists[self.tabs.current].hasFocus()
        self.tabs.choose(names[(names.index(self.tabs.current) + by) % len(names)])
        if had_focus:
            self.lists[self.tabs.current].setFocus()

    def _lay_out(self) -> None:
        self._head, self._note = Band(self._look), _Note(self._look)
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, self._look.measures.inset, 0)
        row.setSpacing(4)
        row.addWidget(self.tabs)
        row.addWidget(self._note, 1)
        for widget in (self.scope, self.rule, self.kind, self.acknowledge, self.compare, self.line):
            row.addWidget(widget)
        self._stack = QStackedWidget()
        for each in self.lists.values():
            self._stack.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._stack, 1)
        buttons = (self.acknowledge, self.compare)
        order = (self.tabs, self.scope, self.rule, self.kind, *buttons, self.line, *self.lists.values())
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._show_tab)
        self.line.textChanged.connect(self._search)
        self.line.left.connect(self._read_on)
        self.line.focused.connect(self._share_head)
        self.rule.pressed.connect(self._offer_rules)
        for chip in (self.scope, self.rule, self.kind):
            chip.chosen.connect(self._narrow)
        self.acknowledge.clicked.connect(lambda: self.acknowledge_wanted.emit(None))
        self.compare.clicked.connect(self.compare_wanted)
        self.compared.activated.connect(self._find_compared)
        self.ledger.activated.connect(self._find_line)
        self.orders.activated.connect(self._find_order)
        self.alerts.activated.connect(self._acknowledge)
        self.closed.activated.connect(self._open_trip)

    def _show_tab(self, name: str) -> None:
        self._stack.setCurrentWidget(self.lists[name])
        self.lists[name].search(self.line.text())
        self._share_head()
        self._note.show_words(self._words())

    def _search(self, words: str) -> None:
        self.lists[self.tabs.current].search(words)

    def _share_head(self, searching: bool = False) -> None:
        """Where room is scarce the filters make it for who searches, and the search is a lens for who does not."""
        searching = searching or bool(self.line.text())
        on_ledger, compact = self.tabs.current == LEDGER, self._look.compact
        tight = compact or BROKER in self.tabs.names
        short = tight and self.tabs.current in (LEDGER, COMPARED) and not searching
        crowded = compact and BROKER in self.tabs.names  # a search finds a rule by its name as well
        asks = self.tabs.current == BROKER or (self.tabs.current == COMPARED and not (tight and searching))
        shown: dict[QWidget, bool] = {
            **dict.fromkeys((self.scope, self.rule, self.kind), on_ledger and not (tight and searching)),
            self.acknowledge: self.tabs.current == ALERTS,
            self.compare: asks and COMPARED in self.tabs.names,
            self.line: self.tabs.current != BROKER,
        }
        shown[self.rule] = shown[self.rule] and not crowded
        if short:
            self.line.setFixedWidth(26)
        for widget, there in sorted(shown.items(), key=lambda each: each[1]):  # what goes makes room for what comes
            widget.setVisible(there)
        if not short:
            self.line.setFixedWidth(132)

    def _offer_rules(self) -> None:
        self.rule.offer((ANY_RULE, *self.ledger.rules))

    def _narrow(self) -> None:
        label = _label(self._frame) if self.scope.narrows and self._frame is not None else ""
        self.ledger.narrow_to(label, self.rule.current if self.rule.narrows else "", self.kind.current)

    def _acknowledge(self, row: int) -> None:
        alert = self.alerts.part(row)
        if alert.state == "active":
            self.acknowledge_wanted.emit(alert.id)

    def _read_on(self) -> None:
        self.lists[self.tabs.current].setFocus()

    def _open_trip(self, row: int) -> None:
        self.trip_wanted.emit(self.closed.part(row).id)

    def _find_line(self, row: int) -> None:
        self._find(self.ledger.part(row).part.label)

    def _find_compared(self, row: int) -> None:
        self._find(self.compared.part(row).label)

    def _find_order(self, row: int) -> None:
        self._find(self.orders.part(row).position_id)

    def _find(self, named: str) -> None:
        """The open position of that id or label; else the newest round trip of that name."""
        if self._frame is None or not named:
            return
        held = next((p for p in self._frame.positions if named in (p.id, p.label)), None)
        trip = next((t for t in reversed(self._frame.closed) if named in (t.id, t.label)), None)
        if held is not None:
            self.position_wanted.emit(held.id)
        elif trip is not None:
            self.trip_wanted.emit(trip.id)

    def _words(self) -> str:
        """What the head says beside the tabs about the list that is shown."""
        frame = self._frame
        if frame is None:
            return ""
        if self.tabs.current == CLOSED and frame.closed:
            count = fmt.number(frame.closed_count, 0)
            return f"{count} closed, net {fmt.money_short(frame.closed_net)} {fmt.currency(frame.status.currency)}"
        if self.tabs.current == BROKER and frame.connection is not None:
            return frame.connection.words if frame.connection.state == UP else ""  # else the panel has it
        if self.tabs.current == COMPARED and frame.reconciliation is not None:
            at_ns = frame.reconciliation.at_ns
            return "" if at_ns is None or self._look.compact else f"at {fmt.clock(at_ns, frame.status.zone)}"
        detail = frame.detail
        if self.tabs.current == CONFLICTS and detail is not None and detail.conflict_ns is not None:
            instrument, _ = fmt.split_label(detail.position.label)
            return f"{instrument} at {fmt.clock(detail.conflict_ns, frame.status.zone)}"
        return ""


def _label(frame: Frame) -> str:
    return frame.detail.position.label if frame.detail is not None else ""


class _Note(QWidget):
    """A quiet word about the list that is shown, in what the tabs and the controls leave."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._words = look, ""

    def show_words(self, words: str) -> None:
        """Another word."""
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self.setToolTip(words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """At the right."""
        with Ink(self, self._look) as ink:
            ink.elided(QRectF(self.rect()).adjusted(8, 0, -8, 0), self._words, px=11, token="t2", align=RIGHT)
