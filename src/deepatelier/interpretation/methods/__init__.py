"""Interpretation methods, one paper per file: from a network and pictures to arrays."""

__all__: list[str] = []
