"""``python -m bitting`` and the ``bitting`` command."""

from __future__ import annotations

from bitting.cli.app import main

if __name__ == "__main__":
    main()
