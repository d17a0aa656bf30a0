"""What a trader can do on the other pages and with the window itself, each by mouse and by key."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog

from cockpit.commands import ApplyProfile, Enter, ResetCooldown
from tests.widgets.conftest import Table
from tests.widgets.frames_review import Elsewhere, Memory
from tests.widgets.hands import (
    Hand,
    K,
    Way,
    all_of,
    by,
    click,
    keys,
    pick,
    pick_by_key,
    press,
    right_click,
    tab_to,
)
from tests.widgets.ways_cockpit import busy, everything, quiet, send, shows, typed
from widgets.acting.keymap import active
from widgets.parts.choices import Choices
from widgets.parts.plain_list import PlainList

CALL, PUT = "NIFTY26AUG26150CE", "NIFTY26AUG26150PE"
COLUMN = "Fees"


def rail(page: str) -> Hand:
    return lambda t: click(t, t.window.rail.pages[page])


def tool(name: str) -> Hand:
    return lambda t: click(t, t.window.rail.tools[name])


def page(table: Table) -> str:
    return table.window.pages.current


def chip(table: Table, choices: Choices, name: str) -> None:
    """One of the chips."""
    x = next(x for x in range(choices.width()) if choices.at(x + 4) == name) + 4
    click(table, choices, QPoint(x, choices.height() // 2))


def line(table: Table, given: PlainList, words: str) -> None:
    """A line of a list."""
    number = next(i for i, each in enumerate(given.lines) if each.words == words)
    given.scrollToItem(given.item(number))
    click(table, given.viewport(), given.visualItemRect(given.item(number)).center())


# ---------------------------------------------------------------- chain


def chained(table: Table) -> None:
    """The chain is in front, and has come."""
    quiet(table)
    press(table, "page_chain")
    shown_again(table)


def cooling(table: Table) -> None:
    shows(table, everything(cools=True, pending=()))


def shown_again(table: Table) -> None:
    assert table.frame is not None
    shows(table, replace(table.frame))


def quote(column: str, side: str = "call") -> Hand:
    """A click on a quote of the strike under the cursor."""

    def hand(table: Table) -> None:
        chain = table.window.pages.chain
        assert chain is not None
        grid = chain.chain.grid
        place = next(each for each in grid.places if (each.side, each.key) == (side, column))
        at = grid._row_rect(grid.view.cursor.row).center().y()
        click(table, grid.viewport(), QPoint(round(place.left + place.width / 2), at))

    return hand


def ticket(name: str) -> Hand:
    """A button of the ticket, and time to read what it says."""

    def hand(table: Table) -> None:
        chain = table.window.pages.chain
        assert chain is not None
        click(table, getattr(chain.ticket, name))
        later(table)

    return hand


def later(table: Table) -> None:
    table.now_s += 1.0
    table.window.tick()


def step_field(name: str) -> Hand:
    """The plus of a field of the ticket."""

    def hand(table: Table) -> None:
        chain = table.window.pages.chain
        assert chain is not None
        field = getattr(chain.ticket, name)
        click(table, field, QPoint(field.width() - 6, field.height() // 2))

    return hand


def limit(table: Table) -> None:
    assert table.window.pages.chain is not None
    chip(table, table.window.pages.chain.ticket.kind, "Limit")


def limit_keys(table: Table) -> None:
    assert table.window.pages.chain is not None
    tab_to(table, table.window.pages.chain.ticket.kind)
    keys(table, K.Key_Right)
    tab_to(table, table.window.pages.chain.ticket.limit)
    keys(table, K.Key_Up)


CONFIRM = all_of(ticket("review"), ticket("confirm"))
CONFIRM_KEYS = all_of(by("submit"), later, by("submit"))
TO_CHAIN = all_of(rail("chain"), shown_again)
TO_CHAIN_KEYS = all_of(by("page_chain"), shown_again)


def ticks_above(table: Table) -> list[object]:
    """How far above the ask the limit of what was sent is."""
    assert table.window.pages.chain is not None
    chain = table.window.pages.chain.chain.grid.view.part
    assert chain is not None
    asks = {row.call.symbol: row.call.ask for row in chain.rows if row.call is not None}
    return [
        (type(c), round((c.price - asks[c.symbol]) / chain.tick))  # type: ignore[operator]
        for c in table.commands
        if isinstance(c, Enter)
    ]


def ticketed(table: Table) -> None:
    chained(table)
    press(table, "buy")


# ---------------------------------------------------------------- journal and settings


def with_journal(table: Table) -> None:
    busy(table)
    table.reader = Memory()  # type: ignore[attr-defined]
    table.window.pages.set_journal(table.reader, Elsewhere().submit)  # type: ignore[attr-defined]


def journal(table: Table) -> None:
    """The journal is in front, and has been read."""
    with_journal(table)
    press(table, "page_journal")
    table.window.show()


def pane(name: str) -> Hand:
    """The button of a pane of charts that makes it a table."""

    def hand(table: Table) -> None:
        tab_of = table.window.pages.journal
        assert tab_of is not None
        panes = {"equity": tab_of.panes.equity, "charts": tab_of.panes.charts, "trip": tab_of.detail}
        click(table, panes[name].as_table)

    return hand


def pane_keys(name: str) -> Hand:
    def hand(table: Table) -> None:
        tab_of = table.window.pages.journal
        assert tab_of is not None
        place = {"equity": tab_of.panes.equity.chart, "charts": tab_of.panes.charts.chart, "trip": tab_of.detail.chart}
        tab_to(table, place[name])
        press(table, "table")

    return hand


def pane_seen(name: str) -> Hand:
    def hand(table: Table) -> bool:
        tab_of = table.window.pages.journal
        assert tab_of is not None
        found = {"equity": tab_of.panes.equity, "charts": tab_of.panes.charts, "trip": tab_of.detail}[name]
        return found.table.isVisible()

    return hand


def charted(name: str) -> Hand:
    """A chart of the journal is in front."""

    def hand(table: Table) -> None:
        journal(table)
        assert table.window.pages.journal is not None
        tabs = table.window.pages.journal.panes.charts.tabs
        assert tabs is not None
        tabs.choose(name)

    return hand


def journal_columns(table: Table) -> bool:
    assert table.window.pages.journal is not None
    return any(place.column.head == COLUMN for place in table.window.pages.journal.table.places)


def exported(table: Table) -> list[str]:
    return [path.name for path in table.reader.exported]  # type: ignore[attr-defined]


def save(table: Table) -> None:
    """The file that the dialog asks for."""
    dialog = table.window.pages.journal.export.dialog
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(Path.cwd()))
    dialog.selectFile("trips.json")
    dialog.accept()


def of_journal(name: str) -> Hand:
    return lambda t: click(t, getattr(t.window.pages.journal, name))


def settings(table: Table) -> None:
    """The settings are in front."""
    busy(table)
    press(table, "page_settings")
    table.window.show()


def section(words: str) -> Hand:
    return lambda t: line(t, t.window.pages.settings.sections, words)


def section_keys(number: int) -> Hand:
    """Down to that section, from the top."""
    return lambda t: (tab_to(t, t.window.pages.settings.sections), keys(t, K.Key_Home, *[K.Key_Down] * number))


def look_row(key: str):  # type: ignore[no-untyped-def]
    return lambda t: t.window.pages.settings.looks.rows[key].field


def applied(table: Table) -> list[object]:
    return [(type(c), c.positions, c.as_default) for c in table.commands if isinstance(c, ApplyProfile)]


def profile_button(name: str) -> Hand:
    return lambda t: click(t, getattr(t.window.pages.settings.profiles, name))


def profile_key(name: str) -> Hand:
    return lambda t: (tab_to(t, getattr(t.window.pages.settings.profiles, name)), keys(t, K.Key_Return))


def change_key(table: Table) -> None:
    form = table.window.pages.settings.keys  # type: ignore[union-attr]
    line(table, form.list, "Veto the decision that is shown")
    click(table, form.change)
    keys(table, K.Key_Q)


def change_key_by_keys(table: Table) -> None:
    form = table.window.pages.settings.keys  # type: ignore[union-attr]
    tab_to(table, form.list)
    for _ in active.bindings:
        if form.action == "veto":
            break
        keys(table, K.Key_Down)
    keys(table, K.Key_Return, K.Key_Q)


def arranged(table: Table) -> None:
    """Somebody has arranged the panes."""
    busy(table)
    press(table, "layout")
    press(table, "layout")


def named_keys(table: Table) -> None:
    busy(table)
    press(table, "keys")


PAGES = (
    Way("open: buy two lots at market",
        all_of(TO_CHAIN, quote("ask"), step_field("lots"), CONFIRM),
        all_of(TO_CHAIN_KEYS, by("buy", "2"), CONFIRM_KEYS), "buy",
        (Enter(symbol=CALL, side="buy", contracts=130, profile="adaptive"),), given=quiet),
    Way("open: sell one lot", all_of(TO_CHAIN, quote("bid", "put"), CONFIRM),
        all_of(TO_CHAIN_KEYS, lambda t: keys(t, K.Key_Right), by("sell"), CONFIRM_KEYS), "sell",
        (Enter(symbol=PUT, side="sell", contracts=65, profile="adaptive"),), given=quiet),
    Way("open: at a limit", all_of(limit, step_field("limit"), CONFIRM),
        all_of(limit_keys, CONFIRM_KEYS), "submit", None,
        ticks_above, [(Enter, 1)], ticketed),
    Way("end the cooldown", all_of(TO_CHAIN, quote("ask"), ticket("reset"), typed("planned"), send),
        by("cooldown", "planned", K.Key_Return), "cooldown", (ResetCooldown(reason="planned"),), given=cooling),
    *(Way(f"page {name}", rail(name), by(f"page_{name}"), f"page_{name}", (), page, name,
          settings if name == "cockpit" else with_journal)
      for name in ("cockpit", "chain", "journal", "settings")),
    Way("read the journal again", of_journal("again"), by("reload"), "reload", (), lambda t: len(t.reader.asked), 3,
        journal),
    Way("export", all_of(of_journal("export"), lambda t: pick(t, "JSON"), save),
        all_of(by("export"), lambda t: pick_by_key(t, "JSON"), save), "export", (), exported, ["trips.json"], journal),
    Way("columns of the journal", all_of(of_journal("columns"), lambda t: pick(t, COLUMN)),
        all_of(by("columns"), lambda t: pick_by_key(t, COLUMN)), "columns", (), journal_columns, True, journal),
    Way("equity as a table", pane("equity"), pane_keys("equity"), "table", (), pane_seen("equity"), True, journal),
    *(Way(f"{name} as a table", pane("charts"), pane_keys("charts"), "table", (), pane_seen("charts"), True,
          charted(name))
      for name in ("Days", "Hours", "MAE, MFE", "Exit rules")),
    Way("a round trip as a table", pane("trip"), pane_keys("trip"), "table", (), pane_seen("trip"), True, journal),
    Way("a profile for new positions", profile_button("use"), profile_key("use"), "", None, applied,
        [(ApplyProfile, (), True)], settings),
    Way("a profile for open positions",
        all_of(profile_button("use_open"), lambda t: click(t, t.window.pages.settings.profiles.panel.apply)),
        all_of(profile_key("use_open"),
               lambda t: (tab_to(t, t.window.pages.settings.profiles.panel.apply), keys(t, K.Key_Return))),
        "", None, applied, [(ApplyProfile, tuple(f"P000{i}" for i in range(1, 7)), True)], settings),
    Way("another key", all_of(section("Keys"), change_key), all_of(section_keys(1), change_key_by_keys), "", (),
        lambda t: active.bindings["veto"].keys, ("Q",), settings),
    Way("light", all_of(section("Look"), lambda t: chip(t, look_row("theme")(t).chips, "light")), by("theme"), "theme",
        (), lambda t: t.window.look.theme, "light", settings),
    Way("another palette", all_of(section("Look"), lambda t: chip(t, look_row("palette")(t).chips, "red-green")),
        by("palette"), "palette", (), lambda t: t.window.look.palette, "red-green", settings),
    Way("no slowing down", all_of(section("Look"), lambda t: click(t, look_row("slow_while_pending")(t))), by("slow"),
        "slow", (), lambda t: t.playback.slows, False, settings),
    Way("name the panes", all_of(section("Look"), lambda t: click(t, t.window.pages.settings.looks.panes)), by("tour"),
        "tour", (), lambda t: t.window.view.first_run.isVisible(), True, settings),
    Way("mute", tool("mute"), by("mute"), "mute", (), lambda t: t.window.sounds.wanted.on, False),
    Way("arrange", tool("layout"), by("layout"), "layout", (), lambda t: t.window.cockpit.page.arranging, True),
    Way("put the panes back", lambda t: right_click(t.window.rail.tools["layout"]), by("reset_layout"), "reset_layout",
        (), lambda t: t.window.cockpit.page.is_own, False, arranged),
    Way("show the keys", tool("keys"), by("keys"), "keys", (), lambda t: t.window.overlay.isVisible(), True),
    Way("hide the keys", lambda t: click(t, t.window.overlay), by("close"), "close", (),
        lambda t: t.window.overlay.isVisible(), False, named_keys),
)  # fmt: skip
