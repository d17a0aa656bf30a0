"""The product's memory: one SQLite file that one engine writes and anybody may read."""
