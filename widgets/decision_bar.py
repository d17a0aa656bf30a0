"""The one place for what happens next: what will leave and why, the seconds left, and the three ways to answer."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPaintEvent

from cockpit.frame import Frame, PendingPart
from widgets.acting.dispatch import Tone
from widgets.acting.keymap import cap
from widgets.decision_buttons import DecisionButtons
from widgets.decision_words import found_in, leaving, quiet, waits_for_arming, working
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, RIGHT, Ink
from widgets.paint.signs import glyph, outcome, ring
from widgets.paint.theme import Look

NS = 1_000_000_000
UNREADY_S = 0.3  # a new decision can't be sent off by a key meant for something else
NOTICE_S, SAID_S = 10.0, 4.0
SLIM = 34  # high, on pages other than the cockpit
HEADS: dict[Tone, str] = {
    "refused": "Refused", "stopped": "Something stopped", "fault": "Something stopped", "said": "Done"
}  # fmt: skip
TONES: dict[Tone, tuple[str, str, str]] = {  # ground, edge, sign
    "said": ("bg2", "accent", "fill"),
    "refused": ("lossbg", "loss", "alert"),
    "stopped": ("lossbg", "loss", "alert"),
    "fault": ("lossbg", "loss", "alert"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that stays for a while; a fault stays until the window closes."""

    text: str
    tone: Tone
    until_s: float
    can_undo: bool = False


