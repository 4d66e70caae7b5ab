"""``python -m translayer.cli`` is ``translayer``."""

from . import main

main()
