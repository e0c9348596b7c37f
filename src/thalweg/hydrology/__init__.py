"""Water from images, gauges and altimeters: the science, as pure modules that see only staged-in files."""
