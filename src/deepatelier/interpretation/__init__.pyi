from .summary import Row, Summary, summarize

__all__ = ["Row", "Summary", "summarize"]
