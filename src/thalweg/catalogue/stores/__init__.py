"""Where Items and Collections are kept: adapters of ``ports.ItemStore``."""
