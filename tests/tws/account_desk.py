"""Answers what clients ask about accounts and positions, and tells subscribers when a position changes."""

from tests.tws.gateway import Gateway
from tests.tws.ledger import Account, Holding, Ledger
from tests.tws.market import Market
from tests.tws.session import Session
from tests.tws.wire import Field, Reader


class AccountDesk:
    def __init__(self, gateway: Gateway, market: Market, ledger: Ledger) -> None:
        self._gateway = gateway
        self._market = market
        self._ledger = ledger
        self._position_subscribers: set[Session] = set()
        self._portfolio_subscribers: dict[Session, Account] = {}
        self._multi_subscribers: dict[tuple[Session, int], Account] = {}
        gateway.on_end.append(self._forget)
        gateway.handle(
            {
                "reqPositions": self._positions,
                "cancelPositions": lambda session, reader: self._position_subscribers.discard(session),
                "reqPositionsMulti": self._positions_multi,
                "cancelPositionsMulti": lambda session, reader: None,
                "reqAccountUpdates": self._updates,
                "reqAccountUpdatesMulti": self._updates_multi,
                "cancelAccountUpdatesMulti": self._end_multi,
                "reqAccountSummary": self._summary,
                "cancelAccountSummary": lambda session, reader: None,
            }
        )

    def changed(self, account: str, con_id: int) -> None:
        """Tell every subscriber what is now held of one contract, zero included."""
        held = self._ledger.accounts[account]
        holding = held.holdings[con_id]
        for session in self._position_subscribers:
            self._gateway.push(session.client_id, *_position(account, holding))
        for session, subscribed in self._portfolio_subscribers.items():
            if subscribed is held:
                self._gateway.push(session.client_id, *self._portfolio(account, holding))

    def value_changed(self, account: str, tag: str) -> None:
        held = self._ledger.accounts[account]
        value, currency = held.values[tag]
        for session, subscribed in self._portfolio_subscribers.items():
            if subscribed is held:
                self._gateway.push(session.client_id, 6, 2, tag, value, currency, account)
        for (session, request), subscribed in self._multi_subscribers.items():
            if subscribed is held:
                self._gateway.push(session.client_id, 73, 1, request, account, "", tag, value, currency)

    def _positions(self, session: Session, reader: Reader) -> None:
        self._position_subscribers.add(session)
        for account in self._ledger.accounts.values():
            for holding in _held(account):
                session.send(*_position(account.name, holding))
        session.send(62, 1)

    def _positions_multi(self, session: Session, reader: Reader) -> None:
        reader.word()
        request, name, model = reader.whole(), reader.word(), reader.word()
        for account in self._ledger.accounts.values():
            for holding in _held(account) if name in ("", account.name) else []:
                contract = holding.contract.fields()
                session.send(71, 1, request, account.name, *contract, holding.quantity, holding.cost, model)
        session.send(72, 1, request)

    def _updates(self, session: Session, reader: Reader) -> None:
        reader.word()
        subscribes, account = reader.flag(), self._account(reader.word())
        if not subscribes:
            self._portfolio_subscribers.pop(session, None)
            return
        self._portfolio_subscribers[session] = account
        for tag, (value, currency) in account.values.items():
            session.send(6, 2, tag, value, currency, account.name)
        for holding in _held(account):
            session.send(*self._portfolio(account.name, holding))
        session.send(8, 1, self._gateway.time_text()[9:14])
        session.send(54, 1, account.name)

    def _updates_multi(self, session: Session, reader: Reader) -> None:
        reader.word()
        request, account, model = reader.whole(), self._account(reader.word()), reader.word()
        self._multi_subscribers[session, request] = account
        for tag, (value, currency) in account.values.items():
            session.send(73, 1, request, account.name, model, tag, value, currency)
        session.send(74, 1, request)

    def _end_multi(self, session: Session, reader: Reader) -> None:
        reader.word()
        self._multi_subscribers.pop((session, reader.whole()), None)

    def _summary(self, session: Session, reader: Reader) -> None:
        reader.word()
        request, _group, tags = reader.whole(), reader.word(), reader.word().split(",")
        for account in self._ledger.accounts.values():
            for tag, (value, currency) in account.values.items():
                if tag in tags:
                    session.send(63, 1, request, account.name, tag, value, currency)
        session.send(64, 1, request)

    def _account(self, name: str) -> Account:
        first = next(iter(self._ledger.accounts.values()))
        return self._ledger.accounts.get(name, first)

    def _portfolio(self, account: str, holding: Holding) -> list[Field]:
        c = holding.contract
        quote = self._market.of(c.con_id).quote
        price = next((side for side in (quote.last, quote.bid, quote.ask) if side is not None), 0.0)
        value = price * c.size * holding.quantity
        unrealised = value - holding.cost * holding.quantity
        named = (c.con_id, c.symbol, c.sec_type, c.expiry, c.strike, c.right, c.multiplier, c.primary_exchange)
        worth = (holding.quantity, price, value, holding.cost, unrealised, holding.realised)
        return [7, 8, *named, c.currency, c.local_symbol, c.trading_class, *worth, account]

    def _forget(self, session: Session) -> None:
        self._position_subscribers.discard(session)
        self._portfolio_subscribers.pop(session, None)
        for key in [key for key in self._multi_subscribers if key[0] is session]:
            del self._multi_subscribers[key]


def _held(account: Account) -> list[Holding]:
    return [holding for holding in account.holdings.values() if holding.quantity]


def _position(account: str, holding: Holding) -> list[Field]:
    """A position names no exchange to trade it on, but the primary one."""
    fields = holding.contract.fields()
    fields[7] = holding.contract.primary_exchange
    return [61, 3, account, *fields, holding.quantity, holding.cost]
