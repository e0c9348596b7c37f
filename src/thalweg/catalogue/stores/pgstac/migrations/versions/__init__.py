"""The steps of the side schema, each named by its revision."""
