"""One document a command, many renderers: every text is made from the document, so they cannot disagree."""
