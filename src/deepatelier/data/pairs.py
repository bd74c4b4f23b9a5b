"""Pairs of a text and its translation, and their split into three parts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from deepatelier.errors import OptionError

__all__ = ["PairParts", "Pairs", "split_pairs"]


@dataclass(frozen=True)
class Pairs:
    """Sources and their targets.

    Attributes:
        name: Their name, or that of their file.
        sources: The texts to translate.
        targets: Their translations.
        groups: What must not be in two parts at once, such as the number that a pair is about.
        kinds: The row in which a pair is reported, such as its language; empty if there are none.
        learnt: Groups that are always in the training part.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    groups: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    learnt: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.sources)

    def take(self, indices: Sequence[int]) -> Pairs:
        """Return the pairs with these indices, in this order."""

        def taken(values: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(values[index] for index in indices) if values else ()

        return replace(
            self,
            sources=taken(self.sources),
            targets=taken(self.targets),
            groups=taken(self.groups),
            kinds=taken(self.kinds),
        )

    @cached_property
    def sha256(self) -> str:
        """The sha256 of all sources and targets."""
        text = "\n".join(f"{source}\t{target}" for source, target in zip(self.sources, self.targets, strict=True))
        return hashlib.sha256(text.encode()).hexdigest()


class PairParts(NamedTuple):
    """The parts of pairs: for training, for the choice of a model, and for one test at the end."""

    training: Pairs
    validation: Pairs
    test: Pairs


def split_pairs(pairs: Pairs, *, validation: float, test: float, seed: int, limit: int | None = None) -> PairParts:
    """Split pairs by their groups, so that no group is in two parts.

    The groups are sorted by the sha256 of the text ``SEED GROUP``. The first ones are the test part, until it has its
    fraction of the pairs; the next ones are the validation part, and all others the training part. The order does not
    depend on other groups: of pairs to which others are added, few change their part.

    Args:
        pairs: The pairs.
        validation: The fraction of all pairs in the validation part.
        test: The same for the test part.
        seed: The random seed.
        limit: The maximum number of training pairs: the last ones in the order are left out. None keeps all.

    Raises:
        OptionError: No pair is left for training.
    """
    members: dict[str, list[int]] = {}
    for index, group in enumerate(pairs.groups):
        members.setdefault(group, []).append(index)
    free = [group for group in members if group not in pairs.learnt]
    free.sort(key=lambda group: hashlib.sha256(f"{seed} {group}".encode()).digest())
    wanted = {"test": round(test * len(pairs)), "validation": round(validation * len(pairs))}
    chosen: dict[str, list[int]] = {"test": [], "validation": [], "training": []}
    for group in free:
        part = next((name for name, count in wanted.items() if len(chosen[name]) < count), "training")
        chosen[part] += members[group]
    always = [index for group in members if group in pairs.learnt for index in members[group]]
    training = [*always, *chosen["training"]][:limit]
    if not training:
        raise OptionError(
            f"--validation {validation:g} and --test {test:g} leave none of {len(free)} different items of "
            f"{pairs.name} to train on. Lower them, or give more data."
        )
    return PairParts(pairs.take(training), *(pairs.take(chosen[part]) for part in ("validation", "test")))
