"""Phones, e-mails and names without their content: keyed hashes that can be compared, and nothing that can be
read.
"""

import hmac
import re

SIZE = 16
FEWEST, MOST = 10, 15  # digits of a phone; E.164 has 15 at most
_NO_DIGIT = re.compile(r"\D+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# One that lacks its domain's end is somebody's all the same.
_EMAIL_INSIDE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
# With a country code, with Russia's 7 or 8, a bare Russian mobile or number of Moscow and Petersburg, a bare number
# of Belarus and its like, or ten digits in groups; Russian words may touch them. Other runs of ten digits and more
# are numbers of taxpayers and accounts.
_DASH = "\u2010-\u2015-"
_PHONE_INSIDE = re.compile(
    rf"(?<![0-9A-Za-z_+])(?:\+\d(?:[\s()._{_DASH}]*\d){{9,13}}|[78](?:[\s()._{_DASH}]*\d){{10}}"
    r"|9\d{9}|(?:495|499|812)\d{7}|(?:375|99[2-8])\d{9}"
    rf"|\(?\d{{3}}\)?[\s{_DASH}]+\d{{3}}[\s{_DASH}]*\d{{2}}[\s{_DASH}]*\d{{2}})(?![0-9A-Za-z_])"
)
EMAIL_MARK, PHONE_MARK = "<email>", "<phone>"

Hash = tuple[bytes | None, int]  # (hash, None where malformed; 1 where malformed)


def keyed(key: bytes, text: str) -> bytes:
    """HMAC-SHA256 of a text, cut to 16 bytes."""
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")[:SIZE]


def phone(key: bytes, text: str) -> Hash:
    """Phones compare by their last ten digits, so that +7, 8 and no prefix are the same; fewer digits are
    malformed.
    """
    digits = _NO_DIGIT.sub("", text)
    if not FEWEST <= len(digits) <= MOST:
        return None, 1
    return keyed(key, f"phone {digits[-FEWEST:]}"), 0


def email(key: bytes, text: str) -> Hash:
    """E-mails compare trimmed and case-folded."""
    plain = text.strip().casefold()
    if not _EMAIL.fullmatch(plain):
        return None, 1
    return keyed(key, f"email {plain}"), 0


def name(key: bytes, text: object) -> bytes | None:
    """A name, case and spaces aside; None where there is none."""
    words = " ".join(text.split()).casefold() if isinstance(text, str) else ""
    return keyed(key, f"name {words}") if words else None


def masked(text: str) -> str:
    """A text with every phone and e-mail in it replaced by a mark."""
    if "@" in text:
        text = _EMAIL_INSIDE.sub(EMAIL_MARK, text)
    # A phone has ten digits or more.
    return _PHONE_INSIDE.sub(PHONE_MARK, text) if len(text) >= FEWEST else text
