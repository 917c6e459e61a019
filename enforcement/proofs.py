"""What enforcement has `verify` ask of a whole book, beside what the ledger asks."""

from enforcement.course_proof_store import wrong_courses
from enforcement.event_seals_store import wrong_events
from enforcement.letters_proof_store import wrong_letters
from enforcement.letters_steps_store import wrong_steps
from enforcement.relief_seals_store import wrong_reliefs
from ledger.book.verify_halves_store import Proof

PROOFS: tuple[Proof, ...] = (wrong_courses, wrong_letters, wrong_steps, wrong_reliefs, wrong_events)
