"""Let ``python -m forecast`` be the command."""

from forecast.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
