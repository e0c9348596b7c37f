"""Who adds images in these tests."""

from thalweg.core.principals import Principal

ADA, EVE = Principal("ada", "Ada"), Principal("eve", "Eve")
