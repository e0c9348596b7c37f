"""The side schema of the pgstac store: its own branch of migrations, run with ``thalweg`` first in the search path."""
