"""Feature visualization: the picture with the strongest activation of a unit or a class."""

__all__: list[str] = []
