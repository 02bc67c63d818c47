"""`python -m leaklab`: the command line, in the Python that runs it."""

from leaklab.cli import main

main()
