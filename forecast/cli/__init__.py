"""The command ``forecast``: one module for each subcommand, with its parser and what it runs."""
