"""The command ``forecast``."""
