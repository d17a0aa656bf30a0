"""What a session with a live broker has beyond others: arming, the kill switch, comparing."""

from collections.abc import Callable

from cockpit.commands import Command, Reconcile
from cockpit.frame import Frame
from widgets import questions
from widgets.acting.dispatch import Dispatch, Tone
from widgets.ask_bar import AskBar
from widgets.paint import format as fmt

ON_BROKER = ("arm", "kill", "reconcile")


class LiveActions:
    """Asks what has to be asked, sends the command, or says why there is none."""

    def __init__(self, dispatch: Dispatch, ask: AskBar, say: Callable[[str, Tone], None]) -> None:
        self._dispatch, self._ask, self._say = dispatch, ask, say

    def run(self, action: str, frame: Frame | None) -> None:
        """Carry out one of `ON_BROKER` on the session of that frame."""
        if frame is None:
            return
        if action == "kill":
            self._ask_kill(frame)
        elif frame.connection is None or frame.connection.only_reads:
            self._say("No live broker: this session trades no account.", "refused")
        elif action == "reconcile":
            self._dispatch.send(Reconcile(), action)
        elif not frame.status.is_live_money:
            self._say("Only an account with real money is armed.", "refused")
        elif frame.status.is_armed:
            self._say(f"{frame.connection.account} is armed until the trading day ends.", "said")
        elif not frame.connection.account:
            self._say("The account is not known yet: it is asked for when the broker is connected.", "refused")
        else:
            self._ask.ask(questions.arm(frame.connection.account, self._sender(action)))

    def _ask_kill(self, frame: Frame) -> None:
        """In practice too: who is used to the key shall find it."""
        today = fmt.moment(frame.status.at_ns, frame.status.zone).date().isoformat()
        working = sum(order.is_working for order in frame.orders)
        self._ask.ask(questions.kill(frame.positions, today, working, self._sender("kill")))

    def _sender(self, action: str) -> Callable[[Command], None]:
        return lambda command: self._dispatch.send(command, action)
