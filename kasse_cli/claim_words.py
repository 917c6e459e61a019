"""What people call kinds of claims, states of letters and reasons of dunning."""

from __future__ import annotations

from enforcement.letters import STATES_SAID
from sepa.errors import N_

CLAIM_KINDS = {
    "ancillary": N_("ancillary consequence"), "aussetzungszinsen": N_("suspension interest"), "bussgeld": N_("fine"),
    "contribution": N_("contribution"), "cost": N_("costs"), "fee": N_("fee"), "fine": N_("fine"),
    "gebuehr": N_("enforcement fee"), "geldstrafe": N_("criminal fine"), "interest": N_("interest"),
    "mahngebuehr": N_("dunning fee"), "ordnungsgeld": N_("disciplinary fine"),
    "pfaendungsgebuehr": N_("attachment fee"), "prozesszinsen": N_("litigation interest"),
    "rechtsverfolgungskosten": N_("costs of legal pursuit"),
    "ruecklastschrift": N_("costs of a return"), "saeumniszinsen": N_("late interest"),
    "saeumniszuschlag": N_("late surcharge"), "stundungszinsen": N_("deferral interest"), "tax": N_("tax"),
    "verspaetungszuschlag": N_("late filing surcharge"), "verzugspauschale": N_("lump sum for default"),
    "verzugszinsen": N_("arrears interest"),
    "wegegeld": N_("travel allowance"), "withheld_tax": N_("withheld tax"), "zwangsgeld": N_("coercive fine"),
}  # fmt: skip
"""By the word that stands in the book; what an office named itself stays as it is."""
PROFILE_WORDS = {
    "amtshilfe": N_("Amtshilfe"), "bund": N_("Bund"), "fee": N_("fee"), "fine": N_("fine"), "justice": N_("courts"),
    "private": N_("private law"), "private-trade": N_("private law, no consumer"), "tax": N_("tax"),
}  # fmt: skip
"""Law profiles by their names; one that a Land or an office made itself stays as it is."""
LETTER_STATES = STATES_SAID
LEFT_OUT = {
    "suspense": N_("maybe paid already"), "no_debtor": N_("no debtor"), "last_step": N_("last step done"),
    "letter_open": N_("letter not mailed"), "main_left_out": N_("with its main claim"),
    "main_cancelled": N_("main claim cancelled"), "law_unknown": N_("no law for it here"),
}  # fmt: skip
"""Why dunning leaves a claim out, where the reason is more than a word."""
UNDATED = {
    "no_law": N_("no law"), "law_unknown": N_("law unknown here"), "creditor_law": N_("law of the creditor"),
    "final_missing": N_("day of finality missing"), "closed_missing": N_("day of the close missing"),
    "assessed_missing": N_("day of assessment missing"), "known_missing": N_("day of knowledge missing"),
    "arisen_missing": N_("day of origin missing"), "stands_still": N_("stands still"),
}  # fmt: skip
"""Why no end of limitation is known."""
RELIEF_KINDS = {
    "niederschlagung_befristet": N_("Niederschlagung for a time"),
    "niederschlagung_unbefristet": N_("Niederschlagung without end"),
}
"""Kinds of relief whose name is more than a word."""
