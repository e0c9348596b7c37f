"""The requirements ledger: every line of the source documents is answered by a row."""
