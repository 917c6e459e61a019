"""A letter made again: the same bytes after other letters, after one that failed, and in several threads at once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from kasse_cli.documents.letters import letter_pdf, letter_pdfs
from kasse_cli.documents.pdf import DocumentFormError
from tests.kasse_cli.test_letter_pages import claim, letter

MADE = [letter(number=n, claims=tuple(claim(at) for at in range(n))) for n in range(1, 5)]


def alone(content):
    """Return the letter as a thread of its own makes it, which has made no other."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(letter_pdf, content).result()


def test_other_letters_before_change_nothing():
    first = [alone(one) for one in MADE]
    assert len(set(first)) == len(MADE)
    texts = [json.dumps(one) for one in reversed(MADE)]
    assert list(letter_pdfs(texts, 1)) == first[::-1]


def test_a_letter_that_fails_changes_nothing():
    before = letter_pdf(MADE[0])
    with pytest.raises(DocumentFormError):
        letter_pdf({key: value for key, value in MADE[1].items() if key != "information"})
    assert letter_pdf(MADE[0]) == before


def test_threads_do_not_wait_for_each_other_nor_mix():
    first = [letter_pdf(one) for one in MADE]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(letter_pdf, MADE * 2)) == first * 2
