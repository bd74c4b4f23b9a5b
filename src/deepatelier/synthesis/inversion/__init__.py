"""Inversion: the picture that activations stand for."""
