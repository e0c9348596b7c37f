"""How fresh and how complete the Items of a Collection are: what is expected, what is there, what is missing."""
