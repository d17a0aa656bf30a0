"""What `cockpit doctor` says of one thing it looked at."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: what was looked at, how it is, and the remedy where it is not well."""

    check: str
    state: State
    said: str
    remedy: str = ""


def of_sentence(check: str, state: State, sentence: str) -> Finding:
    """A finding of an error's sentence, whose remedy stands behind the first colon."""
    said, _, remedy = sentence.rstrip(".").partition(": ")
    return Finding(check=check, state=state, said=said, remedy=remedy)
