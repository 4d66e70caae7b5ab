"""``python -m translayer`` is ``translayer``."""

from .cli import main

main()
