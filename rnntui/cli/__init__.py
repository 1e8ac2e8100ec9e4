"""The command line: one file per command, each parses, calls, prints.

Nothing heavy is imported at the top of a file here: `rnntui --help` loads no NumPy, no torch.
"""
