"""What the broker's numbered messages about an order mean, and what a trader can do about them."""

_REMEDIES = {
    103: "the order number was used already: it is placed again under another",
    104: "the order has filled, so it cannot be changed",
    105: "the change does not match the order: cancel it and send another",
    109: "the price is too far from the market: correct the limit, or raise the limit in the precautions of TWS",
    110: "the price is not on the exchange's step: correct the limit",
    135: "the order that it belongs to has ended",
    154: "the contract is halted: wait until it trades again",
    161: "the order could not be cancelled in the state it was in",
    163: "the price is outside the precautions of TWS: correct it, or change them in Global Configuration → Presets",
    200: "the broker does not know the contract: it may have expired",
    201: "the broker refused it",
    203: "the account may not trade this contract: ask for the permission in Client Portal",
    321: "the API is read-only, or a field is wrong: untick Read-Only API in Global Configuration → API → Settings",
    329: "the order's type cannot be changed: cancel it and send another",
    383: "it is larger than the precautions of TWS allow: change them in Global Configuration → Presets",
    387: "the exchange does not take this type of order for the contract",
    434: "the order has no contracts",
    463: "a percentage in the precautions of TWS stops it: change them in Global Configuration → Presets",
    10147: "the broker knows no such order to cancel",
    10148: "it was too late to cancel",
    10326: "an order cannot change its group",
}
_REFUSALS = frozenset(
    (103, 109, 110, 111, 135, 154, 163, 200, 201, 203, 321, 355, 381, 382, 383, 387, 388, 392, 396, 411,
     434, 463, 10000, 10043, 10051, 10052, 10289, 10311)
)  # fmt: skip
_NOTICES = frozenset((399, 404, 10349, 10354, 10167))
CANCELLED = 202
OFF_STEP = 110
READ_ONLY = 321
TOO_FAST = 100
ANSWERS_TO_A_CANCEL = frozenset((161, 10147, 10148, 10149))


def is_notice(code: int) -> bool:
    """Whether it refuses nothing, whatever the library makes of it."""
    return code in _NOTICES or 2100 <= code < 2200


def is_refusal(code: int) -> bool:
    """Whether an order that was never acknowledged is over with it."""
    return code in _REFUSALS


def sentence(code: int, text: str) -> str:
    """The message with its remedy: "… (201): the broker refused it — No trading permission"."""
    reason = " ".join(text.replace("<br>", " ").split()).rpartition("reason:")[2].strip() or "no reason given"
    remedy = _REMEDIES.get(code)
    return f"{reason} ({code})" if remedy is None else f"{remedy} ({code}: {reason})"


def has_expired(words: str) -> bool:
    """Whether a cancellation was the end of the order's time."""
    return "expire" in words.lower()
