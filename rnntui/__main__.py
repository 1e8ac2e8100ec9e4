"""`python -m rnntui`, which is also what torchrun starts."""

from rnntui.cli.entry import main

if __name__ == "__main__":
    main()
