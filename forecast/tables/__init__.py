"""A row is a moment: tables of series, their moments, their windows, and files read into them."""
