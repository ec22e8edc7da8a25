"""The sentences of `amoconf values`."""

from amoconf.digits import number
from amoconf.tongue import later, tr, trn


class ValuesWords:
    """Headings are attributes, shown by tr; sentences with something in them are methods."""

    values = later("Values, the most frequent first")
    clusters = later("Spellings of one thing")
    left_over = later("In no option")
    paste = later("To paste under the field")
    nothing = later("no value yet: nothing to suggest")
    masked = later("its values are not kept in clear (phones, e-mails, addresses), so they cannot be listed")

    def filled(self, filled: int, distinct: int) -> str:
        """How much there is."""
        return tr(
            "filled in {filled} records, {distinct} distinct values",
            filled=number(filled),
            distinct=number(distinct),
        )

    def as_of(self, moment: str) -> str:
        """When the records were read."""
        return tr("as of {moment}", moment=moment)

    def coverage(self, options: int, share: str) -> str:
        """What the suggestion reaches."""
        return trn(
            "{number} option takes {share} of the values.",
            "{number} options take {share} of the values.",
            options,
            share=share,
        )
