"""Concepts of text that a unit may know, such as being inside a string of Python code."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONCEPTS", "PYTHON_CONCEPTS", "concepts_of"]

PYTHON_CONCEPTS = ("string", "comment", "indentation", "parentheses")
"""Concepts of Python code: inside a string; inside a comment; in the spaces that indent a line; inside brackets."""

CONCEPTS = ("quotes", "upper case", "position in line")
"""Concepts of any text: between two double quotes of a paragraph; a capital letter; the column, from 0 (a number)."""


def concepts_of(text: str) -> dict[str, NDArray[np.float32]]:
    """Return the value of each concept after each code point, (N,): 1 where it holds and 0 elsewhere, or a number.

    The value after a code point is what a network can know when it has read it. So a string begins after the opening
    quote and ends before the closing one. Names before the opening quote (``r``, ``f``) are not part of a string.

    Args:
        text: A whole document. The concepts of Python are left out if it is no Python code.
    """
    found = {
        "quotes": _quotes(text),
        "upper case": np.array([sign.isupper() for sign in text], dtype=np.float32),
        "position in line": _columns(text),
    }
    try:
        return {**_python(text), **found}
    except (tokenize.TokenError, SyntaxError, ValueError):
        return found


def _columns(text: str) -> NDArray[np.float32]:
    ends = np.array([sign == "\n" for sign in text], dtype=bool)
    places = np.arange(len(text))
    starts = np.maximum.accumulate(np.where(ends, places + 1, 0)) if len(text) else places
    columns: NDArray[np.float32] = np.maximum(0, places - starts + 1).astype(np.float32)
    return columns


def _quotes(text: str) -> NDArray[np.float32]:
    values, inside = np.zeros(len(text), dtype=np.float32), False
    for place, sign in enumerate(text):
        if sign == "“" or (sign == '"' and not inside):
            inside = True
        elif sign in '”"' or (sign == "\n" and text[place + 1 : place + 2] == "\n"):
            inside = False
        values[place] = inside
    return values


def _python(text: str) -> dict[str, NDArray[np.float32]]:
    """Return the concepts of Python code. Raises TokenError, SyntaxError or ValueError if it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about invalid escape sequences
        ast.parse(text)
    found = {name: np.zeros(len(text), dtype=np.float32) for name in PYTHON_CONCEPTS}
    starts = np.cumsum([0, *map(len, io.StringIO(text, newline=""))])
    opened: list[int] = []
    for token, first, last in _tokens(text, starts):
        name = tokenize.tok_name[token.type]
        if name in ("STRING", "FSTRING_START"):
            prefix = len(token.string) - len(token.string.lstrip("rbufRBUF"))
            found["string"][first + prefix : last - (name == "STRING")] = 1
        elif name == "FSTRING_MIDDLE":  # from Python 3.12 on
            found["string"][first:last] = 1
        elif token.type == tokenize.COMMENT:
            found["comment"][first:last] = 1
        elif token.type == tokenize.OP and token.string in "([{":
            opened.append(first)
        elif token.type == tokenize.OP and token.string in ")]}" and opened:
            start = opened.pop()
            if not opened:
                found["parentheses"][start : last - 1] = 1
    if not found["string"].any() and not found["parentheses"].any():
        raise SyntaxError("no code")
    for start, end in pairwise(starts.tolist()):
        line = text[start:end]
        found["indentation"][start : start + len(line) - len(line.lstrip(" \t"))] = 1
    return found


def _tokens(text: str, starts: NDArray[np.int64]) -> Iterator[tuple[tokenize.TokenInfo, int, int]]:
    """Yield the tokens of Python code with the places of their first code point and after their last one."""
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        (row, column), (last_row, last_column) = token.start, token.end
        if token.type != tokenize.ENDMARKER:
            yield token, int(starts[row - 1]) + column, int(starts[min(last_row, len(starts)) - 1]) + last_column
