"""What the operating system refuses, in words of kasse's own: those of the system are in another language."""

from __future__ import annotations

import errno

from sepa.errors import N_

_WORDS = {
    errno.ENOENT: N_("no such file or folder"),
    errno.EACCES: N_("not allowed, or another program holds it"),
    errno.EPERM: N_("not allowed, or another program holds it"),
    errno.EISDIR: N_("this is a folder, not a file"),
    errno.ENOTDIR: N_("a part of the path is a file, not a folder"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EROFS: N_("what lies there can be read only"),
    errno.EEXIST: N_("it is there already"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.EMFILE: N_("too many files are open"),
}
"""Numbers that every system has; Python maps those of Windows to them."""


def why_refused(error: OSError) -> str:
    """Return why the system refused, to be translated; what is rare stays in the system's own words.

    >>> why_refused(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    'no such file or folder'
    >>> why_refused(OSError(errno.EXDEV, "Invalid cross-device link")), why_refused(OSError())
    ('Invalid cross-device link', 'OSError')
    """
    return _WORDS.get(error.errno or 0) or error.strerror or str(error) or type(error).__name__
