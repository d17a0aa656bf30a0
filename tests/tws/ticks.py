"""Tick types: what each is called on the wire, which request brings it, and its number when data is delayed."""

from dataclasses import dataclass

BID_SIZE, BID, ASK, ASK_SIZE, LAST, LAST_SIZE, HIGH, LOW, VOLUME, CLOSE = range(10)
BID_GREEKS, ASK_GREEKS, LAST_GREEKS, MODEL_GREEKS, OPEN = range(10, 15)
HALTED, LAST_TIMESTAMP = 49, 45

_PRICES = {BID, ASK, LAST, HIGH, LOW, CLOSE, OPEN, *range(15, 21), 35, 37, 50, 51, 52, 57}
_SIZES = {BID_SIZE, ASK_SIZE, LAST_SIZE, VOLUME, 21, 22, 27, 28, 29, 30, 34, 36, 61, 86, 87, 89}
_STRINGS = {25, 26, 32, 33, LAST_TIMESTAMP, 47, 48, 59, 77, 84, 85}
_GREEKS = {BID_GREEKS, ASK_GREEKS, LAST_GREEKS, MODEL_GREEKS}

_ASKED_BY = {
    100: (29, 30),
    101: (27, 28),
    104: (23,),
    105: (87,),
    106: (24,),
    165: (*range(15, 22),),
    221: (37,),
    225: (34, 35, 36, 61),
    232: (37,),
    233: (48,),
    236: (46, 89),
    258: (47,),
    293: (54,),
    294: (55,),
    295: (56,),
    318: (57,),
    375: (77,),
    411: (58,),
    456: (59,),
    588: (86,),
}
_GENERICS_OF: dict[int, set[int]] = {}
for _generic, _types in _ASKED_BY.items():
    for _type in _types:
        _GENERICS_OF.setdefault(_type, set()).add(_generic)

_DELAYED = {
    1: 66,
    2: 67,
    4: 68,
    0: 69,
    3: 70,
    5: 71,
    6: 72,
    7: 73,
    8: 74,
    9: 75,
    14: 76,
    10: 80,
    11: 81,
    12: 82,
    13: 83,
}
_DELAYED[LAST_TIMESTAMP] = 88

_UNKNOWN_IV = _UNKNOWN_PRICE = -1.0
_UNKNOWN_GREEK = -2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeks:
    """One option computation; a number that was not computed travels as −1 (prices, volatility) or −2 (Greeks)."""

    iv: float = _UNKNOWN_IV
    delta: float = _UNKNOWN_GREEK
    price: float = _UNKNOWN_PRICE
    dividend: float = _UNKNOWN_PRICE
    gamma: float = _UNKNOWN_GREEK
    vega: float = _UNKNOWN_GREEK
    theta: float = _UNKNOWN_GREEK
    underlying: float = _UNKNOWN_PRICE

    def words(self) -> tuple[str, ...]:
        numbers = (self.iv, self.delta, self.price, self.dividend, self.gamma, self.vega, self.theta, self.underlying)
        return tuple(str(number) for number in numbers)


def is_price(tick: int) -> bool:
    return tick in _PRICES


def is_wanted(tick: int, generics: set[int]) -> bool:
    """Whether a request that names these generic ticks brings this one; most come unasked."""
    asked_by = _GENERICS_OF.get(tick)
    return not asked_by or not asked_by.isdisjoint(generics)


def tick_fields(request: int, tick: int, words: tuple[str, ...], *, delayed: bool) -> list[str | int] | None:
    """The message of one tick; None for a tick that delayed data does not have."""
    number = _DELAYED.get(tick) if delayed else tick
    if number is None:
        return None
    if tick in _PRICES:
        return [1, 6, request, number, words[0], words[1], 0]
    if tick in _SIZES:
        return [2, 6, request, number, words[0]]
    if tick in _GREEKS:
        return [21, request, number, 0, *words]
    return [46 if tick in _STRINGS else 45, 6, request, number, words[0]]
