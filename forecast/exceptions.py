"""Warnings of our own: what a user may want to catch by name."""

from __future__ import annotations


class FitInterrupted(UserWarning):
    """Ctrl-C has ended a training early: what is fitted works, with the best of what it has learned so far."""
