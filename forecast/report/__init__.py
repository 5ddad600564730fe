"""The report of a run: one HTML file that shows it to whoever has nothing but a browser."""
