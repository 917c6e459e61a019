"""The examples in docstrings are true."""

import doctest
from importlib import import_module

import pytest

from tests.paths import ROOT

PACKAGES = ("sepa", "ledger", "enforcement", "kasse_cli")
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_are_true(module):
    done = doctest.testmod(import_module(module))
    assert done.attempted
    assert not done.failed, "what differs is printed"
