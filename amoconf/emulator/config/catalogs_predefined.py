"""The fields that lists of products, invoices and suppliers are born with (config page C7.7)."""

from amoconf.emulator.config.fields_store import make_field
from amoconf.emulator.store import Store, Thing

FIRST_SORT = 500

# code: (name, type, codes of its options). Codes are official for products, of the SDK for the rest.
# guess: config page C7.7 gives no names, and of types only those of the products list.
Row = tuple[str, str, tuple[str, ...]]
PRODUCTS: dict[str, Row] = {
    "SKU": ("Артикул", "text", ()),
    "DESCRIPTION": ("Описание", "textarea", ()),
    "PRICE": ("Цена", "price", ()),
    "GROUP": ("Группа", "category", ()),
    "EXTERNAL_ID": ("External ID", "text", ()),
}
PAID = ("created", "paid", "paid_in_advance", "partially_paid")
VAT = ("vat_exempt", "vat_included", "vat_not_included")
INVOICES: dict[str, Row] = {
    "BILL_STATUS": ("Статус", "select", PAID),
    "LEGAL_ENTITY": ("Юридическое лицо", "legal_entity", ()),
    "SUPPLIER": ("Поставщик", "supplier", ()),
    "PAYER": ("Плательщик", "payer", ()),
    "ITEMS": ("Позиции счёта", "items", ()),
    "BILL_VAT_TYPE": ("Тип НДС", "select", VAT),
    "BILL_REASON_FOR_NO_VAT": ("Причина освобождения от НДС", "text", ()),
    "BILL_PAYMENT_DATE": ("Дата оплаты", "date", ()),
    "BILL_COMMENT": ("Комментарий", "textarea", ()),
    "BILL_PRICE": ("Сумма", "numeric", ()),
}
SUPPLIERS: dict[str, Row] = {
    "SUPPLIER_VAT_ID": ("ИНН", "text", ()),
    "SUPPLIER_TAX_REGISTRATION_REASON_CODE": ("КПП", "text", ()),
    "SUPPLIER_PRIMARY_STATE_REGISTRATION_NUMBER": ("ОГРН", "text", ()),
    "SUPPLIER_BANK_IDENTIFICATION_CODE": ("БИК", "text", ()),
    "SUPPLIER_ACCOUNT_NUMBER": ("Расчётный счёт", "text", ()),
    "SUPPLIER_LEGAL_ADDRESS": ("Юридический адрес", "textarea", ()),
    "SUPPLIER_REAL_ADDRESS": ("Фактический адрес", "textarea", ()),
    "SUPPLIER_DIRECTOR_NAME": ("Директор", "text", ()),
    "SUPPLIER_DIRECTOR_POST": ("Должность директора", "text", ()),
    "SUPPLIER_ACCOUNTANT_NAME": ("Бухгалтер", "text", ()),
    "SUPPLIER_ACCOUNTANT_POST": ("Должность бухгалтера", "text", ()),
    "SUPPLIER_PHONE": ("Телефон", "text", ()),
}
FIELDS = {"products": PRODUCTS, "invoices": INVOICES, "suppliers": SUPPLIERS}
OPTIONS = {
    "created": "Создан",
    "paid": "Оплачен",
    "paid_in_advance": "Оплачен авансом",
    "partially_paid": "Частично оплачен",
    "vat_exempt": "Без НДС",
    "vat_included": "НДС включён",
    "vat_not_included": "НДС сверху",
}


def predefine(store: Store, catalog: Thing) -> None:
    """Gives a new list the fields of its type. Only those of invoices may be deleted by people."""
    for place, (code, (name, kind, codes)) in enumerate(FIELDS.get(catalog["type"], {}).items()):
        options = [
            {"value": OPTIONS[option], "sort": sort, "code": option} for sort, option in enumerate(codes)
        ]
        body: Thing = {"name": name, "type": kind, "code": code, "sort": FIRST_SORT + place}
        if options:
            body["enums"] = options
        deletable, visible = catalog["type"] == "invoices", code != "EXTERNAL_ID"
        make_field(store, f"catalogs/{catalog['id']}", body, is_deletable=deletable, is_visible=visible)
