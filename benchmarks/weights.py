"""Writes weights as data: JSON with sizes and numbers, and prints the digest for the recipe."""

from __future__ import annotations

import hashlib
import json
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def write_weights(
    path: Path,
    made_by: str,
    trained_on: str,
    classifiers: Mapping[str, tuple[tuple[int, ...], NDArray[np.float32]]],
) -> str:
    """Write classifiers, four digits to a number; return the file's SHA-256.

    The digest goes into `mnimage/domain/recipe.py`, so that new weights are a new recipe, and into
    the table of `assets/weights/README.md`.
    """
    parts = []
    for name, (sizes, numbers) in classifiers.items():
        body = textwrap.fill(", ".join(f"{number:.4g}" for number in numbers), 100)
        parts.append(
            f'    "{name}": {{\n      "sizes": {list(sizes)},\n'
            f'      "numbers": [\n{body}\n      ]\n    }}'
        )
    text = (
        f'{{\n  "made_by": {json.dumps(made_by)},\n  "trained_on": {json.dumps(trained_on)},\n'
        '  "classifiers": {\n' + ",\n".join(parts) + "\n  }\n}\n"
    )
    # As bytes: on Windows text would get other line ends, and so another digest.
    path.write_bytes(text.encode())
    return hashlib.sha256(text.encode()).hexdigest()
