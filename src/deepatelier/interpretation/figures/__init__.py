"""What is seen, as pictures with words: each prepares, looks, and gives one picture."""

__all__: list[str] = []
