"""Omniglot from its own zip archives, as Apogee reads it: 105x105 1-bit drawings, area-averaged to
28x28, ink = 1, rotations as extra classes."""

import io
import pathlib
import zipfile

import numpy as np
import torch
from PIL import Image

SIZE = 28


def area_weights(source, target):
    """[target, source]: the fraction of each target cell that a source pixel covers."""
    scale = source / target
    weights = np.zeros((target, source))
    for t in range(target):
        low, high = t * scale, (t + 1) * scale
        for s in range(int(low), min(source, int(np.ceil(high)))):
            weights[t, s] = (min(high, s + 1) - max(low, s)) / scale
    return weights


def classes(folder, alphabets, rotations):
    """{(alphabet, character, rotation): [drawings, 1, 28, 28]}, sorted by name. A character that
    stands in two archives is read once."""
    found = {}
    for archive in sorted(pathlib.Path(folder).glob("images_*.zip")):
        with zipfile.ZipFile(archive) as z:
            for name in sorted(z.namelist()):
                parts = name.split("/")
                if name.endswith(".png") and len(parts) == 4 and parts[1] in alphabets:
                    images = found.setdefault((parts[1], parts[2]), {})
                    if parts[3] not in images:
                        pixels = np.asarray(Image.open(io.BytesIO(z.read(name))))
                        ink = 1.0 - pixels.astype(np.float64)
                        w = area_weights(ink.shape[0], SIZE)
                        images[parts[3]] = w @ ink @ w.T
    missing = set(alphabets) - {alphabet for alphabet, _ in found}
    if missing:
        raise SystemExit(f"no drawings of {', '.join(sorted(missing))} in {folder}")
    result = {}
    for (alphabet, character), images in sorted(found.items()):
        drawings = np.stack([images[k] for k in sorted(images)])
        for turn in range(4 if rotations else 1):
            turned = np.rot90(drawings, turn, (1, 2)).astype(np.float32)
            result[alphabet, character, 90 * turn] = torch.from_numpy(turned.copy())[:, None]
    return result


def episode(data, rng, ways, shots, queries):
    """Support and query sets of distinct classes and drawings; labels in class order."""
    chosen = rng.choice(len(data), ways, replace=False)
    support, query = [], []
    for c in chosen:
        drawings = rng.choice(len(data[c]), shots + queries, replace=False)
        support.append(data[c][drawings[:shots]])
        query.append(data[c][drawings[shots:]])
    labels = torch.arange(ways)
    return ((torch.cat(support), labels.repeat_interleave(shots)),
            (torch.cat(query), labels.repeat_interleave(queries)))
