"""The engine: a loop that moves pixels, its canvases, optimisers, views and pyramid."""
