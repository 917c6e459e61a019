"""The law as dated data: every figure with its value, the day it is valid from, its norm and its source."""

from enforcement.law.catalogue import Law, packaged_law

__all__ = ["Law", "packaged_law"]
