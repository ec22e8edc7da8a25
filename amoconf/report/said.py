"""Headings and tables of words that are English in the code and translated where they are shown."""

from collections.abc import Iterator, Mapping

from amoconf.tongue import tr


class Said:
    """A heading: reading the attribute gives it in the spoken language."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __get__(self, owner: object, kind: type | None = None) -> str:
        return tr(self.text)


class Told(Mapping[str, str]):
    """A table of words: reading one gives it in the spoken language. Its texts are marked by `later`."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def __getitem__(self, key: str) -> str:
        return tr(self.texts[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)
