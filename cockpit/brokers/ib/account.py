"""Which account is traded, whether its money is real, and what it is worth."""

from collections.abc import Iterable, Sequence
from typing import Any

from cockpit.brokers.ib.translate import number
from cockpit.domain.errors import BadInput
from cockpit.events import AccountTold

_BASE = "BASE"
_TAGS = {
    "NetLiquidation": "net_liquidation",
    "AvailableFunds": "available",
    "BuyingPower": "buying_power",
    "ExcessLiquidity": "excess",
    "InitMarginReq": "initial_margin",
    "MaintMarginReq": "maintenance_margin",
    "UnrealizedPnL": "unrealised",
    "RealizedPnL": "realised",
}


def choose(managed: Sequence[str], wanted: str | None) -> str:
    """The account that is traded; raises BadInput naming the option when that is not plain."""
    names = ", ".join(managed)
    if wanted is None:
        if len(managed) == 1:
            return managed[0]
        raise BadInput(f"--account: this login manages {names or 'no account'}; name the one to trade.")
    if wanted not in managed:
        raise BadInput(f"--account: {wanted!r} is not an account of this login, which manages {names}; correct it.")
    return wanted


def told(account: str, values: Iterable[Any], at_ns: int) -> AccountTold | None:
    """What the library has heard of an account; None before its worth is known. Profits are of all currencies."""
    by_tag: dict[str, dict[str, Any]] = {}
    for value in values:
        if value.account == account and value.tag in _TAGS:
            by_tag.setdefault(value.tag, {})[value.currency] = value.value
    worth = by_tag.get("NetLiquidation")
    if not worth:
        return None
    currency = next((name for name in worth if name != _BASE), _BASE)
    figures: dict[str, float | None] = {}
    for tag, name in _TAGS.items():
        of_currency = by_tag.get(tag, {})
        figures[name] = figure(of_currency.get(_BASE) if _BASE in of_currency else of_currency.get(currency))
    return AccountTold(at_ns, account, currency, **figures)


def figure(value: Any) -> float | None:
    """A number that the library gives as a text or a float; None for what is not told."""
    told = number(value)
    return None if told is None else float(told)
