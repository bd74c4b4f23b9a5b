"""What all recipes share: their interface, base classes, and the adapter to jobs."""

__all__: list[str] = []
