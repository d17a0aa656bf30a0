"""What a trader can do only where a broker is live, each by mouse and by key."""

from dataclasses import replace

from PySide6.QtGui import QGuiApplication

from cockpit.commands import Arm, Enter, Kill, Reconcile
from cockpit.frame import Frame
from tests.widgets import frames_live
from tests.widgets.conftest import Table
from tests.widgets.hands import (
    Hand,
    K,
    Way,
    all_of,
    by,
    choose,
    click,
    keys,
    press,
    tab,
    tab_to,
)
from tests.widgets.ways_cockpit import chain, send, shows, typed
from tests.widgets.ways_pages import CALL, CONFIRM, CONFIRM_KEYS, limit, limit_keys, section, section_keys, settings


def on(frame: Frame) -> Hand:
    """That frame is shown, and nothing is played."""

    def hand(table: Table) -> None:
        table.window.set_playback(None)
        shows(table, frame)

    return hand


def badge(table: Table) -> None:
    """A click on the badge."""
    strip = table.window.strip
    click(table, strip, strip.place_of("badge").center().toPoint())


def kill(scope: str) -> Hand:
    """The button, the scope, and the second step."""
    return all_of(
        lambda t: click(t, t.window.strip.kill), lambda t: choose(t, t.window.ask.choice, scope), send
    )  # fmt: skip


def why(table: Table) -> None:
    """A reason, typed into the line beside the scope."""
    click(table, table.window.ask.line)
    keys(table, "a runaway")


def compare(table: Table) -> None:
    """The button of the panel of the broker."""
    tab(table, table.window.cockpit.lists.tabs, "Broker")
    click(table, table.window.cockpit.lists.compare)


def ticketed(table: Table) -> None:
    """A ticket in a session with a live broker."""
    status = replace(frames_live.frame().status, cooldown="expired", cooldown_until_ns=None)
    on(frames_live.frame(chain=chain(), status=status))(table)
    press(table, "page_chain")
    shows(table, replace(table.frame))  # type: ignore[type-var]
    press(table, "buy")


def rest(words: str) -> Hand:
    """What becomes of a limit that does not fill at once."""
    return lambda t: choose(t, t.window.pages.chain.ticket.rests, words)  # type: ignore[union-attr]


def rest_keys(steps: int) -> Hand:
    """The same with the arrows."""
    return lambda t: (tab_to(t, t.window.pages.chain.ticket.rests), keys(t, *[K.Key_Down] * steps))  # type: ignore[union-attr]


def rested(table: Table) -> list[object]:
    return [(c.symbol, c.rests, c.price is not None) for c in table.commands if isinstance(c, Enter)]


def copy(table: Table) -> None:
    click(table, table.window.pages.settings.connection.copy)  # type: ignore[union-attr]


def copy_keys(table: Table) -> None:
    tab_to(table, table.window.pages.settings.connection.copy)  # type: ignore[union-attr]
    keys(table, K.Key_Return)


def copied(table: Table) -> bool:
    return QGuiApplication.clipboard().text().startswith("cockpit run --feed ib:127.0.0.1:7497:7 --broker ib")


def cleared(table: Table) -> None:
    """The settings are in front, and nothing is on the clipboard."""
    settings(table)
    QGuiApplication.clipboard().setText("")


PAPER, UNARMED = frames_live.frame(), frames_live.real(armed=False)
CODE = frames_live.REAL_ACCOUNT
LIVE = (
    Way("arm", all_of(badge, typed(CODE), send), by("arm", CODE, K.Key_Return), "arm", (Arm(account=CODE),),
        given=on(UNARMED)),
    Way("arm before going on", all_of(lambda t: click(t, t.window.strip.session), typed(CODE), send),
        by("session", CODE, K.Key_Return), "session", (Arm(account=CODE),), given=on(UNARMED)),
    Way("kill everything", all_of(lambda t: click(t, t.window.strip.kill), send), by("kill", K.Key_Return), "kill",
        (Kill(),), given=on(PAPER)),
    *(Way(f"kill {words}", kill(words), by("kill", *[K.Key_Down] * steps, K.Key_Return), "kill", (command,),
          given=on(PAPER))
      for steps, words, command in (
          (1, "winners: 2", Kill(scope="winners")),
          (2, "losers: 1", Kill(scope="losers")),
          (3, "SPY: 2", Kill(scope="underlying", underlying="SPY")),
          (5, "expiring today: 2", Kill(scope="expiring")),
      )),
    Way("kill, and say why", all_of(lambda t: click(t, t.window.strip.kill), why, send),
        by("kill", K.Key_Tab, "a runaway", K.Key_Return), "kill", (Kill(reason="a runaway"),), given=on(PAPER)),
    Way("compare with the broker", compare, by("reconcile"), "reconcile", (Reconcile(),), given=on(PAPER)),
    *(Way(f"open: a limit that {words}", all_of(limit, rest(words), CONFIRM),
          all_of(limit_keys, rest_keys(steps), CONFIRM_KEYS), "submit", None, rested, [(CALL, rests, True)], ticketed)
      for steps, words, rests in ((1, "rests today", "day"), (2, "rests until cancelled", "gtc"))),
    Way("copy what starts a live session", all_of(section("Connection"), copy), all_of(section_keys(4), copy_keys), "",
        (), copied, True, cleared),
)  # fmt: skip
