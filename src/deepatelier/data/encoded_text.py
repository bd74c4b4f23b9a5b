"""The numbers of the tokens of a text, on disk."""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from deepatelier.errors import InputError
from deepatelier.text import Vocabulary

__all__ = ["EncodedText"]

_BLOCK = 2**20
"""The number of tokens in a block."""


class EncodedText:
    """The numbers of a text's tokens in a temporary file, from which they are read in blocks.

    The memory that is needed does not depend on the text. Tokens that are not in the vocabulary are left out, unless it
    has an entry for them.

    Args:
        tokens: The tokens, in lists.
        vocabulary: The vocabulary.
        block: The number of tokens in a block; the last one may be shorter.

    Attributes:
        sha256: The sha256 of the numbers.

    Raises:
        InputError: No token is in the vocabulary.
    """

    def __init__(self, tokens: Iterable[list[str]], vocabulary: Vocabulary, block: int = _BLOCK) -> None:
        self._file, self._block, self._length = tempfile.TemporaryFile(), block, 0  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        digest, known = hashlib.sha256(), vocabulary.numbers
        for each in tokens:
            numbers = vocabulary.encode(each if vocabulary.has_unknown else [token for token in each if token in known])
            data = np.array(numbers, dtype="<i4").tobytes()
            digest.update(data)
            self._file.write(data)
            self._length += len(numbers)
        if not self._length:
            raise InputError("The text has no token that is in the vocabulary. Give a longer text.")
        self._file.flush()
        self.sha256 = digest.hexdigest()

    def __len__(self) -> int:
        """Return the number of tokens."""
        return self._length

    def __iter__(self) -> Iterator[NDArray[np.int32]]:
        """Yield the blocks in order."""
        return (self.block(index) for index in range(self.blocks))

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return -(-self._length // self._block)

    def block(self, index: int) -> NDArray[np.int32]:
        """Return the numbers of a block, (tokens,)."""
        self._file.seek(4 * index * self._block)
        return np.frombuffer(self._file.read(4 * self._block), dtype="<i4")
