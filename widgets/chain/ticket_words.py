"""All words of a ticket at one instant: contract, figures, and what stands over its buttons."""

from typing import NamedTuple

from cockpit.frame import MarginPart, StatusPart
from widgets.chain.chain_lookup import Contract
from widgets.chain.ticket_terms import Draft, Terms, cash, cooldown_s, sentence
from widgets.paint import format as fmt

RING_STEPS = 120  # the ring is painted again when it has moved by one of them
WAITS = "new risk waits, exits do not"


class Fact(NamedTuple):
    """One line of figures."""

    name: str
    value: str
    token: str = "t1"


class Step(NamedTuple):
    """How far the human has come: the review is shown, or the engine has answered (accepted, sentence)."""

    reviewing: bool = False
    answer: tuple[bool, str] | None = None


class Sheet(NamedTuple):
    """What is painted; `kind` of the notice: sentence | off | refused | said | cooldown."""

    title: str = ""
    expiry: str = ""
    quote: str = ""
    contracts: str = ""
    facts: tuple[Fact, ...] = ()
    loss_why: str = ""
    notice: str = ""
    kind: str = ""
    cooldown: str = ""  # 0:41
    share: float = 0.0  # of the cooldown that is left
    labels: tuple[str, ...] = ()  # of the fields


def sheet_of(draft: Draft, contract: Contract, terms: Terms, status: StatusPart, step: Step) -> Sheet:
    """The words for a draft on the newest quotes."""
    waits_s = cooldown_s(status)
    share = waits_s / status.cooldown_total_s if status.cooldown_total_s > 0 else 1.0
    kind, notice = _notice(draft, contract, terms, status, step)
    cell, code = contract.cell, status.currency
    return Sheet(
        title=contract.name,
        expiry=contract.expiry,
        quote=f"bid {fmt.price(cell.bid)} · ask {fmt.price(cell.ask)} · spread {_spread(contract)}",
        contracts=f"{fmt.number(terms.contracts, 0)} contract{'' if terms.contracts == 1 else 's'}",
        facts=(
            Fact("Expected price", fmt.price(terms.expected)),
            Fact("Cost" if draft.side == "buy" else "Received", cash(terms.money, code)),
            Fact("Spread, in and out", cash(terms.spread_cost, code)),
            Fact("Most that can be lost", terms.max_loss, "loss" if terms.max_loss == "unlimited" else "t1"),
        ),
        loss_why=terms.max_loss_why,
        notice=notice,
        kind=kind,
        cooldown=fmt.until(waits_s),
        share=round(share * RING_STEPS) / RING_STEPS,
    )


def margin_fact(margin: MarginPart | None, draft: Draft, contracts: int) -> Fact:
    """What the broker says that the reviewed entry needs; another draft's answer is none."""
    if margin is None or (margin.symbol, margin.side, margin.contracts) != (draft.symbol, draft.side, contracts):
        return Fact("Margin", "told with the review", "t3")
    if margin.is_refused:
        return Fact("Margin", margin.words, "loss")
    left = "" if margin.excess is None else f" · leaves {cash(margin.excess, margin.currency)}"
    return Fact("Margin", f"{cash(margin.initial_change, margin.currency)}{left}")


def _notice(draft: Draft, contract: Contract, terms: Terms, status: StatusPart, step: Step) -> tuple[str, str]:
    """An answer first, then the cooldown, then why it is off, then the sentence to confirm."""
    if step.answer is not None:
        accepted, said = step.answer
        words = f"{said[:1].upper()}{said[1:]}"
        return ("said" if accepted else "refused"), words if words.endswith(".") else f"{words}."
    if cooldown_s(status) > 0.0:
        cause = f"after {status.cooldown_why}; " if status.cooldown_why else ""
        return "cooldown", f"{cause}{WAITS}"
    if terms.refusal:
        return "off", terms.refusal
    return ("sentence", sentence(draft, contract, terms, status.currency)) if step.reviewing else ("", "")


def _spread(contract: Contract) -> str:
    """The spread in percent of the middle."""
    bid, ask = contract.cell.bid, contract.cell.ask
    if bid is None or ask is None or bid + ask <= 0.0:
        return fmt.UNKNOWN
    return f"{fmt.number((ask - bid) / (bid + ask) * 200.0, 2)} %"
