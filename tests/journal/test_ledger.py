"""The ledger's hash says that two sessions decided the same, and nothing else."""

import hashlib
from dataclasses import replace

from cockpit.journal.ledger import Ledger, line
from cockpit.journal.store import Store, open_journal
from tests.journal.examples import STORY, alert, command, session, stop, tell, verdict


def hashed(*records: object) -> str:
    ledger = Ledger()
    for record in records:
        ledger.add(record)  # pyright: ignore[reportArgumentType]
    return ledger.hexdigest()


def test_it_is_the_sha256_of_its_lines() -> None:
    text = '["stops",1700000060000000000,"P0001",49.0,"premium","protective_stop","trailed"]\n'
    assert hashed(stop(1, 49.0)) == hashlib.sha256(text.encode()).hexdigest()


def test_floats_are_exact_and_keys_in_one_order() -> None:
    one = replace(verdict(), readings={"b": 0.1 + 0.2, "a": None})
    other = replace(verdict(), readings={"a": None, "b": 0.30000000000000004})
    assert line(one) == line(other)
    assert b'{"a":null,"b":0.30000000000000004}' in line(one)


def test_order_matters_and_every_field_does() -> None:
    assert hashed(verdict(1), verdict(2)) != hashed(verdict(2), verdict(1))
    assert hashed(verdict(1)) != hashed(replace(verdict(1), status="vetoed"))


def test_commands_alerts_and_sessions_stay_out_of_it() -> None:
    assert hashed(command(1, {}), alert(), session()) == hashed()


def test_the_journal_has_the_same_ledger_for_any_batching() -> None:
    with open_journal(None) as one_by_one, open_journal(None) as at_once:
        tell(one_by_one)
        at_once.begin(session())
        at_once.write(STORY, durable=True)
        assert one_by_one.ledger().hexdigest() == at_once.ledger().hexdigest() == hashed(*STORY)
        assert one_by_one.ledger().rows == sum(record.LEDGER for record in STORY)


def test_two_sessions_in_one_journal_have_their_own(kept: Store) -> None:
    tell(kept, STORY, "S0001")
    tell(kept, STORY[:3], "S0002")
    assert kept.ledger("S0001").hexdigest() == hashed(*STORY)
    assert kept.ledger("S0002").hexdigest() == hashed(*STORY[:3])
