"""Autoencoders: their training, and what their codes are good for."""

__all__: list[str] = []
