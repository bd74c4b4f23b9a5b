"""Training on sequences: texts in classes, language models, translation and series, and what such networks make."""

__all__: list[str] = []
