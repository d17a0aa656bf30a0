"""One contract's market: the held quote and whether to trust it, Greeks, history, bars, and the view rules see."""

from collections import Counter
from math import inf

from cockpit.domain.instrument import Instrument
from cockpit.events import Quoted
from cockpit.market.history import History
from cockpit.market.open_interest import OpenInterest
from cockpit.market.terms import MODELLED, Terms
from cockpit.market.trust import amount, bounded, price
from cockpit.market.underlying import Underlying
from cockpit.market.view import NAN, Market
from cockpit.market.volume import VolumeRatio
from cockpit.pricing.black76 import greeks as black76
from cockpit.pricing.implied_volatility import implied_volatility

YEAR_S = 31_536_000.0
QUOTE, GREEKS, VOLUME, UNDERLYING, OPEN_INTEREST = 1, 2, 4, 8, 16  # what an instant observed anew
NEVER = -1e18
ALL, NONE = frozenset(MODELLED), frozenset[str]()
PAIRED, UNSAID, LACKING, CROSSED = range(4)  # bid and ask: both, neither was said, one is missing, bid above ask


class Contract:
    """All that is known of one contract. Times are seconds since the session's local midnight.

    `apply` takes a row, `settle` closes the instant (all rows of one time are applied first), `refresh` moves the view
    on to a later instant at which no row came.
    """

    __slots__ = (
        "_delta_t", "_gamma_t", "_iv_t", "_theta_t", "accepted", "ask", "ask_size", "bar_end", "bar_first",
        "bar_last", "bid", "bid_size", "chain", "fair", "features_version", "fwd_parity", "given_t", "greeks_t",
        "history", "instrument", "is_option", "judged_t", "jump_points", "last", "last_t", "mark_t", "max_spread",
        "modelled", "noise_changes", "observed", "pair", "quote_t", "settled_t", "stands_in", "suspect", "suspect_t",
        "takes_all", "terms", "underlying", "underlying_limit_s", "underlying_version", "until", "vega", "view",
        "volume", "whole_t", "why",
    )  # fmt: skip

    def __init__(self, instrument: Instrument, terms: Terms, underlying: Underlying) -> None:
        self.instrument = instrument
        self.terms = terms
        self.underlying = underlying
        self.view = Market()
        self.history = History(terms.lookback_s, terms.lookback_limit_s)
        self.volume = VolumeRatio(terms.interval_s)
        self.is_option = instrument.right is not None
        self.chain: OpenInterest | None = None  # of its expiry
        self.modelled = self.is_option and bool(terms.modelled)
        self.takes_all = self.is_option and terms.has_quotes and not terms.modelled  # a row may say all there is
        self.underlying_limit_s = terms.underlying_limit_s + 1e-6
        self.max_spread = terms.max_spread_pct / 100.0  # of mid
        self.jump_points = terms.jump_ticks * instrument.tick + 1e-9  # no smaller move is a jump
        # --- the held quote: None is not quoted
        self.bid: float | None = None
        self.ask: float | None = None
        self.bid_size: float | None = None
        self.ask_size: float | None = None
        self.pair = UNSAID
        self.quote_t = NEVER
        self.last: float | None = None
        self.last_t = NEVER
        self.fair = NAN  # the mark of the held quote, before suspicion and age
        self.why = "no quote yet"  # why the mark is unknown
        self.mark_t = NEVER
        self.accepted = NAN  # last mark that was believed
        self.suspect = NAN  # a mark that jumped and nobody has confirmed
        self.suspect_t = NEVER
        self.judged_t = NEVER  # when what was last weighed against the accepted mark was made
        # --- when Greeks were observed; the view has them until they are too old
        self.vega = NAN
        self.greeks_t = NEVER  # last instant at which one row gave all of them
        self._iv_t = self._delta_t = self._gamma_t = self._theta_t = NEVER  # each, unless that is newer
        self.given_t = NEVER  # last instant at which a row gave some; before the first, that of the first row
        self.stands_in = False  # a live feed lacks them: all are modelled
        self.fwd_parity: float | None = None
        # --- premium bars
        self.bar_end = NAN
        self.bar_first = self.bar_last = NAN
        self.noise_changes: list[float] = []
        # --- bookkeeping of the instant
        self.settled_t = NEVER
        self.observed = 0
        self.until = NEVER  # the view stands until then when no row comes
        self.whole_t = NEVER  # last instant that observed the mark by its quote, and all Greeks that rules read
        self.underlying_version = -1
        self.features_version = -1

    # ---------------------------------------------------------------- rows

    def apply(self, row: Quoted, t: float, quotes: Counter[str], greeks: Counter[str]) -> float | None:
        """Takes one accepted row; returns its open interest when that is news.

        Every tick comes through here: the row is taken apart once, and refusals are a call of their own.
        """
        (bid, ask, bid_size, ask_size, last, volume, volume_cum, open_interest, _, iv, delta, gamma, theta, vega, _,
         fwd_parity) = row[2:]  # fmt: skip
        view = self.view
        view.rows += 1.0
        if bid and ask and 0.0 < bid <= ask < inf:
            self.pair = PAIRED
        else:
            bid, ask = self._refused_pair(bid, ask, quotes)
        self.bid = bid
        self.ask = ask
        self.quote_t = t
        self.bid_size = bid_size if bid_size is None or 0.0 <= bid_size < inf else amount(bid_size, quotes, "bid_size")
        self.ask_size = ask_size if ask_size is None or 0.0 <= ask_size < inf else amount(ask_size, quotes, "ask_size")
        if last is not None and (0.0 < last < inf or price(last, quotes, "last") is not None):
            self.last = last
            self.last_t = t
        observed = QUOTE
        if volume is not None or volume_cum is not None:
            self.volume.observe(t, amount(volume, quotes, "volume"), amount(volume_cum, quotes, "volume_cum"))
            observed = QUOTE | VOLUME
        elif self.volume.first_t != self.volume.first_t:
            self.volume.observe(t, None)
        if self.is_option:
            self.fwd_parity = fwd_parity if fwd_parity is None else price(fwd_parity, quotes, "fwd_parity")
            if (
                self.takes_all
                and not (iv is None or delta is None or gamma is None or theta is None or vega is None)
                and 1e-12 <= iv <= 5.0
                and -1.0 <= delta <= 1.0
                and 0.0 <= gamma <= 1e9
                and -1e9 <= theta <= 1e9
                and -1e9 <= vega <= 1e9
            ):  # the usual row has them all
                view.iv = iv
                view.delta = delta
                view.gamma = gamma
                view.theta = theta
                self.vega = vega
                self.greeks_t = t
                observed |= GREEKS
            elif self._take_greeks(iv, delta, gamma, theta, vega, t, greeks):
                self.given_t = t
                observed |= GREEKS
        self.observed = self.observed | observed if self.settled_t == t else observed
        self.settled_t = t
        return (
            open_interest
            if open_interest is None or 0.0 <= open_interest < inf
            else amount(open_interest, quotes, "open_interest")
        )

    def _refused_pair(
        self, bid: float | None, ask: float | None, quotes: Counter[str]
    ) -> tuple[float | None, float | None]:
        """Bid and ask of a row that lacks one of them, or said something that cannot be."""
        self.pair = UNSAID if bid is None and ask is None else LACKING
        bid = price(bid, quotes, "bid")
        ask = price(ask, quotes, "ask")
        if bid is not None and ask is not None and bid > ask:
            self.pair = CROSSED
            quotes["crossed"] += 1
            return None, None
        return bid, ask

    def _take_greeks(  # noqa: PLR0913 - the Greeks of one row
        self, iv: float | None, delta: float | None, gamma: float | None, theta: float | None, vega: float | None,
        t: float, refused: Counter[str],
    ) -> bool:  # fmt: skip
        """Greeks and IV given by the row, and whether any of the four that rules read is news.

        Null is no news, out of bounds is refused, and what is modelled is not taken.
        """
        modelled, view, taken = self.terms.modelled, self.view, False
        if delta is not None and "delta" not in modelled:
            if -1.0 <= delta <= 1.0:
                view.delta, self._delta_t, taken = delta, t, True
            else:
                bounded(delta, -1.0, 1.0, refused, "delta")
        if gamma is not None and "gamma" not in modelled:
            if 0.0 <= gamma <= 1e9:
                view.gamma, self._gamma_t, taken = gamma, t, True
            else:
                bounded(gamma, 0.0, 1e9, refused, "gamma")
        if theta is not None and "theta" not in modelled:
            if -1e9 <= theta <= 1e9:
                view.theta, self._theta_t, taken = theta, t, True
            else:
                bounded(theta, -1e9, 1e9, refused, "theta")
        if iv is not None and "iv" not in modelled:
            if 1e-12 <= iv <= 5.0:
                view.iv, self._iv_t, taken = iv, t, True
            else:
                bounded(iv, 1e-12, 5.0, refused, "iv")
        if vega is not None and "vega" not in modelled:
            if -1e9 <= vega <= 1e9:
                self.vega = vega
            else:
                bounded(vega, -1e9, 1e9, refused, "vega")
        return taken

    @property
    def models(self) -> frozenset[str]:
        """The Greeks that are modelled now, and not given by the feed."""
        if not self.is_option:
            return NONE
        return ALL if self.stands_in else self.terms.modelled

    def _lacks(self, t: float) -> bool:
        """Whether a live feed has given no Greeks for so long that all of them are modelled from now on.

        What is given and what is modelled differ a little, so at a change none is compared with those before it.
        """
        if not self.terms.models_lacking or not self.is_option or not self.view.rows:
            return False
        if self.given_t == NEVER:
            self.given_t = t
        lacks = t - max(self.given_t, self.greeks_t) > self.terms.greeks_limit_s + 1e-6
        if lacks is not self.stands_in:
            self.stands_in = lacks
            self.history.forget_greeks()
        return lacks

    @property
    def iv(self) -> float:
        """Implied volatility as last observed, however long ago that was, unless the view has found it too old."""
        return self.view.iv

    @property
    def iv_t(self) -> float:
        """When that was."""
        return max(self._iv_t, self.greeks_t)

    @property
    def delta(self) -> float:
        """Delta, as `iv`."""
        return self.view.delta

    @property
    def delta_t(self) -> float:
        """When that was."""
        return max(self._delta_t, self.greeks_t)

    # ---------------------------------------------------------------- instants

    def settle(self, t: float) -> None:
        """Closes the instant: believes or suspects the mark, models what is lacking, remembers."""
        self.until = NEVER  # the view follows when somebody asks
        bid, ask, mark = self.bid, self.ask, NAN
        if bid is not None and ask is not None and self.suspect != self.suspect:
            mid = 0.5 * (bid + ask)
            if abs(mid - self.accepted) <= self.jump_points and ask - bid <= self.max_spread * mid + 1e-9:
                self.fair = self.accepted = mark = mid  # the usual quote: both sides, neither wide nor a jump
                self.why = ""
                self.judged_t = NEVER
        is_usual = mark == mark
        if not is_usual:
            mark = self._weighed_mark(t)
        view = self.view
        view.mark = mark
        if mark == mark:
            self.mark_t = t
            if t <= self.bar_end:
                self.bar_last = mark
            else:
                self._bar(mark, t)
        if is_usual and self.greeks_t == t:
            if self.stands_in:
                self._lacks(t)
            self.whole_t = t
            self.history.observe_all(t, mark, view.delta, view.theta, view.gamma)
            return
        if self.modelled or self._lacks(t):
            self._model(mark, t)
        self._remember(mark, mark, t)

    def _weighed_mark(self, t: float) -> float:
        """The mark of any other quote: unknown, or a jump to be believed or suspected."""
        self._end_suspicion(t)
        self.fair, self.why = self._fair()
        if self.fair == self.fair:
            made_t = self.last_t if self._marks_by_last() else self.quote_t
            if made_t != self.judged_t and t - made_t <= self.terms.quote_limit_s + 1e-6:
                self.judged_t = made_t  # a quote or trade counts once, and only while it is fresh
                self._judge(self.fair, t)
        return self._mark(t)

    def settle_forward(self, t: float) -> None:
        """Models again because the underlying moved; nothing else of the contract was news."""
        if not (self.modelled or self._lacks(t)) or self.fwd_parity is not None:
            return
        self._end_suspicion(t)
        mark = self._mark(t)  # unknown: so is what is modelled on it
        if self.settled_t != t:
            self.settled_t, self.observed = t, 0
        self._model(mark, t)
        self._remember(NAN, mark, t)
        self.until = NEVER

    def _remember(self, mark: float, stood: float, t: float) -> None:
        """What this instant observed, as far as it did."""
        view, is_all = self.view, self.greeks_t == t
        delta = view.delta if is_all or self._delta_t == t else NAN
        theta = view.theta if is_all or self._theta_t == t else NAN
        gamma = view.gamma if is_all or self._gamma_t == t else NAN
        self.history.observe(t, mark, delta, theta, gamma, stood)

    def refresh(self, t: float) -> None:
        """The view at instant `t`: what has grown too old is unknown, lookbacks and bars move on."""
        view, under = self.view, self.underlying
        view.t = t
        if t > under.until:
            under.advance(t)
        if under.version != self.underlying_version:
            self.underlying_version = under.version
            view.underlying = under.price if t - under.price_t <= self.underlying_limit_s else NAN
            if under.features_version != self.features_version:
                self._copy_features()
        if t <= self.until:
            return
        if self.suspect == self.suspect:
            self._end_suspicion(t)
        if t > self.bar_end:
            self._close_bar()
        self.history.fill(view, t)
        if t > self.volume.until:
            view.volume_ratio, view.volume_ratio_before = self.volume.ratios(t)
        if self.whole_t == t:  # all was observed at this very instant; how long it stands matters when no row follows
            self.until = t
        else:
            until = min(self._refresh_aged(t), self.history.stands_until(t), self.volume.until)
            self.until = max(min(until, self.bar_end) if self.bar_end == self.bar_end else until, t)

    def _refresh_aged(self, t: float) -> float:
        """Mark and Greeks, some of which were observed earlier; returns until when they stand."""
        view, terms = self.view, self.terms
        view.mark = self._mark(t)
        until = inf
        if view.mark == view.mark:
            until = t - self.quote_age_s(t) + terms.quote_limit_s
        elif self.suspect == self.suspect:
            until = self.suspect_t + terms.jump_s - 2e-6
        oldest, greeks_t = t - 1e-6 - terms.greeks_limit_s, self.greeks_t
        for name, seen_t in (
            ("delta", self._delta_t), ("gamma", self._gamma_t), ("theta", self._theta_t), ("iv", self._iv_t),
        ):  # fmt: skip
            newest_t = seen_t if seen_t > greeks_t else greeks_t
            if newest_t < oldest:
                setattr(view, name, NAN)
            elif newest_t < until - terms.greeks_limit_s:
                until = newest_t + terms.greeks_limit_s
        return until

    def _copy_features(self) -> None:
        """Everything of the underlying but its price."""
        view, under = self.view, self.underlying
        self.features_version = under.features_version
        view.momentum = under.momentum
        view.volatility_bps = under.volatility_bps
        view.rsi = under.rsi
        view.rsi_ago = under.rsi_ago
        view.close = under.close
        view.close_ago = under.close_ago
        view.underlying_volume_ratio = under.volume_ratio
        view.regime = under.regime

    # ---------------------------------------------------------------- the mark

    def _marks_by_last(self) -> bool:
        """Whether the last trade may stand for a quote: neither side was said, or the recording never says one."""
        return self.pair == UNSAID or not self.terms.has_quotes

    def _fair(self) -> tuple[float, str]:
        """The mark of the held quote and, when there is none, why."""
        bid, ask = self.bid, self.ask
        if bid is not None and ask is not None:
            mid = 0.5 * (bid + ask)
            if ask - bid <= self.max_spread * mid + 1e-9:
                return mid, ""
            return NAN, f"spread wider than {self.terms.max_spread_pct:.0f} % of mid"
        if self._marks_by_last():
            if self.last is not None:
                return self.last, ""
            return NAN, "never quoted"
        if self.pair == CROSSED:
            return NAN, "bid above ask"
        if bid is None and ask is None:
            return NAN, "not quoted"
        return NAN, "no bid" if bid is None else "no ask"

    def _judge(self, fair: float, t: float) -> None:
        """Believes a new mark, or suspects it when it jumped and nobody has confirmed it."""
        terms = self.terms
        if self.suspect == self.suspect:
            agrees = abs(fair - self.suspect) <= terms.agree_pct / 100.0 * self.suspect + 1e-9
            if agrees or not self._jumped(fair):
                self.suspect = NAN
            else:
                self.suspect = fair
                return
        elif t - self.mark_t <= terms.jump_s + 1e-6 and self._jumped(fair):
            self.suspect, self.suspect_t = fair, t
            return
        self.accepted = fair

    def _jumped(self, fair: float) -> bool:
        moved = abs(fair - self.accepted)
        return moved > self.terms.jump_pct / 100.0 * self.accepted + 1e-9 and (moved > self.jump_points)

    def _end_suspicion(self, t: float) -> None:
        """A jump that has stood for 2 s is believed from that instant on, whoever asks first and when."""
        if t - self.suspect_t >= self.terms.jump_s - 1e-6 and self.suspect == self.suspect:
            self.suspect = NAN
            if self.fair == self.fair:
                self.accepted, self.mark_t = self.fair, self.suspect_t + self.terms.jump_s
                self._bar(self.fair, self.mark_t)
                self.history.observe(self.mark_t, self.fair, NAN, NAN)

    def _mark(self, t: float) -> float:
        """The mark at instant `t`: the held quote's, unless it is too old or suspect."""
        fair = self.fair
        if fair != fair:
            return NAN
        if self.is_suspect(t):
            self.why = f"suspect: jumped to {self.suspect:g}"
            return NAN
        if self.quote_age_s(t) > self.terms.quote_limit_s + 1e-6:
            self.why = "quote too old"
            return NAN
        return fair

    def quote_age_s(self, t: float) -> float:
        """Age of what the mark is made of."""
        return t - (self.last_t if self._marks_by_last() else self.quote_t)

    def is_suspect(self, t: float) -> bool:
        """Whether a jump waits for a second quote."""
        return self.suspect == self.suspect and t - self.suspect_t < self.terms.jump_s - 1e-6

    def executable(self, side: float, t: float) -> float | None:
        """The price at which `side` (+1 buys, -1 sells) could trade now: ask or bid of a fresh quote; else None.

        The last trade stands in only in a recording without any bid or ask.
        """
        if not self.terms.has_quotes:
            return self.last if t - self.last_t <= self.terms.quote_limit_s + 1e-6 else None
        if t - self.quote_t > self.terms.quote_limit_s + 1e-6:
            return None
        return self.ask if side > 0 else self.bid

    def quoted_until(self, t: float) -> float:
        """Until when `executable` says what it says at `t`, if no row comes."""
        until = (self.quote_t if self.terms.has_quotes else self.last_t) + self.terms.quote_limit_s
        return until if t <= until + 1e-6 else inf

    # ---------------------------------------------------------------- bars and Greeks

    def _bar(self, mark: float, t: float) -> None:
        """One-minute bars (m, m + 60] of the mark; a bar opens at the close before it."""
        if not t <= self.bar_end:
            opened = self.bar_last
            self._close_bar()
            minute = t / 60.0
            end = float(int(minute)) * 60.0
            self.bar_end = end if end >= t else end + 60.0
            self.bar_first = opened if opened == opened else mark
        self.bar_last = mark

    def _close_bar(self) -> None:
        """The bar's end has passed: it becomes the last completed one."""
        if self.bar_end != self.bar_end:
            return
        view = self.view
        view.last_open, view.last_close, view.last_t = view.bar_open, view.bar_close, view.bar_t
        view.bar_open, view.bar_close, view.bar_t = self.bar_first, self.bar_last, self.bar_end - 60.0
        if view.last_close == view.last_close:
            self.noise_changes.append(abs(view.bar_close - view.last_close))
            if len(self.noise_changes) > 20:
                del self.noise_changes[0]
            if len(self.noise_changes) == 20:
                view.noise = sum(self.noise_changes) / 20.0
        self.bar_end = NAN

    def _model(self, mark: float, t: float) -> None:
        """Black-76 for what the recording has no column for, and for all that a live feed lacks (exits.md 8)."""
        modelled, instrument = self.models, self.instrument
        under = self.underlying
        is_fresh = t - under.price_t <= self.underlying_limit_s
        forward = self.fwd_parity or (under.price if is_fresh else NAN)
        years = (self.view.expiry_t - t) / YEAR_S
        strike = instrument.strike
        if strike is None or forward != forward or not years > 0.0:
            return
        is_call = instrument.right == "C"
        view = self.view
        iv = view.iv if self._iv_t >= t - self.terms.greeks_limit_s - 1e-6 else NAN
        if "iv" in modelled:
            iv = NAN
            if mark == mark:
                found = implied_volatility(mark, forward, strike, years, is_call)
                if found is not None:
                    iv = found
            view.iv, self._iv_t = iv, t
        if iv == iv:
            self.observed |= GREEKS
            g = black76(forward, strike, years, iv, is_call)
        else:
            g = (NAN, NAN, NAN, NAN, NAN)
        if "delta" in modelled:
            view.delta, self._delta_t = g[0], t
        if "gamma" in modelled:
            view.gamma, self._gamma_t = g[1], t if iv == iv else NEVER
        if "theta" in modelled:
            view.theta, self._theta_t = g[2], t
        if "vega" in modelled:
            self.vega = g[3]