class DecisionBar(DecisionButtons):
    """Shows the soonest pending decision, unless the human has moved to another one of them."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._frame: Frame | None = None
        self._stamp: tuple[object, ...] = ()
        self._chosen: tuple[str, str] | None = None
        self._shown: PendingPart | None = None
        self._since_s = 0.0
        self._notice: Notice | None = None
        self._waiting = "Starting"
        self.previous.clicked.connect(lambda: self.move_shown(-1))
        self.next.clicked.connect(lambda: self.move_shown(+1))
        self.setAccessibleName("what happens next")
        self.set_measures()
        self._arrange()

    @property
    def shown(self) -> PendingPart | None:
        """The decision that the buttons and keys act on."""
        return self._shown

    @property
    def cancels(self) -> str | None:
        """The position whose working exit is shown, or whose decision waits for a yes: what a cancel means."""
        shown = self._shown
        if shown is not None:
            return shown.position_id if shown.waits == "confirm" else None
        row = leaving(self._frame) if self._frame is not None else None
        return None if row is None else row.id

    @property
    def found_id(self) -> str:
        """The position that the buttons about what was found mean; empty where there is none."""
        frame, undoing = self._frame, self._notice is not None and self._notice.can_undo
        if frame is None or self._shown is not None or undoing or frame.status.trouble:
            return ""
        found = None if waits_for_arming(frame) else found_in(frame)
        return "" if found is None else found.position_id

    @property
    def notice(self) -> Notice | None:
        """The sentence that is shown instead of, or below, what happens next."""
        return self._notice

    def set_measures(self) -> None:
        """Take the height of the look again."""
        self.setFixedHeight(SLIM if self._slim else self._look.measures.bar)
        self._stamp = ()
        self._place()

    def set_slim(self, slim: bool) -> None:
        """One line instead of two: on pages that need the height."""
        if slim != self._slim:
            self._slim = slim
            self.set_measures()
            self._refresh()

    def set_waiting(self, words: str) -> None:
        """What is awaited before the first frame."""
        self._waiting = words
        self.update()

    def ready(self, now_s: float) -> bool:
        """Whether the shown decision has been on the screen for long enough to be answered."""
        return self._shown is not None and now_s - self._since_s >= UNREADY_S

    def say(self, text: str, tone: Tone, now_s: float, *, can_undo: bool = False) -> None:
        """Show a sentence for a while (monotonic seconds); that the engine has stopped is not replaced."""
        if self._notice is None or self._notice.tone != "fault":
            until_s = now_s + (SAID_S if tone == "said" and not can_undo else NOTICE_S)
            self._notice = Notice(text, tone, until_s, can_undo)
            self._refresh()

    def hush(self) -> None:
        """The sentence was read; that the engine has stopped stays."""
        if self._notice is not None and self._notice.tone != "fault":
            self._notice = None
            self._refresh()

    def show_frame(self, frame: Frame, now_s: float) -> None:
        """Show what happens next at that frame; `now_s` is the monotonic time of the window."""
        self._frame = frame
        shown = self._choose(frame.pending)
        if _identity(shown) != _identity(self._shown):
            self._since_s = now_s
        self._shown = shown
        left = (shown.ends_ns - frame.status.at_ns) // 100_000_000 if shown is not None else 0
        status = frame.status
        stamp = (
            frame.pending,
            left,
            frame.idle,
            status.trouble,
            status.critical,
            status.is_armed,
            frame.ended,
            working(frame),
            found_in(frame),
            frame.detail.position.id if frame.detail is not None else "",
        )
        if stamp != self._stamp:
            if status.critical and status.critical not in self._stamp and self._said_only():
                self._notice = None  # what has just been answered waits for nobody; an alert does
            self._stamp = stamp
            self._refresh()

    def _said_only(self) -> bool:
        return self._notice is not None and self._notice.tone == "said" and not self._notice.can_undo

    def advance(self, now_s: float) -> None:
        """Let a notice go when its time is over."""
        if self._notice is not None and now_s >= self._notice.until_s:
            self.hush()

    def move_shown(self, steps: int) -> None:
        """Show another one of the pending decisions; it stays until it is decided."""
        if self._frame is None or self._shown is None:
            return
        pending = self._frame.pending
        at = next((i for i, each in enumerate(pending) if _identity(each) == _identity(self._shown)), 0)
        self._shown = pending[min(max(at + steps, 0), len(pending) - 1)]
        self._chosen = _identity(self._shown)
        self._refresh()

    def sentence(self) -> tuple[str, str]:
        """The two lines that are painted."""
        frame, shown, notice = self._frame, self._shown, self._notice
        if shown is not None and frame is not None:
            return shown.sentence, notice.text if notice is not None else self._reading(shown)
        if notice is not None:
            head = HEADS[notice.tone]
            return (notice.text, "") if notice.tone == "said" else (head, notice.text)
        if frame is None:
            return self._waiting, ""
        said = quiet(frame)
        return said.head, said.second

    def _choose(self, pending: tuple[PendingPart, ...]) -> PendingPart | None:
        chosen = [each for each in pending if _identity(each) == self._chosen]
        if not chosen:
            self._chosen = None
        return chosen[0] if chosen else pending[0] if pending else None

    def _reading(self, shown: PendingPart) -> str:
        words = [shown.because, f"confidence {shown.confidence:.2f}"]
        if shown.waits != "blind":
            words.append("silence means go" if shown.on_timeout == "act" else "silence means hold")
        return " · ".join(word for word in words if word)

    def _refresh(self) -> None:
        self._arrange()
        head, second = self.sentence()
        self.setAccessibleDescription(f"{head}. {second}")
        self.setToolTip(f"{head}\n{second}" if second else head)
        self.update()

    def _arrange(self) -> None:
        """Which buttons there are now."""
        shown = self._shown
        several = shown is not None and self._frame is not None and len(self._frame.pending) > 1
        blind = shown is not None and shown.waits == "blind"
        self.veto.setVisible(shown is not None and shown.binding != "mandatory")
        self.take_over.setVisible(shown is not None)
        self.go.setVisible(shown is not None and not blind)
        self.leave.setVisible(blind)
        self.previous.setVisible(several)
        self.next.setVisible(several)
        vetoed = shown is None and self._notice is not None and self._notice.can_undo
        for button in (self.undo, *self.reasons.values()):
            button.setVisible(vetoed)
        ended = self._frame is not None and self._frame.ended
        self.again.setVisible(ended and shown is None and not vetoed)
        found = self.found_id
        watched = self._frame is not None and self._frame.detail is not None and self._frame.detail.position.id == found
        for action, button in self.found.items():
            button.setVisible(bool(found))
            button.set_key(cap(action) if watched else "")  # else the key means the position that is selected
        works = self._frame is not None and leaving(self._frame) is not None
        self.cancel.setVisible(works and shown is None and not vetoed and not ended and not found)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar in its state."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            if self._shown is not None and self._frame is not None:
                self._paint_pending(ink, box, self._shown, self._frame.status.at_ns)
            else:
                self._paint_quiet(ink, box)

    def _lines(self, ink: Ink, box: QRectF, second_token: str = "t2") -> None:
        head, second = self.sentence()
        half = box.height() / 2
        if not second:
            ink.elided(box, head, px=13, weight=600)
            return
        if self._slim:
            cut = ink.elided(box, head, px=12, weight=600)
            left = ink.look.width(head, 12, 600) + 12
            if not cut and left < box.width() - 40:
                ink.elided(box.adjusted(left, 1, 0, 0), second, px=11, token=second_token)
            return
        ink.elided(QRectF(box.left(), box.top() + 4, box.width(), half - 3), head, px=13, weight=600)
        ink.elided(QRectF(box.left(), box.top() + half + 1, box.width(), half - 6), second, px=11, token=second_token)

    def _paint_pending(self, ink: Ink, box: QRectF, shown: PendingPart, at_ns: int) -> None:
        blind = shown.waits == "blind"
        token = "blind" if blind else "warn"
        ink.fill(box, "blindbg" if blind else "warnbg")
        ink.fill(QRectF(0, 0, 3, box.height()), token)
        circle = self._sign_box(box)
        left_s = max(0.0, (shown.ends_ns - at_ns) / NS)
        share = min(left_s / shown.total_s, 1.0) if shown.total_s > 0 else 0.0
        if blind:
            glyph(ink, "blind", circle)
        else:
            ring(ink, circle.adjusted(1.5, 1.5, -1.5, -1.5), share, token)
            seconds = f"{left_s:.1f}" if left_s < 99.95 else f"{left_s:.0f}"
            ink.text(circle, seconds, px=9 if self._slim else 11, weight=600, align=CENTRE)
            if not self._look.reduced_motion:
                ink.fill(QRectF(3, box.bottom() - 2, (box.width() - 3) * share, 2), token)
        facts_width = 220.0 if self._slim or not self._look.compact else 126.0
        right = self.previous.x() - 6.0 if self.previous.isVisibleTo(self) else self.veto.x() - 10.0
        self._facts(ink, QRectF(right - facts_width, 0, facts_width, box.height()), shown)
        refused = self._notice is not None and self._notice.tone != "said"
        lines = QRectF(54, 0, right - facts_width - 12 - 54, box.height())
        self._lines(ink, lines, "loss" if refused else "t2")
        if self.previous.isVisibleTo(self) and self._frame is not None:
            pending = self._frame.pending
            at = next((i for i, each in enumerate(pending) if _identity(each) == _identity(shown)), 0)
            between = QRectF(self.previous.geometry().right(), 0, 48, box.height())
            ink.text(between, f"{at + 1} of {len(pending)}", px=11, weight=500, align=CENTRE)

    def _sign_box(self, box: QRectF) -> QRectF:
        side = 26.0 if self._slim else 30.0
        return QRectF(28 - side / 2, box.center().y() - side / 2, side, side)

    def _facts(self, ink: Ink, box: QRectF, shown: PendingPart) -> None:
        """What the exit is expected to fetch."""
        if shown.expected_price is None:
            ink.text(box, "no fill expected" if shown.waits == "blind" else "", px=11, token="t3", align=RIGHT)
            return
        if self._slim:
            box.setRight(box.right() - 4)
            words = f"fill ≈ {fmt.price(shown.expected_price)}, books {fmt.money_short(shown.books)}"
            ink.text(box, words, px=11, weight=600, align=RIGHT)
            return
        compact, half = self._look.compact, box.height() / 2
        word = "Fill ≈" if compact else "Expected fill"
        top = QRectF(box.left(), 4, box.width(), half - 3)
        low = QRectF(box.left(), half + 1, box.width(), half - 6)
        ink.text(top, f"{word} {fmt.price(shown.expected_price)}", px=12, weight=600, align=RIGHT)
        books = f"books {fmt.money_short(shown.books)}"
        spread = "" if compact or shown.spread_cost is None else f" · spread {fmt.money_short(shown.spread_cost)}"
        ink.text(low, spread, px=11, token="t2", align=RIGHT)
        low.setRight(low.right() - ink.look.width(spread, 11))
        ink.text(low, books, px=11, weight=500, token=outcome(shown.books), align=RIGHT)

    def _paint_quiet(self, ink: Ink, box: QRectF) -> None:
        ground, edge, sign, second = self._tone()
        ink.fill(box, ground)
        if edge:
            ink.fill(QRectF(0, 0, 3, box.height()), edge)
        circle = self._sign_box(box)
        if sign == "alert":
            ink.icon("alert", circle.adjusted(6, 6, -6, -6), edge)
        elif sign:
            glyph(ink, sign, circle)
        vetoed = self.undo.isVisibleTo(self)
        right = next(iter(self.reasons.values())).x() - 10.0 if vetoed else box.width() - 12
        if self.again.isVisibleTo(self):
            right = self.again.x() - 10.0
        if self.cancel.isVisibleTo(self):
            right = self.cancel.x() - 10.0
        if self.found_id:
            right = self.found["stop_price"].x() - 10.0
        self._lines(ink, QRectF(54, 0, right - 54, box.height()), second)
        ink.hairline(QPointF(0, box.bottom() - 0.5), QPointF(box.right(), box.bottom() - 0.5), "line")

    def _tone(self) -> tuple[str, str, str, str]:
        """Ground, edge, sign and the token of the second line while nothing is pending."""
        if self._notice is not None:
            ground, edge, sign = TONES[self._notice.tone]
            return ground, edge, sign, "t1"
        if self._frame is None:
            return "bg1", "", "hold", "t2"
        return quiet(self._frame)[2:]


def _identity(decision: PendingPart | None) -> tuple[str, str] | None:
    return None if decision is None else (decision.position_id, decision.rule)
