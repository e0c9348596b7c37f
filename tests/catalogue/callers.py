"""Who asks in the tests of the catalogue."""

from thalweg.core.principals import Principal

ALICE, BOB = Principal("alice", "Alice"), Principal("bob", "Bob")
AS_ALICE, AS_BOB = {"authorization": "Bearer alice"}, {"authorization": "Bearer bob"}
