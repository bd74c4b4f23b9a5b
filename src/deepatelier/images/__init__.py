"""Pictures in and out: the only folder that knows PIL, EXIF, ICC, alpha and bit depth.

Inside deepatelier an image is a float32 tensor (1, 3, H, W), sRGB in [0, 1].
"""

from deepatelier.images.film import FILM_FORMATS, check_film_format, decode_last, encode_film, film_format_of
from deepatelier.images.heat_map import heat_map, heat_map_width, notice
from deepatelier.images.lettering import short_number
from deepatelier.images.picture import Picture, Resampling, open_picture, picture_from_array, picture_from_bytes
from deepatelier.images.reading import MAX_PIXELS, decode
from deepatelier.images.resizing import resize
from deepatelier.images.sheet import Sheet
from deepatelier.images.text import holds_text, read_text
from deepatelier.images.writing import OUTPUT_FORMATS, deepest, encode, format_of, holds_alpha

__all__ = [
    "FILM_FORMATS",
    "MAX_PIXELS",
    "OUTPUT_FORMATS",
    "Picture",
    "Resampling",
    "Sheet",
    "check_film_format",
    "decode",
    "decode_last",
    "deepest",
    "encode",
    "encode_film",
    "film_format_of",
    "format_of",
    "heat_map",
    "heat_map_width",
    "holds_alpha",
    "holds_text",
    "notice",
    "open_picture",
    "picture_from_array",
    "picture_from_bytes",
    "read_text",
    "resize",
    "short_number",
]
