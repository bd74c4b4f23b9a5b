"""The engine: the optimisation loop, its canvases, optimizers, views and pyramid."""

__all__: list[str] = []
