"""Currencies that a `monetary` field may have; reference data, known from the SDK only (config page, C18)."""

from amoconf.emulator.answer import Answer
from amoconf.emulator.call import Call
from amoconf.emulator.listing import ENVELOPES, paged
from amoconf.emulator.routes import route

# guess: which codes there are; these are ISO 4217 codes of the countries where the service is sold.
_CODES = (
    "RUB USD EUR KZT BYN UAH UZS KGS AMD AZN GEL MDL TJS TMT GBP CHF CNY JPY INR TRY AED ILS BRL MXN COP CLP "
    "PEN ARS CAD AUD SGD HKD THB VND IDR MYR PLN CZK"
)
CODES = tuple(_CODES.split())


@route("GET", "/api/v4/currencies", facts="config C18", state="partly", note="only `code` is known")
def list_currencies(call: Call) -> Answer:
    """Codes, page by page."""
    rows = [{"code": code} for code in CODES]
    return paged(call, ENVELOPES["currencies"], rows, lambda row, query: row)
