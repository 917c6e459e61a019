"""The words that lists use for kinds of orders and items, and the law profiles that kasse brings."""

RECEIVABLE_WORDS = (
    "receivable", "Forderung", "Annahme", "Annahmeanordnung", "Einzahlung", "Einnahme", "Sollstellung",
)  # fmt: skip
PAYABLE_WORDS = (
    "payable", "Auszahlung", "Auszahlungsanordnung", "Verbindlichkeit", "Ausgabe", "Zahlung",
)  # fmt: skip
OTHER_WORDS = {
    "credit": ("credit", "Guthaben", "Überzahlung"),
    "suspense": ("suspense", "Verwahrung", "ungeklärte Einzahlung"),
    "advance": ("advance", "Vorschuss", "ungeklärte Auszahlung"),
}

PROFILES = ("tax", "fee", "fine", "private", "private-trade", "justice", "bund", "amtshilfe")
"""Law profiles that kasse brings; a book may have others."""
CHOICES = (("receivable", "Forderung"), ("payable", "Auszahlung"))
