"""What every façade needs of HTTP: declared parameters, roots, negotiation, problem documents, paging tokens."""
