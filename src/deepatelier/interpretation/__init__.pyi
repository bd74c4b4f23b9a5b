from .drawing import draw
from .summary import Row, Summary, summarize

__all__ = ["Row", "Summary", "draw", "summarize"]
