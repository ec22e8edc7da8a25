"""Numbers as people read them in the spoken language: digits in threes, a comma for the decimals in Russian."""

from amoconf.tongue import spoken


def number(value: float | None, digits: int = 10) -> str:
    """1482 → "1 482"; at most so many digits; a dash where there is none."""
    if value is None:
        return "–"
    whole = not isinstance(value, float) or value.is_integer()
    return _spoken(f"{value:,.0f}" if whole else f"{value:,.{digits}g}")


def fixed(value: float, digits: int = 1) -> str:
    """Always so many digits behind the point, so that figures stand below each other."""
    return _spoken(f"{value:,.{digits}f}")


def decimal(value: float, digits: int = 1) -> str:
    """At most so many digits behind the point, zeros at the end left out: 1 482.5."""
    text = fixed(value, digits)
    return text.rstrip("0").rstrip(".,") if digits else text


def percent(share: float | None) -> str:
    """0.5574 → "55.7 %"; a share below one in a thousand keeps its digits."""
    if share is None:
        return "–"
    return f"{decimal(share * 100, 1 if not share or abs(share) >= 0.001 else 3)} %"


def _spoken(text: str) -> str:
    return text.replace(",", " ").replace(".", "," if spoken() == "ru" else ".")
