"""`python -m amoconf` is the command `amoconf`."""

from amoconf.cli import main

main()
