"""What enforcement has `verify` ask of a whole book, beside what the ledger asks."""

from enforcement.course_proof_store import wrong_courses
from ledger.book.verify_store import Proof

PROOFS: tuple[Proof, ...] = (wrong_courses,)
