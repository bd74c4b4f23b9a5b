"""The worked examples of the courses: one lab per file, each with a figure and its numbers."""

__all__: list[str] = []
