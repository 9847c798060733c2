"""The one exception of this package."""

from __future__ import annotations


class SmoothcertError(Exception):
    """Says that something cannot be done, why, and what helps.

    Attributes
    ----------
    code : str
        Names the kind of error, for example ``"OPTION_INVALID"``; docs/errors.md of smoothcert lists all.
    message : str
        The cause, in one sentence.
    remedy : str
        What to do; it works if it is followed literally.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(code, message, remedy)
        self.code = code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.code}: {self.message}\n{self.remedy}"
