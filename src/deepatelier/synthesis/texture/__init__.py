"""Texture synthesis, by a network and by patches."""
