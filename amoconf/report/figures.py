"""Figures as people write them: shares in percent, minutes as hours, money in threes."""

from amoconf.report.nouns import number
from amoconf.tongue import spoken, tr


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


def tenths(value: float) -> str:
    """Always with one digit behind the point, so that figures stand below each other."""
    return f"{value:.1f}".replace(".", "," if spoken() == "ru" else ".")


def decimal(value: float) -> str:
    """To a tenth, with the comma that Russian writes; a whole number without."""
    return tenths(value).removesuffix(".0").removesuffix(",0")
