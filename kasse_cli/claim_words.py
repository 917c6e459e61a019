"""What people call the kinds of claims that law profiles name."""

from __future__ import annotations

from sepa.errors import N_

CLAIM_KINDS = {
    "ancillary": N_("ancillary consequence"), "aussetzungszinsen": N_("interest on suspended execution"),
    "bussgeld": N_("fine"), "contribution": N_("contribution"), "cost": N_("costs"), "fee": N_("fee"),
    "fine": N_("fine"), "gebuehr": N_("fee for enforcement"), "geldstrafe": N_("criminal fine"),
    "interest": N_("interest"), "mahngebuehr": N_("fee for a Mahnung"), "ordnungsgeld": N_("disciplinary fine"),
    "pfaendungsgebuehr": N_("fee for an attachment"), "prozesszinsen": N_("interest on litigation"),
    "ruecklastschrift": N_("costs of a returned direct debit"),
    "saeumniszinsen": N_("interest for late payment (public)"),
    "saeumniszuschlag": N_("surcharge for late payment"), "stundungszinsen": N_("interest on deferral"),
    "tax": N_("tax"), "verspaetungszuschlag": N_("surcharge for late filing"),
    "verzugszinsen": N_("interest on arrears"), "wegegeld": N_("travel allowance"),
    "withheld_tax": N_("withheld tax"), "zwangsgeld": N_("coercive fine"),
}  # fmt: skip
"""By the word that stands in the book; what an office named itself stays as it is."""
