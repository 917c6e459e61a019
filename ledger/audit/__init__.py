"""The audit: what the book says against the bank, against a head kept outside, and what looks wrong in it."""
