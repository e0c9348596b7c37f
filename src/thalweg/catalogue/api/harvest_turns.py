"""Who waits for a source that is harvested: sources may be slow, and hold up neither uploads nor other callers."""

from thalweg.web.turns import Turns

HARVESTS = Turns(8, share=2)
