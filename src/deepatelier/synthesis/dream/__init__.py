"""DeepDream, and films of it."""

__all__: list[str] = []
