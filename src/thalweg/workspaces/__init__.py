"""Spaces of people and teams: members, rules, files. The one authorisation decision is made here."""
