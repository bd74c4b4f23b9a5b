"""Feature inversion: reconstruct a picture from a layer's activations."""

__all__: list[str] = []
