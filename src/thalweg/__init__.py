"""Thalweg: an Earth-observation exploitation platform that brings the user to the data."""
