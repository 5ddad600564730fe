"""Warnings of our own, to be caught by name from here."""

from __future__ import annotations


class FitInterrupted(UserWarning):
    """Ctrl-C has ended a training early: the estimator works, with the best it has learned."""
