"""Documents as files: plain text for a terminal and an archive, PDF for paper."""

from kasse_cli.documents.pdf import DocumentFormError, render_pdf
from kasse_cli.documents.saving import save
from kasse_cli.documents.text import as_text

__all__ = ["DocumentFormError", "as_text", "render_pdf", "save"]
