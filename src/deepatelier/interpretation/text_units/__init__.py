"""What the units of a language model respond to: text coloured by activation, and units that know a concept."""

__all__: list[str] = []
