"""Registrars of persistent identifiers, by their REST APIs."""
