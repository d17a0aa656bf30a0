"""The desktop cockpit for options traders who let an engine manage their exits and keep the last word."""

__version__ = "0.1.0"
