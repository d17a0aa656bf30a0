"""The vector registers of the processor, cleared before a text is painted.

Qt's fills leave the upper halves of the registers in use. The code that blends letters into a picture is made for older
processors that have the lower halves alone; while the upper ones are in use, each of its steps waits for the one
before it: a text then takes three times as long, until anything clears them. A vector operation of numpy does, behind
its own work. Where a processor knows no such halves that is a quarter of a microsecond, and nothing else.
Source: measured, Qt 6.11 on AMD Zen 5; Intel, Optimization Reference Manual, "Mixing AVX code with SSE code".
"""

import numpy as np

_FEW = np.zeros(16)  # with fewer, numpy takes them one by one


def clear() -> None:
    """For the thread that calls, until it fills something again."""
    np.negative(_FEW, _FEW)
