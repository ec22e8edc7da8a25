"""Figures of how people work: the indicators of the deviation board, and the reports, over a filled mirror."""
