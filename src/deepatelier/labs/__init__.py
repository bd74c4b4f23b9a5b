"""The worked examples of the documents: one lab a file, each a picture with what it shows in numbers."""

__all__: list[str] = []
