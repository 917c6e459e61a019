"""Small MT files for tests, built from a few words."""

OWN = "20050550/1234567890"
OWN_IBAN = "DE34200505501234567890"


def mt(*fields: str, head=(), opening=":60F:C261119EUR100,00", closing=":62F:C261120EUR100,00", end="-") -> bytes:
    """Return a MT940 file with one statement; each field is a tag with its text."""
    lines = (":20:STARTUMS", f":25:{OWN}", ":28C:231/1", *head, opening, *fields, closing, end)
    return "".join(f"{line}\r\n" for line in lines if line).encode()


def entry(information="", *, line="2611201120CR120,00NTRFNONREF//BANKREF1") -> tuple[str, ...]:
    """Return the fields of one entry."""
    return (f":61:{line}", f":86:{information}") if information else (f":61:{line}",)


def wrapped(text: str, width: int = 65) -> str:
    """Return a text in lines as banks break it."""
    return "\r\n".join(text[at : at + width] for at in range(0, len(text), width))


def purpose(text: str) -> str:
    """Return a purpose in its numbered parts of 27 characters."""
    numbers = [*range(20, 30), *range(60, 64)]
    pieces = [text[at : at + 27] for at in range(0, len(text), 27)]
    return "".join(f"?{number}{piece}" for number, piece in zip(numbers, pieces, strict=False))
