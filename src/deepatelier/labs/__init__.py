"""The worked examples of the courses: one lab per file, each with a figure and the numbers behind it."""

__all__: list[str] = []
