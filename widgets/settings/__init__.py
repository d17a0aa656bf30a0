"""Profiles, keys, looks, sounds and files."""
