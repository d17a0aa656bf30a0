"""The only things that cross from the window to the engine and back can cross into another process too."""

import pickle
from collections.abc import Callable
from typing import Any, get_args

import msgspec
import pytest

from cockpit.commands import Acknowledged, Command
from cockpit.frame import Frame
from tests.widgets import frames
from tests.widgets.frames_live import STATES

EXAMPLES: dict[str, dict[str, Any]] = {
    "Reduce": {"position": "P0001", "fraction": 0.25},
    "Close": {"position": "P0001"},
    "CancelExit": {"position": "P0001"},
    "Flatten": {},
    "Veto": {"position": "P0001", "rule": "theta_decay"},
    "Unveto": {"position": "P0001"},
    "GoNow": {"position": "P0001"},
    "HoldUntil": {"position": "P0001", "for_s": 60.0},
    "TakeOver": {"position": "P0001"},
    "HandBack": {"position": "P0001"},
    "SetMode": {"position": "P0001", "mode": "confirm"},
    "SetStop": {"position": "P0001", "price": 76.5, "was": 76.0},
    "StopToBreakEven": {"position": "P0001"},
    "StopByTicks": {"position": "P0001", "ticks": -1},
    "SetSession": {"state": "halted"},
    "Arm": {"account": "U7654321"},
    "Kill": {"scope": "underlying", "underlying": "SPY"},
    "Reconcile": {},
    "ResetCooldown": {"reason": "seen"},
    "Enter": {"symbol": "NIFTY26AUG26150CE", "side": "buy", "contracts": 65},
    "AskMargin": {"symbol": "NIFTY26AUG26150CE", "side": "buy", "contracts": 65},
    "Acknowledge": {},
    "Watch": {"position": "P0001"},
    "WatchChain": {"underlying": "NIFTY", "expiry": "2026-08-25"},
    "ApplyProfile": {"toml": 'name = "mine"', "positions": ("P0001",), "as_default": False},
}


@pytest.mark.parametrize("kind", get_args(Command), ids=lambda kind: kind.__name__)
def test_every_command_pickles(kind: type[msgspec.Struct]) -> None:
    command = kind(**EXAMPLES[kind.__name__])
    assert pickle.loads(pickle.dumps(command)) == command


@pytest.mark.parametrize("make", [*frames.ALL.values(), *STATES.values()])
def test_every_frame_pickles(make: Callable[[], Frame]) -> None:
    frame = make()
    assert pickle.loads(pickle.dumps(frame)) == frame


def test_answers_pickle() -> None:
    said = Acknowledged(accepted=False, said="an exit is working")
    assert pickle.loads(pickle.dumps(said)) == said
