"""The sentences of `amoconf values`; another language is another class of the same shape."""

from amoconf.report.words import number


class ValuesWords:
    """Headings are attributes, sentences with something in them are methods."""

    values = "Values, the most frequent first"
    clusters = "Spellings of one thing"
    left_over = "In no option"
    paste = "To paste under the field"
    nothing = "no value yet: nothing to suggest"

    def filled(self, filled: int, distinct: int) -> str:
        """How much there is."""
        return f"filled in {number(filled)} records, {number(distinct)} distinct values"

    def as_of(self, moment: str) -> str:
        """When the records were read."""
        return f"as of {moment}"

    def coverage(self, options: int, share: str) -> str:
        """What the suggestion reaches."""
        return f"{number(options)} option{'s' if options != 1 else ''} take {share} of the values."
