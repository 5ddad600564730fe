"""What a table is like: its span, its holes, its seasons, and what is wrong with it."""
