"""Pictures as PNG and JPEG."""

import io
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from thalweg.access.rendering import Indexed, Picture

Encoding = Literal["png", "jpg"]
MEDIA_TYPES: dict[Encoding, str] = {"png": "image/png", "jpg": "image/jpeg"}

PNG_EFFORT = 1
"""zlib's level: the default of 6 takes seven times as long for a tenth fewer bytes of an image."""
QUALITY = 85
NEUTRAL = 236
"""The grey under the clear parts of a JPEG, which knows no transparency."""
THUMBNAIL_BYTES = 10_000
_QUALITIES = (82, 70, 58, 46, 34)


def encoded(picture: Picture, encoding: Encoding) -> bytes:
    """Return the picture's bytes; PNG keeps what is clear, JPEG lays it over a neutral grey."""
    return _png(picture) if encoding == "png" else _jpeg(_flat(picture), QUALITY)


def thumbnail(picture: Picture) -> bytes:
    """Return a JPEG of at most ``THUMBNAIL_BYTES``: of lesser quality, then smaller, until it fits."""
    image = Image.fromarray(_flat(picture))
    while True:
        for quality in _QUALITIES:
            written = _jpeg(np.asarray(image), quality)
            if len(written) <= THUMBNAIL_BYTES:
                return written
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)), Image.Resampling.LANCZOS)


def _png(picture: Picture) -> bytes:
    written = io.BytesIO()
    if isinstance(picture, Indexed):
        image = Image.fromarray(picture.index)
        image.putpalette(picture.palette[:, :3].tobytes())
        image.save(written, "PNG", compress_level=PNG_EFFORT, transparency=picture.palette[:, 3].tobytes())
    elif picture.valid.all():
        Image.fromarray(picture.rgb).save(written, "PNG", compress_level=PNG_EFFORT)
    else:
        alpha = np.where(picture.valid, np.uint8(255), np.uint8(0))
        rgba = np.dstack((np.where(picture.valid[..., None], picture.rgb, np.uint8(0)), alpha))
        Image.fromarray(rgba).save(written, "PNG", compress_level=PNG_EFFORT)
    return written.getvalue()


def _flat(picture: Picture) -> NDArray[np.uint8]:
    """Return (height, width, 3), what is clear laid over grey."""
    if isinstance(picture, Indexed):
        opacity = picture.palette[:, 3:].astype(np.float32) / 255
        colours = picture.palette[:, :3] * opacity + NEUTRAL * (1 - opacity)
        return np.round(colours).astype(np.uint8)[picture.index]
    return np.where(picture.valid[..., None], picture.rgb, np.uint8(NEUTRAL))


def _jpeg(rgb: NDArray[np.uint8], quality: int) -> bytes:
    written = io.BytesIO()
    Image.fromarray(rgb).save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
