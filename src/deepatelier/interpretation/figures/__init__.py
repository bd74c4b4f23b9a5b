"""Figures: each computes something with a network and draws it as one labelled picture."""

__all__: list[str] = []
