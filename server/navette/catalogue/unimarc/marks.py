"""Non-sorting marks: the two characters around an article that a title is not filed under."""

from typing import Final

NON_SORTING_BEGIN: Final = "\u0098"
NON_SORTING_END: Final = "\u009c"
