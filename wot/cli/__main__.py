"""`python -m wot.cli`."""

from __future__ import annotations

from wot.cli import main

if __name__ == "__main__":
    main()
