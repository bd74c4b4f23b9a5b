"""Tasks: the objective, the metrics and the preview of a training."""

__all__: list[str] = []
