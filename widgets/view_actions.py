"""Actions that change nothing but the window: pages, charts, lists, colours, layout, sounds, keys and names."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

import msgspec
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from widgets.acting import keymap
from widgets.first_run import FirstRun, Pane
from widgets.paint.theme import PALETTES

if TYPE_CHECKING:
    from widgets.window import Window

NAMED = (  # the panes that the first look names, with what they are for
    ("strip", "Status", "Feed, clock, the day's money, cooldown, engine. F12 held leaves everything."),
    ("bar", "What happens next", "The next exit counts down here: V vetoes, Enter lets it act now, T takes over."),
    ("rail", "Pages", "Cockpit, chain, journal, settings."),
    ("grid", "Positions", "One row each: money, stop, Greeks, the nearest rule. F1 to F4 take off."),
    ("chart", "Premium and stop", "The path of both, what was decided, and the Greeks below."),
    ("ladder", "Exit ladder", "What the stop locks. Drag it, or press P; B is break-even."),
    ("board", "Rule board", "Every rule: its reading against its limit, and how far from firing."),
    ("interest", "Open interest", "By strike, with today's change."),
    ("lists", "Lists", "Why it left, orders, alerts, closed trips, the log."),
)


class ViewActions(QObject):
    """Carries out what `Controls.looked` carries, on one window."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self._screens = ""
        self.first_run = FirstRun(window.look, window)
        self.first_run.ended.connect(lambda: window.preferences.change(seen_first_run=True))
        cockpit, pages = window.cockpit, window.pages
        selected, lists = cockpit.selected, cockpit.lists
        self._plain: dict[str, Callable[[], object]] = {
            "follow": selected.follow_latest,
            "zoom_in": selected.zoom_in,
            "zoom_out": selected.zoom_out,
            "pan_left": selected.pan_left,
            "pan_right": selected.pan_right,
            "table": self._table,
            "next_list": lists.next_tab,
            "previous_list": lists.previous_tab,
            "search": self._search,
            "columns": self._columns,
            "theme": self._theme,
            "palette": self._palette,
            "mute": self._mute,
            "layout": self._layout,
            "reset_layout": cockpit.page.reset,
            "keys": window.overlay.toggle,
            "again": self._again,
            "tour": self._tour,
            "close": self._close,
            "reload": lambda: pages.journal and pages.journal.reload(),
            "export": lambda: pages.journal and pages.journal.export.click(),
            "buy": partial(self._on_chain, "buy"),
            "sell": partial(self._on_chain, "sell"),
            "submit": partial(self._on_chain, "submit"),
        }
        cockpit.page.arranged.connect(self.save_layout)
        cockpit.grid.columns_chosen.connect(self._save_columns)
        cockpit.selected.strips_chosen.connect(self._save_strips)

    def run(self, action: str) -> None:
        """Carry it out."""
        if action.startswith("page_"):
            self._page(action.removeprefix("page_"))
        elif action.startswith("chart_"):
            self._chart(int(action.removeprefix("chart_")) - 1)
        elif action in self._plain:
            self._plain[action]()

    def place(self) -> None:
        """The window has another size."""
        if self.first_run.isVisible():
            self.first_run.show_panes(self._named())

    def greet(self) -> None:
        """Name the panes, once in a user's life."""
        if not self._window.preferences.now.seen_first_run:
            self._tour()

    def show_trip(self, trip: str) -> None:
        """The journal, at that round trip."""
        self._window.show_page("journal")
        journal = self._window.pages.journal
        if journal is not None:
            journal.choose(trip)

    def explain(self, rule: str) -> None:
        """The settings, at the form of that rule in the profile of the selected position."""
        row = self._window.cockpit.grid.position()
        self._window.show_page("settings")
        settings = self._window.pages.settings
        if settings is not None and row is not None:
            settings.open("profiles")
            settings.profiles.open(row.profile)
            settings.profiles.rules.choose(rule)

    def preference_changed(self, what: str) -> None:
        """A form has changed and kept that preference: let it hold."""
        window, now = self._window, self._window.preferences.now
        if what in ("theme", "palette", "reduced_motion"):
            window.look.reduced_motion = now.reduced_motion
            window.set_theme(now.theme, now.palette)
        elif what == "sounds":
            window.sounds.wanted = now.sounds
            window.rail.tools["mute"].set_crossed(not now.sounds.on)
        elif what == "slow_while_pending" and window.controls.playback is not None:
            window.controls.playback.slows = now.slow_while_pending
        elif what == "keys":
            window.rail.show_keys()

    def restore(self) -> None:
        """Columns, keys, sounds and the layout for the screens that are there, as they were left."""
        window, now = self._window, self._window.preferences.now
        self.preference_changed("sounds")
        refused = keymap.active.remap(now.keys) if now.keys else []
        window.rail.show_keys()
        if refused or window.preferences.trouble:
            window.controls.say(" ".join([*refused, window.preferences.trouble]).strip())
        if now.columns is not None:
            window.cockpit.grid.show_only(now.columns)
        if now.strips is not None:
            window.cockpit.selected.choose_strips(now.strips)
        self.screens_changed()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.screenAdded.connect(self.screens_changed)
            app.screenRemoved.connect(self.screens_changed)

    def save_layout(self) -> None:
        """Keep the layout for these screens; the designed one needs no keeping."""
        kept = dict(self._window.preferences.now.layouts)
        saved = self._window.cockpit.page.save()
        kept.pop(self._screens, None)
        if saved:
            kept[self._screens] = saved
        self._window.preferences.change(layouts=kept)

    def screens_changed(self) -> None:
        """Other screens: the layout that was kept for them, or the designed one."""
        name = "+".join(f"{screen.name()} {screen.size().width()}x{screen.size().height()}" for screen in _screens())
        if name != self._screens:
            self._screens = name[:200]
            page = self._window.cockpit.page
            if not page.restore(self._window.preferences.now.layouts.get(self._screens, b"")) and page.is_own:
                page.reset()

    def _page(self, name: str) -> None:
        """A page's key brings it up, and takes the chain away again."""
        front = self._window.pages.current
        self._window.show_page("cockpit" if name == front == "chain" else name)

    def _on_chain(self, step: str) -> None:
        """A step of the ticket, which nobody takes without seeing it."""
        chain = self._window.pages.chain
        if chain is not None and self._window.pages.current == "chain":
            {"buy": chain.buy, "sell": chain.sell, "submit": chain.submit}[step]()

    def _chart(self, index: int) -> None:
        tabs = self._window.cockpit.selected.tabs
        if index < len(tabs.names):
            self._window.show_page("cockpit")
            tabs.choose(tabs.names[index])

    def _search(self) -> None:
        journal = self._window.pages.journal
        if self._window.pages.current == "journal" and journal is not None:
            journal.filters.search.setFocus()
        else:
            self._window.show_page("cockpit")
            self._window.cockpit.lists.search()

    def _columns(self) -> None:
        journal = self._window.pages.journal
        if self._window.pages.current == "journal" and journal is not None:
            journal.columns.click()
        else:
            grid = self._window.cockpit.grid
            grid.column_menu().popup(grid.mapToGlobal(QPoint(40, self._window.look.measures.pane_head)))

    def _table(self) -> None:
        """The chart that has the keyboard as a table; without one, that of the selected position or of the journal."""
        window = self._window
        interest, focused = window.cockpit.interest, cast("QWidget | None", window.focusWidget())
        if window.pages.current == "journal" and window.pages.journal is not None:
            window.pages.journal.toggle_table()
        elif focused is not None and interest.isAncestorOf(focused):
            interest.toggle_table()
        else:
            window.cockpit.selected.toggle_table()

    def _save_strips(self, names: tuple[str, ...]) -> None:
        self._window.preferences.change(strips=list(names))

    def _save_columns(self, shown: tuple[str, ...]) -> None:
        self._window.preferences.change(columns=list(shown))

    def _theme(self) -> None:
        self._recolour(theme="light" if self._window.look.theme == "dark" else "dark")

    def _palette(self) -> None:
        after = PALETTES.index(self._window.look.palette) + 1
        self._recolour(palette=PALETTES[after % len(PALETTES)])

    def _recolour(self, **wanted: str) -> None:
        self._window.preferences.change(**wanted)
        self.preference_changed("theme")
        settings = self._window.pages.settings
        if settings is not None:
            settings.refresh()

    def _mute(self) -> None:
        sounds = self._window.preferences.now.sounds
        self._window.preferences.change(sounds=msgspec.structs.replace(sounds, on=not sounds.on))
        self.preference_changed("sounds")
        self._window.controls.say(f"Sounds are {'off' if sounds.on else 'on'}.", "said")

    def _layout(self) -> None:
        page = self._window.cockpit.page
        self._window.show_page("cockpit")
        page.set_arranging(not page.arranging)
        if page.arranging:
            done, back = keymap.cap("layout"), keymap.cap("reset_layout")
            said = f"Drag the panes by their titles; {done} when done, {back} puts them back."
            self._window.controls.say(said, "said")

    def _again(self) -> None:
        if self._window.frame is not None and self._window.frame.ended:
            self._window.again.emit()
        else:
            self._window.controls.say("It is still being played.")

    def _tour(self) -> None:
        self._window.show_page("cockpit")
        self.first_run.show_panes(self._named())

    def _close(self) -> None:
        window = self._window
        window.overlay.hide()
        window.bar.hush()
        window.sounds.silence()
        window.setFocus()
        if window.pages.current == "chain":
            window.show_page("cockpit")

    def _named(self) -> list[Pane]:
        window, cockpit = self._window, self._window.cockpit
        widgets: dict[str, QWidget] = {
            "strip": window.strip, "bar": window.bar, "rail": window.rail, "grid": cockpit.grid,
            "chart": cockpit.selected.chart, "ladder": cockpit.selected.ladder, "board": cockpit.board,
            "interest": cockpit.interest, "lists": cockpit.lists,
        }  # fmt: skip
        found = ((widgets[key], title, text) for key, title, text in NAMED)
        return [
            (QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()), title, text)
            for widget, title, text in found
            if widget.isVisible()
        ]


def _screens() -> list[QScreen]:
    return QGuiApplication.screens()
