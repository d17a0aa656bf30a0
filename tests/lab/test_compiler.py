"""What a chain is compiled from decides where it is kept; without numba one sentence says what to do."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest

from cockpit.domain.errors import BadInput
from cockpit.exits.rule import triggers
from cockpit.lab import compiler
from cockpit.lab.kept import cache_dir
from cockpit.wiring import profile


def test_without_numba_a_sentence_says_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(compiler, "import_module", missing)
    with pytest.raises(
        BadInput, match=r"need numba, which is not installed; .* pip install 'options-cockpit\[lab\]'\."
    ):
        compiler.Compiler()


LIMIT = 1.0
(FIRED,) = triggers(0.5)


def inner(x: float) -> bool:
    return x > LIMIT - 0.5 + FIRED.confidence


def outer(x: float) -> bool:
    return inner(x)


def renewed(function: Callable[..., Any], **changed: Any) -> FunctionType:
    """The function in a module in which these names are others."""
    assert isinstance(function, FunctionType)
    return FunctionType(function.__code__, {**function.__globals__, **changed}, function.__name__)


def test_a_fingerprint_sees_what_is_called_and_its_constants() -> None:
    pytest.importorskip("numba", reason="numba is not installed; it comes with the extra `lab`")
    plain = compiler.fingerprint(outer)
    assert compiler.fingerprint(renewed(outer)) == plain
    found = {
        plain,
        compiler.fingerprint(outer, "another layout"),
        compiler.fingerprint(renewed(outer, inner=lambda x: x >= LIMIT)),
        compiler.fingerprint(renewed(outer, inner=renewed(inner, LIMIT=2.0))),
        compiler.fingerprint(renewed(outer, inner=renewed(inner, FIRED=triggers(0.6)[0]))),
    }
    assert len(found) == 5


def test_what_is_compiled_calls_what_it_called() -> None:
    pytest.importorskip("numba", reason="numba is not installed; it comes with the extra `lab`")
    for apart in (frozenset[str](), frozenset(("inner",))):
        made = compiler.Compiler()(outer, apart)
        assert [made(x) for x in (0.9, 1.0, 1.1)] == [False, False, True]


def test_a_chain_is_kept_as_a_module_that_also_runs_as_it_is() -> None:
    pytest.importorskip("numba", reason="numba is not installed; it comes with the extra `lab`")
    from cockpit.lab.chain import compile_profile

    chain = compile_profile(profile("scalp"))
    kept = [path for path in cache_dir().glob("chain_*.py") if path.read_text() == chain.source]
    assert len(kept) == 1
    assert compile_profile(profile("adaptive")) is chain
    assert compile_profile(profile("ladder")) is not chain
