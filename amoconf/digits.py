"""Numbers as people read them in the spoken language: digits in threes, shares in per cent."""

from amoconf.tongue import spoken


def number(value: float | None, digits: int = 10) -> str:
    """1482 → "1 482"; a comma for the decimals in Russian; a dash where there is none."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}g}" if isinstance(value, float) and not value.is_integer() else f"{value:,.0f}"
    return text.replace(",", " ").replace(".", "," if spoken() == "ru" else ".")


def percent(share: float | None) -> str:
    """0.5574 → "55.7 %"; a share below one in a thousand keeps its digits."""
    if share is None:
        return "–"
    digits = 1 if not share or abs(share) >= 0.001 else 3
    text = f"{share * 100:,.{digits}f}".replace(",", " ")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text.replace('.', ',' if spoken() == 'ru' else '.')} %"
