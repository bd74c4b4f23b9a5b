"""Neural style transfer."""

__all__: list[str] = []
