"""When two rows of parties seem to be one person, as SQL."""

SAME_PERSON = """w.id <> n.id AND w.match_key = n.match_key AND n.match_key <> '' AND w.merged_into IS NULL AND (
        w.birth_date = n.birth_date OR (w.address_key = n.address_key AND n.address_key <> ''
        AND (w.birth_date IS NULL OR n.birth_date IS NULL)))"""
"""The parties `n` and `w` have one name and were born on one day, or live at one address and no birth date differs."""
