"""Parties as values: what is known of a person or company, and what is wrong with a change of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sepa.errors import N_, KasseError

ACCOUNT_KINDS = (N_("own"), N_("third_party"), N_("guardian"), N_("authority"), N_("payment_service"))
FIELDS = (
    "name", "legal_name", "street", "house_number", "postcode", "town", "country", "birth_date", "vat_id",
)  # fmt: skip
"""What may be changed of a party."""
ROLES = ("clerk", "payments", "enforcement", "certifier", "machine")
"""Who adds and changes parties, in any office."""


class NothingToChangeError(KasseError):
    """A change that changes nothing."""

    code = "party.nothing"
    template = N_("nothing of {party} would change")
    hint = N_("give what is to be changed, for example --street or --iban")


class PartyNameError(KasseError):
    """A party without a name."""

    code = "party.name"
    template = N_("a party needs a name")
    hint = N_("give the name of the person or company")


class AccountKindError(KasseError):
    """No such kind of account."""

    code = "party.account_kind"
    template = N_("there is no kind of account {kind}")
    hint = N_("the kinds are: {kinds}")
    exit_code = 2


class AccountUnknownError(KasseError):
    """The party has no such IBAN."""

    code = "party.account_unknown"
    template = N_("{party} has no account {iban} that could be ended")
    hint = N_("see 'kasse party show' for the accounts")


class BicAloneError(KasseError):
    """A BIC without the account whose bank it is of."""

    code = "party.bic_alone"
    template = N_("the BIC {bic} belongs to an account, and none is given")
    hint = N_("give the account with --iban, one that is known too")
    exit_code = 2


class SharedAccountError(KasseError):
    """An account that another party has too: what is paid from it speaks for neither alone."""

    code = "party.account_shared"
    template = N_("{iban} is an account of another party too: {others}")
    hint = N_("see 'kasse party show'; one person is merged ('kasse party duplicates'), and where the account is not "
              "theirs, end it there ('kasse party change PARTY --end-iban {iban}')")  # fmt: skip
    severity = "warning"


class MergedPartyError(KasseError):
    """A party that is part of another one."""

    code = "party.merged"
    template = N_("party {party} was merged into {target}")
    hint = N_("use {target}")


class SamePartyError(KasseError):
    """A merge of a party with itself."""

    code = "party.same"
    template = N_("a party is not merged with itself: {party}")
    hint = N_("name two different parties, see 'kasse party duplicates'")


class MergeWaitsError(KasseError):
    """A party with a merge that waits for its second person."""

    code = "party.merge_waits"
    template = N_("a merge of party {party} waits already: number {merge}")
    hint = N_("another person confirms it with 'kasse party merge --confirm {merge}'")


class RestrictedMergeError(KasseError):
    """A merge with somebody whose data are only kept (Art. 18 DSGVO): what is restricted would be in use again."""

    code = "party.merge_restricted"
    template = N_("the processing of the data of party {party} is restricted; it is not merged")
    hint = N_("a head or admin ends the restriction first: 'kasse party restrict {party} --lift --reason TEXT'")


class OtherPersonError(KasseError):
    """Two parties that are to be one, and of which something is known that no person has twice."""

    hint = N_(
        "they are one only where one of the values was noted wrongly: look into the papers; no merge is taken back"
    )
    severity = "warning"


class OtherBirthDateError(OtherPersonError):
    """Two days of birth."""

    code = "party.merge_birth_date"
    template = N_("parties {party} and {other} were born on different days: {value} and {other_value}")


class OtherVatNumberError(OtherPersonError):
    """Two VAT numbers."""

    code = "party.merge_vat_id"
    template = N_("parties {party} and {other} have different VAT numbers: {value} and {other_value}")


class NothingAlikeError(KasseError):
    """Two parties that are to be one, with nothing that speaks for it."""

    code = "party.merge_unlike"
    template = N_("parties {party} and {other} have no name, day of birth, address, VAT number or account in common")
    hint = N_("look whether these are the right numbers; no merge is taken back")
    severity = "warning"


class UnknownMergeError(KasseError):
    """No merge waits under the number."""

    code = "party.merge_unknown"
    template = N_("no merge number {merge} waits")
    hint = N_("see 'kasse party duplicates' for merges that wait")


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party in a list: how many items it has open, what it owes, what it has to get."""

    number: int
    name: str
    legal_name: str | None
    town: str | None
    birth_date: str | None
    items: int
    owes_cents: int
    gets_cents: int
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An IBAN of a party: its kind, where it is from, from when to when it is valid."""

    iban: str
    kind: str
    source: str
    since: str
    until: str | None
    bic: str | None = None


@dataclass(frozen=True, slots=True)
class PartyEvent:
    """Something that happened to a party; `beside` are the actions, with their objects, in which it was made."""

    at: str
    by: str
    action: str
    facts: str
    details: str | None
    on_behalf: str | None = None
    beside: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What is known of a party; days are ISO text."""

    number: int
    name: str
    legal_name: str | None
    street: str | None
    house_number: str | None
    postcode: str | None
    town: str | None
    country: str | None
    birth_date: str | None
    vat_id: str | None
    merged_into: int | None
    created_at: str
    accounts: tuple[Account, ...] = ()
    events: tuple[PartyEvent, ...] = ()
    merged_from: tuple[int, ...] = ()
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyChange:
    """What is to be changed: fields by name, an IBAN to add with its kind and BIC, an IBAN to end."""

    fields: dict[str, str | None] = field(default_factory=dict)
    iban: str | None = None
    iban_kind: str = "own"
    iban_source: str = "clerk"
    end_iban: str | None = None
    bic: str | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two parties that may be one, and why; `merge` is the number of a merge that waits."""

    first: int
    second: int
    name: str
    other_name: str
    reason: str
    merge: int | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge: which party becomes part of which, whether it is done, and how much moved."""

    number: int
    source: int
    target: int
    state: str
    items: int = 0
    new: bool = True
