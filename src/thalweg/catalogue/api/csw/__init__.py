"""The catalogue as OGC's Catalogue Service for the Web: 2.0.2 (07-006r1) and 3.0.0 (12-176r7)."""
