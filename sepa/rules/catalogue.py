"""The table of rules for payment orders: every error and warning with its source, in one place.

A rule is its error class, which holds code, severity, sentence and way out; here stand the sources and what the rule
looks at. `Anlage 3` is Anlage 3 of the DFÜ-Abkommen, V26.11, with the schema generation GBIC_5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa import banks, debits, fields, identifiers, payments, recalls, reversals, text
from sepa.errors import KasseError, Severity
from sepa.profiles import findings as profile_rules
from sepa.rules import debits as debit_rules
from sepa.rules import odd

Scope = Literal["field", "payment", "batch", "message"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the error that reports it, the document it comes from, and what it looks at."""

    error: type[KasseError]
    source: str
    scope: Scope

    @property
    def code(self) -> str:
        """The stable code."""
        return self.error.code

    @property
    def severity(self) -> Severity:
        """Whether it stops a file (error) or not."""
        return self.error.severity


RULES: tuple[Rule, ...] = (
    Rule(identifiers.InvalidIbanError, "ISO 13616-1", "field"),
    Rule(identifiers.IbanCountryError, "ISO 13616-1, SWIFT IBAN registry", "field"),
    Rule(identifiers.IbanLengthError, "ISO 13616-1, SWIFT IBAN registry", "field"),
    Rule(identifiers.IbanStructureError, "ISO 13616-1, SWIFT IBAN registry", "field"),
    Rule(identifiers.IbanCheckDigitsError, "ISO 13616-1, ISO 7064", "field"),
    Rule(fields.OutsideSepaError, "EPC409-09", "field"),
    Rule(identifiers.InvalidBicError, "ISO 9362:2022", "field"),
    Rule(identifiers.IdentifierCharactersError, "Anlage 3, EPC230-15", "field"),
    Rule(identifiers.IdentifierLengthError, "Anlage 3", "field"),
    Rule(identifiers.IdentifierSlashesError, "EPC230-15", "field"),
    Rule(identifiers.InvalidCreditorIdError, "EPC262-08", "field"),
    Rule(identifiers.CreditorIdCheckDigitsError, "EPC262-08, ISO 7064", "field"),
    Rule(identifiers.InvalidReferenceError, "ISO 11649", "field"),
    Rule(identifiers.ReferenceCheckDigitsError, "ISO 11649, ISO 7064", "field"),
    Rule(text.TextCharactersError, "Anlage 3, character set", "field"),
    Rule(text.TextLengthError, "Anlage 3", "field"),
    Rule(text.BlankTextError, "Anlage 3, V26.11: no field of blanks only", "field"),
    Rule(fields.AmountRangeError, "Anlage 3, EPC115-06", "field"),
    Rule(fields.RemittanceTwiceError, "Anlage 3, EPC088-22", "payment"),
    Rule(fields.CodeFormError, "ISO 20022", "field"),
    Rule(fields.CountryCodeError, "ISO 3166-1", "field"),
    Rule(fields.AddressLinesError, "Anlage 3, EPC153-22", "field"),
    Rule(odd.AddressRepeatedError, "EPC153-22", "field"),
    Rule(odd.AddressNeededError, "Regulation (EU) 2023/1113", "payment"),
    Rule(debit_rules.DebtorAddressNeededError, "Anlage 3, EPC016-06", "payment"),
    Rule(odd.BicAdvisableError, "EPC409-09", "payment"),
    Rule(odd.BicCountryError, "ISO 9362, ISO 13616-1", "payment"),
    Rule(odd.TextAbroadError, "Anlage 3, EPC217-08", "payment"),
    Rule(odd.UnknownPurposeError, "ISO 20022 external code sets", "field"),
    Rule(odd.UnknownCategoryPurposeError, "ISO 20022 external code sets", "field"),
    Rule(odd.NoEndToEndIdError, "EPC125-05: the originator's reference", "payment"),
    Rule(odd.DuplicateIdError, "EPC125-05: the originator's reference", "message"),
    Rule(odd.TwinPaymentError, "prudence of the Kasse: nothing is paid twice", "message"),
    Rule(odd.ToSelfError, "prudence of the Kasse", "payment"),
    Rule(banks.UnknownBankError, "Bundesbank, directory of bank codes", "field"),
    Rule(banks.AccountCheckDigitsError, "Bundesbank, check digit methods", "field"),
    Rule(odd.DayPastError, "Anlage 3", "batch"),
    Rule(odd.DayFarError, "Anlage 3: 15 calendar days", "batch"),
    Rule(odd.NotTargetDayError, "ECB, TARGET closing days", "batch"),
    Rule(payments.TimeZoneMissingError, "Anlage 3, ISO 8601", "field"),
    Rule(payments.TimeNotInstantError, "Anlage 3", "batch"),
    Rule(payments.NoBatchError, "Anlage 3", "message"),
    Rule(payments.DuplicateBatchError, "Anlage 3", "message"),
    Rule(payments.TotalsError, "Anlage 3: NbOfTxs and CtrlSum", "message"),
    Rule(debits.EmptyAmendmentError, "EPC130-08, Anlage 3", "payment"),
    Rule(debits.AmendedAccountError, "EPC130-08, Anlage 3", "payment"),
    Rule(debit_rules.OtherBankError, "EPC130-08, Anlage 3: same bank only", "payment"),
    Rule(debits.SignedLateError, "EPC016-06", "payment"),
    Rule(debit_rules.SignedInFutureError, "EPC016-06", "payment"),
    Rule(debit_rules.ReusedMandateError, "EPC016-06: unique mandate reference", "message"),
    Rule(debits.UnknownSequenceError, "EPC130-08", "batch"),
    Rule(debits.UnknownSchemeError, "EPC016-06, EPC222-07", "message"),
    Rule(debit_rules.LeadTimeError, "EPC016-06: D-1", "batch"),
    Rule(debit_rules.EarlyCollectionError, "bank terms: 14 days", "batch"),
    Rule(reversals.ReversalReasonError, "ISO 20022 external code sets", "payment"),
    Rule(reversals.ReversalAmountError, "EPC016-06", "payment"),
    Rule(recalls.RecallReasonError, "Anlage 3: the reason is mandatory", "payment"),
    Rule(recalls.RecallScopeError, "Anlage 3: one scope a message", "message"),
    Rule(profile_rules.TooManyPaymentsError, "bank profile", "message"),
    Rule(profile_rules.SeveralDaysError, "bank profile", "message"),
    Rule(profile_rules.SeveralAccountsError, "bank profile", "message"),
    Rule(profile_rules.WiderCharsetError, "bank profile", "message"),
    Rule(profile_rules.KindsMixedError, "Anlage 3: order types", "message"),
    Rule(profile_rules.SingleOptOutError, "Article 5c(6) Regulation (EU) No 260/2012", "message"),
    Rule(profile_rules.AfterCutOffError, "bank profile", "message"),
    Rule(profile_rules.SeveralSequencesError, "bank profile", "message"),
    Rule(profile_rules.DaysAheadError, "bank profile", "message"),
    Rule(profile_rules.SequenceNotTakenError, "bank profile", "message"),
    Rule(profile_rules.DebitCutOffError, "bank profile; EPC016-06: D-1", "message"),
)
