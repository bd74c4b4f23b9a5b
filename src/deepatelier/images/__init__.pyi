from .arrays import LUMA, Pixels, resized, resized_plane, to_array, to_tensor
from .film import FILM_FORMATS, check_film_format, decode_film, decode_last, encode_film, film_format_of
from .heat_map import heat_map, heat_map_width, notice
from .lettering import short_number
from .metadata import holds_text, read_text
from .picture import Picture, Resampling, open_picture, open_pixels, picture_from_array, picture_from_bytes
from .reading import MAX_PIXELS, decode
from .resizing import resize
from .sheet import Sheet
from .writing import OUTPUT_FORMATS, deepest, encode, format_of, holds_alpha

__all__ = [
    "FILM_FORMATS",
    "LUMA",
    "MAX_PIXELS",
    "OUTPUT_FORMATS",
    "Picture",
    "Pixels",
    "Resampling",
    "Sheet",
    "check_film_format",
    "decode",
    "decode_film",
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
    "open_pixels",
    "picture_from_array",
    "picture_from_bytes",
    "read_text",
    "resize",
    "resized",
    "resized_plane",
    "short_number",
    "to_array",
    "to_tensor",
]
