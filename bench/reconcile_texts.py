"""What payers write: a reference as people and banks write it, and as fingers mistype it."""

from __future__ import annotations

import random

from bench.reconcile_data import LAST


def mistake(chance: random.Random, reference: str) -> str:
    """Return a reference as fingers mistype it: one digit wrong, two swapped, one missing, one too many, two wrong."""
    at, kind = chance.randrange(len(reference) - 1), chance.random()
    other = chance.choice([digit for digit in "0123456789" if digit != reference[at]])
    if kind < 0.55:
        return reference[:at] + other + reference[at + 1 :]
    if kind < 0.80:
        at = next((i for i in range(at, len(reference) - 1) if reference[i] != reference[i + 1]), at)
        return reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    if kind < 0.88:
        return reference[:at] + reference[at + 1 :]
    if kind < 0.96:
        return reference[:at] + other + reference[at:]
    return mistake(chance, reference[:at] + other + reference[at + 1 :])


def written(chance: random.Random, reference: str) -> str:
    """Return a reference as payers and banks write it."""
    at = chance.randrange(2, len(reference) - 2)
    spaced = " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
    ways = (
        (45, f"KASSENZEICHEN {reference} {chance.choice(['', 'HUNDESTEUER', 'DANKE', 'BESCHEID'])}"),
        (58, f"Bescheid KZ {spaced}"),
        (66, f"GEWERBESTEUER VORAUSZAHLUNG {reference[:at]}\n{reference[at:]} DANKE"),
        (72, f"{reference[:3]}.{reference[3:8]}.{reference[8:]}"),
        (77, f"{reference[:5]}-{reference[5:]} vom 12.11.2026"),
        (81, f"Hundesteuer 2026, {reference}"),
        (84, f"Hundesteuer 2026 {reference}"),
        (87, f"2026-11-12 {reference} EUR 1.234,56"),
        (90, f"IBAN DE89 3704 0044 0532 0130 00 {reference}"),
        (93, f"KZ {reference[:at]} \n{reference[at:]}\nMUSTERMANN"),
        (96, f"KZ:{reference}"),
        (100, f"Familie {chance.choice(LAST)} {reference}"),
    )
    drawn = chance.random() * 100
    return next(text for share, text in ways if drawn < share)
