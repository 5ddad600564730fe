"""Sequences: labels, generation and translation on the recurrent engine."""
