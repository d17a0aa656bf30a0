"""The status strip: feed, clock with what comes next, money, cooldown and engine."""

from decimal import Decimal

from cockpit.events import AccountTold
from cockpit.frame import StatusPart
from cockpit.projection.kept import kept
from cockpit.projection.tally import Tally
from cockpit.projection.words import cooldown_words, whole_money
from cockpit.risk.cooldown import Cooldown
from cockpit.state.model import State
from cockpit.state.protecting import rests


class Status:
    """Makes the strip of one session; `feed` and `badge` name what is played."""

    def __init__(self, state: State, feed: str, badge: str) -> None:
        self.state, self.feed, self.badge = state, feed, badge
        self._account: tuple[AccountTold | None, str] = state.account, _account_words(state)
        self._part: StatusPart | None = None
        self._chains: tuple[int, tuple[str, ...]] = (0, ())
        self._cooldown: tuple[Cooldown, str] = state.cooldown, cooldown_words(state)

    def part(self, tally: Tally, refused_rows: int, trouble: str) -> StatusPart:
        """The strip as it is now."""
        state = self.state
        setup, cooldown, alerts, now_ns = state.setup, state.cooldown, state.alerts, state.now_ns
        cutoff_ns, what = tally.next_cutoff(now_ns) or (None, "")
        count = len(state.held)
        standing = cooldown.state(now_ns)
        part = StatusPart(
            badge=self.badge, feed=self.feed, zone=setup.market.zone, currency=setup.market.currency,
            at_ns=now_ns or setup.first_ns, newest_row_ns=state.newest_row_ns,
            quote_limit_s=setup.terms.quote_limit_s, next_cutoff=what, next_cutoff_ns=cutoff_ns,
            day_pnl=float(state.day_net) + tally.pnl, blind_left_out=tally.blind, day_peak=state.peak,
            cooldown=standing, cooldown_until_ns=cooldown.until_ns, cooldown_total_s=cooldown.total_s,
            session=state.session, open_positions=count,
            unprotected_by_us=count if state.session == "halted" else tally.observed, alerts=len(alerts.active),
            critical=next(reversed(alerts.critical.values())).text if alerts.critical else "", trouble=trouble,
            refused=refused_rows + state.refused_quotes.total() + state.refused_greeks.total(),
            account=self._account_now(), chains=self._underlyings(),
            cooldown_why=self._why() if standing == "active" else "",
            is_live_money=setup.is_live_account, is_armed=state.is_armed,
            dies_now=tally.dies_now if setup.protection == "broker" else None, dies_unprotected=tally.unprotected,
        )  # fmt: skip
        self._part = kept(self._part, part) or part
        return self._part

    def _account_now(self) -> str:
        if self.state.account is not self._account[0]:
            self._account = self.state.account, _account_words(self.state)
        return self._account[1]

    def _underlyings(self) -> tuple[str, ...]:
        chains = self.state.chains
        if len(chains) != self._chains[0]:
            self._chains = len(chains), tuple(sorted({name for name, day in chains if day is not None}))
        return self._chains[1]

    def _why(self) -> str:
        if self._cooldown[0] is not self.state.cooldown:
            self._cooldown = self.state.cooldown, cooldown_words(self.state)
        return self._cooldown[1]


def _account_words(state: State) -> str:
    """Practice with its cash; a broker's account with what it is worth, as last told."""
    setup, told = state.setup, state.account
    if not rests(state):
        return f"{setup.protection} · {whole_money(setup.cash, setup.market.currency)}"
    if told is None or told.net_liquidation is None:
        return f"{setup.account} · n/a"
    return f"{setup.account} · {whole_money(Decimal(told.net_liquidation), told.currency)}"
