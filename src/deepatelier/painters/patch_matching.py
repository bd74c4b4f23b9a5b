"""Which patch of the paintings goes where: optimal transport between the cells of a photograph and of paintings.

A cell q of the photograph copies the cell p of the paintings with the highest score:

    s(q, p) = −c_q · ‖a_q − a_p‖² − t · ‖n_q − n_p‖² + b_p

a are features, standardised for photograph and paintings apart, so that what is bright, edged or flat in the one goes
to what is so in the other. n_p is the neighbourhood of p, n_q that of what lies around q so far: patches fit their
neighbours, and where the photograph is flat, strokes are continued. b is the dual variable of optimal transport: it is
chosen so that every part of the paintings is used as much as its share is. Without it, all flat places would copy the
one flattest patch.

Sources: Cuturi, 'Sinkhorn Distances' (2013), and Schmitzer, 'Stabilized Sparse Scaling Algorithms for Entropy
Regularized Transport Problems' (2019), for b; Kwatra et al., 'Texture Optimization for Example-based Synthesis' (2005),
for n; Barnes et al., 'PatchMatch' (2009), for the search; Kolkin et al., 'Neural Neighbor Style Transfer' (2022), for
the comparison of such features.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from deepatelier.images import Pixels
from deepatelier.painters.patches import Places, averaged, neighbourhoods

__all__ = ["SOFTNESS", "Level", "balanced", "enlarged", "improved", "sampled", "scores"]

SOFTNESS = 0.2
"""ε of optimal transport, in units of the score: how much worse than the best a patch may be to be used instead."""

_STEP = 0.7
"""The part of a full update of the dual variables that is made at once, for stability."""

_LEAST_USE = 1e-4
"""The lower bound of the use of a patch relative to its share."""

_REPEATED = 1.0
"""What the score of a patch is lowered by for each direct neighbour that copies it too; it would look like a stamp."""


class Level(NamedTuple):
    """What is compared at one resolution.

    Attributes:
        shape: Height and width of the photograph, in cells.
        grid: Height and width of the paintings, side by side, in cells.
        content: [2c_q · a_q, −c_q] of the photograph's cells, (N, D + 1).
        features: [a_p, ‖a_p‖²] of the paintings' cells, (M, D + 1).
        texture: The neighbourhoods of the paintings' cells times √t, (M, 9 · T).
        share: The share of the result that each cell of the paintings should have, (M,); 0 where there is no painting.
    """

    shape: tuple[int, int]
    grid: tuple[int, int]
    content: Pixels
    features: Pixels
    texture: Pixels
    share: Pixels

    def around(self, places: Places) -> Pixels:
        """Return n_q times √t, (N, 9 · T): the neighbourhoods in the mean of the patches that places lay down."""
        return neighbourhoods(averaged(self.texture, places, self.shape))

    def fixed(self, dual: Pixels) -> Pixels:
        """Return the part of the score that is the same for all cells, (M,): b_p − t · ‖n_p‖², −∞ where none is."""
        own: Pixels = dual - np.square(self.texture).sum(axis=1)
        return np.where(self.share > 0, own, np.float32(-np.inf))


def scores(level: Level, dual: Pixels, around: Pixels | None) -> Pixels:
    """Return s(q, p), (N, M), up to what depends on q alone.

    Args:
        level: What is compared.
        dual: b, (M,).
        around: n for the photograph's cells times √t, (N, 9 · T); None for the start, where nothing lies there.
    """
    found: Pixels = level.content @ level.features.T
    if around is None:
        found += np.where(level.share > 0, dual, np.float32(-np.inf))
        return found
    found += level.fixed(dual)
    found += (2 * around) @ level.texture.T
    return found


def balanced(found: Pixels, share: Pixels, softness: Sequence[float]) -> Pixels:
    """Return what to add to the dual variables for scores (N, M), so that each patch is used as much as its share is.

    Each round subtracts ε · log(use / share), with the use of p as the mean over q of softmax_p(s(q, p) / ε).
    ``softness`` gives its ε: a large one first moves the dual variables far, `SOFTNESS` at the end makes them exact.
    The scores are changed.
    """
    change = np.zeros_like(share)
    inverse = 1 / np.maximum(share, np.finfo(np.float32).tiny)
    for epsilon in softness:
        plan = found - found.max(axis=1, keepdims=True)
        plan /= epsilon
        np.exp(plan, out=plan)
        use = (1 / (plan.sum(axis=1) * len(plan))) @ plan
        step = (-_STEP * epsilon) * np.log(np.maximum(use * inverse, _LEAST_USE))
        step[share == 0] = 0
        change += step
        found += step
    return change


def sampled(found: Pixels, amount: float, random: np.random.Generator) -> Places:
    """Return a patch for each row of scores: the best, or with ``amount`` 1, one drawn from the transport plan."""
    if amount:
        least = np.finfo(np.float32).tiny  # a draw may be 0
        chance = np.log(np.maximum(random.standard_exponential(found.shape, np.float32), least))
        chance *= np.float32(-amount * SOFTNESS)
        found = found + chance
    best: Places = found.argmax(axis=1)
    return best


def improved(level: Level, places: Places, others: Places | None, dual: Pixels, rounds: int) -> Places:
    """Search better patches among those that continue what the neighbours copy, as PatchMatch does.

    Args:
        level: What is compared.
        places: The patches so far.
        others: Further candidates, one for each cell; those of the neighbours are continued too.
        dual: b, (M,).
        rounds: The number of passes over all cells; every second one looks at neighbours two cells away.
    """
    fixed = level.fixed(dual)
    known = np.concatenate([level.features, level.texture], axis=1)
    for number in range(rounds):
        wanted = np.concatenate([level.content, 2 * level.around(places)], axis=1)
        beside = _beside(places.reshape(level.shape))
        candidates = _continued(places, level, 1 + number % 2)
        if others is not None and number == 0:
            candidates += [others, *_continued(others, level, 1)]
        best, chosen = _score(places, wanted, known, fixed, beside), places.copy()
        for candidate in candidates:
            cells = np.flatnonzero(candidate != places)
            found = _score(candidate[cells], wanted[cells], known, fixed, beside[:, cells])
            better = found > best[cells]
            cells = cells[better]
            best[cells], chosen[cells] = found[better], candidate[cells]
        places = chosen
    return places


def enlarged(places: Places, coarse: Level, shape: tuple[int, int], grid: tuple[int, int]) -> Places:
    """Return the places on a finer level: what a coarse cell copies as a whole is copied by its parts.

    Args:
        places: The places on the coarse level.
        coarse: The coarse level.
        shape, grid: Height and width of the photograph and of the paintings on the finer level, in cells.
    """
    rows, columns = np.divmod(places.reshape(coarse.shape), coarse.grid[1])
    found = []
    for axis, at in enumerate((rows, columns)):
        fine, scale = np.arange(shape[axis]), shape[axis] / coarse.shape[axis]
        of = np.minimum((fine + 0.5) / scale, coarse.shape[axis] - 1).astype(np.intp)
        within = fine - of * scale
        parts = np.take(at, of, axis=axis) * (grid[axis] / coarse.grid[axis])
        found.append((parts, of, within))
    (down, of_rows, within_rows), (across, of_columns, within_columns) = found
    y = np.rint(down[:, of_columns] + within_rows[:, None]).clip(0, grid[0] - 1)
    x = np.rint(across[of_rows] + within_columns).clip(0, grid[1] - 1)
    fine_places: Places = (y * grid[1] + x).astype(np.intp).ravel()
    return fine_places


def _continued(places: Places, level: Level, reach: int) -> list[Places]:
    """Return eight candidates for each cell: what continues the patches of the neighbours at a distance."""
    (height, width), (rows, columns) = level.shape, level.grid
    copied = np.divmod(places.reshape(height, width), columns)
    y, x = np.arange(height), np.arange(width)
    found = []
    for down in (-reach, 0, reach):
        for across in (-reach, 0, reach):
            if down == across == 0:
                continue
            other_y, other_x = (y + down).clip(0, height - 1), (x + across).clip(0, width - 1)
            neighbours = np.ix_(other_y, other_x)
            continued_y = (copied[0][neighbours] + (y - other_y)[:, None]).clip(0, rows - 1)
            continued_x = (copied[1][neighbours] + (x - other_x)).clip(0, columns - 1)
            found.append((continued_y * columns + continued_x).ravel())
    return found


def _beside(grid: Places) -> Places:
    """Return what the neighbours to the left, right, above and below copy, (4, N); −1 outside."""
    framed = np.pad(grid, 1, constant_values=-1)
    height, width = grid.shape
    return np.stack([framed[y : y + height, x : x + width].ravel() for y, x in ((1, 0), (1, 2), (0, 1), (2, 1))])


def _score(places: Places, wanted: Pixels, known: Pixels, fixed: Pixels, beside: Places) -> Pixels:
    """Return the scores of one patch for each of some cells.

    Args:
        places: The patches, (n,).
        wanted: [2c_q · a_q, −c_q, 2t · n_q] of the cells, (n, D).
        known: [a_p, ‖a_p‖², n_p] of all patches, (M, D).
        fixed: See `Level.fixed`.
        beside: See `_beside`, (4, n).
    """
    found: Pixels = np.einsum("nd,nd->n", wanted, known[places]) + fixed[places]
    found -= np.float32(_REPEATED) * (beside == places).sum(axis=0, dtype=np.float32)
    return found
