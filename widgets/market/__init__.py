"""Open interest and regimes of the watched underlying."""
