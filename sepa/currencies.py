"""How many decimals a currency has (ISO 4217)."""

from __future__ import annotations

_OTHER_THAN_TWO = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS = {code: digits for digits, codes in _OTHER_THAN_TWO.items() for code in codes.split()}


def minor_digits(currency: str) -> int:
    """Return the decimals of the currency's smallest unit; two where the code is not listed (ISO 4217).

    >>> minor_digits("EUR"), minor_digits("JPY")
    (2, 0)
    """
    return _DIGITS.get(currency, 2)
