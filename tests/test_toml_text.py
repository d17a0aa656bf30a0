"""What the cockpit writes is what TOML reads."""

import math
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.toml_text import toml_text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
scalars = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), texts, st.lists(st.integers(0, 9))
)
tables = st.recursive(
    st.dictionaries(texts, scalars, max_size=4),
    lambda inner: st.dictionaries(
        texts, st.one_of(scalars, inner, st.lists(inner, min_size=1, max_size=3)), max_size=4
    ),
    max_leaves=12,
)


@given(tables)
def test_every_table_is_read_back_as_it_was(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(table)) == table


def test_numbers_have_no_needless_decimals() -> None:
    assert toml_text({"a": 600.0, "b": 0.08, "c": True, "d": 1e16}) == "a = 600\nb = 0.08\nc = true\nd = 1e+16\n"


def test_not_a_number_is_written_as_such() -> None:
    assert math.isnan(tomllib.loads(toml_text({"a": math.nan}))["a"])


def test_lists_of_tables_stand_below_the_values() -> None:
    text = toml_text({"rules": [{"rule": "a", "stages": [{"x": 1}]}, {"rule": "b"}], "name": "mine"})
    assert text.splitlines() == [
        'name = "mine"', "", "[[rules]]", 'rule = "a"', "", "[[rules.stages]]", "x = 1", "", "[[rules]]", 'rule = "b"'
    ]  # fmt: skip


def test_what_toml_does_not_know_is_an_error() -> None:
    with pytest.raises(TypeError, match="NoneType has no place in TOML"):
        toml_text({"a": None})
