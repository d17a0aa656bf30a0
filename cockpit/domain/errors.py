"""What is said to a user whose input cannot be used."""


class BadInput(Exception):
    """A file, option or command that cannot be used; the message is one sentence naming it and the remedy."""


class NoBroker(BadInput):
    """A broker that cannot be reached, or does not answer; the message is one sentence naming it and the remedy."""


class Refused(Exception):
    """An order, entry or command that the session does not take; the message is the reason shown to the trader."""
