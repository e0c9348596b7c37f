"""Other catalogues that a search may go on to, whichever protocol it came by."""
