"""The command line: what a person or a script sees of the cash office toolkit."""

__version__ = "0.1.0"
