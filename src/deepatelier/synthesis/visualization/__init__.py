"""Feature visualization: the picture that a unit or a class answers to most."""
