"""Executions told once each: doubled, in any order, with fees before, after or never, and corrected."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from cockpit.brokers.ib.executions import Execution, Executions, execution_of, newest
from cockpit.brokers.ib.names import Names
from cockpit.domain.order import Fill
from cockpit.events import Noticed
from tests.tws.library import api
from tests.tws.scene import call

ONE = Execution(
    id="0000e0d5.6a.01", revision="01", ref="P1", contract=None, side="sell", contracts=2, price=Decimal("9.8"),
    fees=None, whose="", perm_id=1,
)  # fmt: skip


def library_fill(exec_id: str = "0000e0d5.6a.01.02", *, contract: Any = None, **terms: Any) -> Any:
    usual: dict[str, Any] = {"execId": exec_id, "side": "SLD", "shares": 2.0, "price": 9.8, "orderRef": "S0003:P1"}
    return api.Fill(contract or call(), api.Execution(**(usual | terms)), api.CommissionReport(), None)


def test_the_librarys_fill() -> None:
    fill = library_fill(clientId=7, permId=12)
    execution = execution_of(fill, Names("S0003"), 7)
    assert execution is not None
    assert (execution.id, execution.revision, execution.ref) == ("0000e0d5.6a.01", "02", "P1")
    assert (execution.side, execution.contracts, execution.price) == ("sell", 2, Decimal("9.8"))
    assert execution.fees is None
    fill.commissionReport.execId, fill.commissionReport.commission = fill.execution.execId, 0.0
    charged = execution_of(fill, Names("S0003"), 7)
    assert charged is not None
    assert charged.fees == Decimal(0)


def test_a_liquidation_is_the_brokers() -> None:
    execution = execution_of(library_fill(orderRef="", liquidation=1), Names("S0003"), 7)
    assert execution is not None
    assert (execution.ref, execution.whose) == (None, "by the broker, as a liquidation")


@pytest.mark.parametrize(
    "fill",
    [
        library_fill(contract=api.Contract(secType="BAG")),
        library_fill(shares=0.0),
        library_fill(price=float("nan")),
    ],
)
def test_what_is_no_trade_of_one_contract_is_passed_over(fill: Any) -> None:
    assert execution_of(fill, Names("S0003"), 7) is None


def told(executions: Executions, execution: Execution, *, wait: bool = True) -> tuple[Fill | Noticed, ...]:
    return executions.take(execution, 1, wait=wait).tell


def test_a_fill_waits_for_its_fees_and_is_told_once() -> None:
    executions = Executions()
    assert told(executions, ONE) == ()
    (fill,) = executions.charge(ONE.id, Decimal("1.3"), 2)
    assert (fill.id, fill.ref, fill.contracts, fill.fees) == (ONE.id, "P1", 2, Decimal("1.3"))
    assert executions.charge(ONE.id, Decimal("1.3"), 3) == ()
    assert executions.due(4) == []
    assert told(executions, replace(ONE, fees=Decimal("1.3"))) == ()


def test_fees_that_come_too_late_are_told_with_the_same_id() -> None:
    executions = Executions()
    told(executions, ONE)
    (without,) = executions.due(2, ref="P1")
    (later,) = executions.charge(ONE.id, Decimal("1.3"), 3)
    assert (without.fees, later.fees) == (Decimal(0), Decimal("1.3"))
    assert replace(later, fees=Decimal(0), at_ns=2) == without


def test_fills_wait_each_by_itself() -> None:
    executions = Executions()
    for id in ("a", "b"):
        told(executions, replace(ONE, id=id, ref=f"P-{id}"))
    assert [fill.id for fill in executions.due(1, ref="P-b")] == ["b"]
    assert [fill.id for fill in executions.due(1, id="a")] == ["a"]


def test_any_order_and_any_repetition_tells_the_same() -> None:
    three = [replace(ONE, id=id, fees=Decimal(1)) for id in "abc"]
    for order in permutations([*three, three[0]]):
        executions = Executions()
        fills = [fill for each in order for fill in told(executions, each)]
        assert sorted(fill.id for fill in fills if isinstance(fill, Fill)) == ["a", "b", "c"]


def test_a_correction_is_no_other_trade() -> None:
    executions = Executions()
    told(executions, ONE, wait=False)
    (notice,) = told(executions, replace(ONE, revision="02", price=Decimal("9.7")))
    assert isinstance(notice, Noticed)
    assert notice.severity == "critical"
    assert "2 @ 9.80 to 2 @ 9.70" in notice.text
    assert told(executions, replace(ONE, revision="02", price=Decimal("9.7"))) == ()
    assert told(executions, ONE) == ()
    assert told(executions, replace(ONE, revision="03", price=Decimal("9.7"))) == ()


def test_of_a_list_with_corrections_the_last_counts() -> None:
    other = replace(ONE, id="other")
    listed = [replace(ONE, revision="02", price=Decimal("9.7")), other, ONE]
    assert newest(listed) == [listed[0], other]


def test_what_an_earlier_run_has_told_is_no_news() -> None:
    executions = Executions()
    executions.remember([ONE.id], "P1")
    assert executions.take(replace(ONE, fees=Decimal(1)), 1, wait=True) == (False, ())
    assert executions.of("P1", 1) == []
