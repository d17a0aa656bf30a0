"""`cockpit doctor --ib`: a line a finding about TWS or Gateway, each with its remedy."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.cli.application import main
from cockpit.cli.doctor import line
from cockpit.cli.doctor_ib import account, api, broker_clock
from cockpit.feeds.ib.examine import Examined
from tests.tws.scene import LISTINGS, SPY
from tests.tws.server import LoopbackTws

SOUND = Examined(server_version=176, accounts=("DU1",), is_read_only=False, ahead_s=0.2, quotes="")


@pytest.fixture
def tws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackTws]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with LoopbackTws() as server:
        server.control.list_contracts(LISTINGS)
        server.control.quote(SPY, 499.99, 500.01, 500.0)
        yield server


def examined(server: LoopbackTws, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = main(["doctor", "--ib", f"127.0.0.1:{server.port}"])
    lines = capsys.readouterr().out.splitlines()
    return code, lines[next(n for n, told in enumerate(lines) if told[2:].startswith("broker:")) :]


def test_a_sound_gateway(tws: LoopbackTws, capsys: pytest.CaptureFixture[str]) -> None:
    assert examined(tws, capsys) == (0, [
        f"✓ broker: 127.0.0.1:{tws.port} answers, server version 176",
        "✓ account: DU1234567, paper",
        "✓ API: takes orders; recording sends none",
        "✓ broker's clock: within 2 s of this machine's",
        "✓ quotes: those of SPY come",
    ])  # fmt: skip


def test_what_is_not_well_warns_with_a_remedy(tws: LoopbackTws, capsys: pytest.CaptureFixture[str]) -> None:
    tws.control.read_only()
    tws.control.clock_skew(30)
    tws.control.permission(SPY, "none")
    code, lines = examined(tws, capsys)
    assert code == 0
    assert re.fullmatch(r"! broker's clock: (29|30|31) s ahead of this machine's: set the clock .* by NTP", lines[3])
    assert [lines[2], *lines[4:]] == [
        "✓ API: read-only, which is enough to record",
        "! quotes: No quotes of SPY (354): the account has no permission for live quotes; subscribe to them in Client "
        "Portal under Market Data Subscriptions, and let a paper account share those of its live account",
    ]


def test_a_closed_port_is_broken(tws: LoopbackTws, capsys: pytest.CaptureFixture[str]) -> None:
    tws.control.go_down()
    code, lines = examined(tws, capsys)
    assert code == 3
    assert len(lines) == 1
    assert lines[0].startswith(
        f"✗ broker: Nobody listens at 127.0.0.1:{tws.port}: start TWS or Gateway, enable its API"
    )


def test_a_wrong_address_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--ib", "somewhere"]) == 3
    assert "--ib: 'somewhere' is not HOST:PORT or HOST:PORT:CLIENT" in capsys.readouterr().err


def test_a_live_account_is_named_so() -> None:
    assert line(account("U7654321")) == "✓ account: U7654321, live, its orders are for real money"


def test_what_could_not_be_told_warns() -> None:
    assert line(api(None)).startswith("! API: whether it is read-only could not be told: look at Read-Only API")
    assert line(broker_clock(replace(SOUND, ahead_s=None))).startswith("! broker's clock: it did not tell the time: ")
    assert "3 s behind this machine's" in line(broker_clock(replace(SOUND, ahead_s=-3.4)))
