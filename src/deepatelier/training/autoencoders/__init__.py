"""Autoencoders: their training, and what their codes are good for."""
