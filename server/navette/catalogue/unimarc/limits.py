"""The delimiters and greatest lengths of ISO 2709."""

from typing import Final

RECORD_END: Final = b"\x1d"
FIELD_END: Final = b"\x1e"
SUBFIELD: Final = b"\x1f"
LARGEST_RECORD: Final = 99_999
LARGEST_FIELD: Final = 9_999
