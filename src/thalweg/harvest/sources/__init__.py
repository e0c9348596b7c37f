"""Sources: bulk files, static catalogues and folders from which Items are loaded."""
