"""Writes data sets of many kinds as NumPy saves them into a folder, and prints for each how it is read and the digest of it."""

import json
import sys
from pathlib import Path

import numpy as np
from smoothcert import SmoothcertError
from smoothcert._remote.arrays import read_images
from smoothcert._remote.canonical import write_data_set
from smoothcert._remote.selection import resolve, selection_of

PIXELS = {"features": False, "clip": False, "bgr": False, "sigma": 0.25, "images": None}


def cases(random):
    """Yields arrays by name with how they are read."""
    levels = random.integers(0, 256, (12, 3, 5, 4), dtype=np.uint8)
    labels = random.integers(0, 9, 12)
    yield "levels", {"x": levels, "y": labels}, {}
    yield "levels-some", {"x": levels, "y": labels.astype(np.uint8)}, {"images": "1::3"}
    yield "levels-one", {"x": levels}, {"images": "4:9:7"}
    yield "levels-bgr", {"images": levels, "labels": labels[:, None]}, {"bgr": True}
    yield "levels-last", {"x": np.moveaxis(levels, 1, 3), "y": labels}, {"bgr": True}
    yield "levels-rank-5", {"x": levels.reshape(12, 3, 5, 2, 2)}, {}
    yield "float32-255", {"x": (levels / 255).astype(np.float32)}, {}
    yield "float64-255", {"x": levels / 255}, {}
    yield "float64-255-by-product", {"x": levels * (1 / 255)}, {}
    yield "float16-255", {"x": (levels / 255).astype(np.float16)}, {}
    yield "float32-255-rank-5", {"x": (levels / 255).astype(np.float32).reshape(12, 3, 5, 2, 2)}, {}
    yield "float32-16", {"x": (levels // 16 / 16).astype(np.float32)}, {}
    yield "float32-4080", {"x": (random.integers(0, 4081, (7, 9)) / 4080).astype(np.float32)}, {}
    yield "float32-any", {"x": random.random((9, 40, 41), dtype=np.float32), "y": labels[:9]}, {}
    yield "float64-any", {"x": random.random((9, 33))}, {"images": "::2"}
    yield "float64-halves", {"x": (random.integers(0, 8160, (7, 9)) + 0.5) / 8160}, {}
    yield "large", {"x": random.random((700, 101))}, {}
    yield "clip", {"x": random.random((9, 33)) * 1.3 - 0.15}, {"clip": True}
    yield "bits", {"x": np.array([[0.0, 1.0], [1.0, 1.0]])}, {}
    yield "dark", {"x": np.zeros((3, 4), np.float32)}, {}
    yield "features-whole", {"x": random.integers(-1000, 1000, (8, 5))}, {"features": True, "sigma": 3.0}
    yield "features-levels", {"x": levels}, {"features": True, "sigma": 20.0}
    yield "features-bool", {"x": random.random((6, 7)) > 0.5}, {"features": True, "sigma": 0.5}
    yield "features-tenths", {"x": random.integers(-99, 99, (8, 5)) / 10}, {"features": True, "sigma": 0.5}
    yield "features-any", {"x": random.normal(size=(30, 4))}, {"features": True, "sigma": 0.3}
    yield "features-wide", {"x": random.normal(size=(30, 4)) * 1e4}, {"features": True, "sigma": 300.0}
    yield "features-fine", {"x": random.normal(size=(30, 4)) * 1e-9}, {"features": True, "sigma": 1e-9}
    yield "features-too-fine", {"x": random.integers(0, 4096, (8, 5)) / 4096}, {"features": True, "sigma": 5.0}
    yield "features-ten-thousandths", {"x": random.integers(0, 9999, (8, 5)) / 10_000}, {"features": True}


def main(folder):
    random = np.random.default_rng(int(sys.argv[2]))
    for name, arrays, how in cases(random):
        given = {**PIXELS, **how}
        file = folder / f"{name}.npz"
        np.savez(file, **arrays)
        try:
            images = read_images(file, None, given["features"], given["clip"], given["bgr"])
            selection = selection_of(resolve(given["images"], len(images.values)))
            data = write_data_set(images, selection, folder / "data", given["features"], given["sigma"])
            found = data.digest
        except SmoothcertError as error:
            found = error.code
        print(json.dumps({"name": name, "file": str(file), **given, "found": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
