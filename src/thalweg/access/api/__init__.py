"""Faces of the renderer: XYZ and OGC API tiles, TileJSON, previews and thumbnails."""
