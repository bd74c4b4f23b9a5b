"""Programs for those who work on deepatelier; they are no part of the package."""
