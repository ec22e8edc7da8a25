"""Figures as people write them: shares in percent, minutes as hours, money in threes."""

from amoconf.digits import decimal, number
from amoconf.tongue import tr


def amount(value: float | None, unit: str) -> str:
    """A value with its unit; "-" where there is none."""
    if value is None:
        return "-"
    if unit == "share":
        return f"{decimal(100 * value)} %"
    if unit == "minutes":
        return minutes(value)
    if unit == "days":
        return tr("{number} d", number=decimal(value))
    if unit == "hours":
        return tr("{number} h", number=decimal(value))
    return number(round(value)) if value == round(value) else decimal(value)


def minutes(value: float) -> str:
    """ "41 min", "3.2 h"."""
    if value < 100:
        return tr("{number} min", number=decimal(value))
    return tr("{number} h", number=decimal(value / 60))
