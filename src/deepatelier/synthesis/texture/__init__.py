"""Texture synthesis, with a network and with patches."""

__all__: list[str] = []
