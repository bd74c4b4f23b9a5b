"""DeepDream, and films of it."""
