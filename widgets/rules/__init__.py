"""Why, why not, and how far from firing."""
