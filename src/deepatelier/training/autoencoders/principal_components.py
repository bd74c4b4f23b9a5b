"""Principal components of pictures: the linear code with the lowest squared error."""

from __future__ import annotations

import torch
from torch import Tensor

from deepatelier.extras import from_extra

__all__ = ["PrincipalComponents"]

_EXACT = 4096
"""The maximum number of values of a picture for which the covariances of all values are computed."""


class PrincipalComponents:
    """z = V·(x − m) and x' = Vᵀ·z + m, with the mean m and the K first principal components, the rows of V.

    Source: Pearson, 'On Lines and Planes of Closest Fit to Systems of Points in Space' (1901); scikit-learn computes
    them.

    Args:
        pictures: The pictures to learn from, (N, C, H, W).
        count: K.

    Raises:
        SurroundingsError: scikit-learn is not installed.
    """

    def __init__(self, pictures: Tensor, count: int) -> None:
        flat = pictures.flatten(1)
        solver = "covariance_eigh" if flat.shape[1] <= min(_EXACT, len(flat)) else "randomized"
        made = from_extra("sklearn.decomposition", "train").PCA(count, svd_solver=solver, random_state=0)
        made.fit(flat.numpy())
        self._mean = torch.from_numpy(made.mean_).float()
        self._components = torch.from_numpy(made.components_).float()

    def codes(self, pictures: Tensor) -> Tensor:
        """Return the codes of pictures, (N, C, H, W) to (N, K)."""
        return (pictures.flatten(1) - self._mean) @ self._components.T

    def reconstructed(self, pictures: Tensor) -> Tensor:
        """Return the pictures that are made from the codes of pictures, (N, C, H, W)."""
        return (self.codes(pictures) @ self._components + self._mean).view_as(pictures)
