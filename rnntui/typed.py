"""Types that msgspec has looked into before any thread needs them.

msgspec (0.22) looks into a type when it first decodes one, and meanwhile lets other threads see it
half looked into: two first decodings at once can end the process with SIGSEGV. So decoders are made
where modules are imported, which one thread does at a time; and a type that is converted without a
decoder is `prepared` there.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

Kind = TypeVar("Kind", bound=type)


def prepared(kind: Kind) -> Kind:
    """Have msgspec look into a type, and return it; usable as a decorator.

    What its annotations name must be there already.
    """
    msgspec.json.Decoder(kind)
    return kind
