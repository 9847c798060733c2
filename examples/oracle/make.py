"""Writes the oracle: two linear classifiers whose smoothed class, radius and p_A are known in closed form.

oracle.{onnx,npz,json} has two classes, four-classes.{onnx,npz,json} has four. Weights, biases and pixels are
multiples of 1/16, 1/32 and 1/256: they and every margin are exact in float32 and in double, so the JSON files
describe the very numbers that the model uses. README.md says why the closed form is exact.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scipy.special import ndtr, ndtri

HERE = Path(__file__).resolve().parent
SEED = 20190610
SIGMAS = (0.25, 0.5)
PIXELS = 64
WEIGHT_UNIT, PIXEL_UNIT = 1 / 16, 1 / 256
# The first 2 x STEERING pixels have the weight of one unit in one direction, 0 in the other: they make a margin exact.
STEERING = 8

Plane = tuple[np.ndarray, float]  # w [64], b: the margin of an image x is w·x + b


def directions(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two exactly orthogonal weight vectors [64]: a pair of pixels weighs (a, b) and (-b, a), or (u, 0) and (0, u)."""
    pairs = rng.integers(3, 17, (PIXELS // 2, 2)) * rng.choice([-1, 1], (PIXELS // 2, 2))
    pairs[:STEERING] = (1, 0)
    w = (pairs * WEIGHT_UNIT).reshape(-1)
    v = (np.stack([-pairs[:, 1], pairs[:, 0]], axis=1) * WEIGHT_UNIT).reshape(-1)
    assert w @ v == 0
    return w, v


def biases(*weights: np.ndarray) -> list[float]:
    """The biases that put the plane through the middle of the cube of pixels: margin 0 at mid-grey."""
    return [float(-w.sum() / 2) for w in weights]


def steer(x: np.ndarray, w: np.ndarray, b: float, margin: float) -> None:
    """Moves the steering pixels of w, in place, until w·x + b == margin exactly."""
    unit = WEIGHT_UNIT * PIXEL_UNIT
    pixels = np.flatnonzero(w[: 2 * STEERING])
    missing = round((margin - (w @ x + b)) / unit)
    for i in pixels:
        step = int(np.clip(missing, -128, 128))
        x[i] += step * PIXEL_UNIT
        missing -= step
    assert missing == 0 and w @ x + b == margin


def picture(rng: np.random.Generator, planes: list[Plane], margins: list[float]) -> np.ndarray:
    """An image [64] with exactly these margins to the planes, which are orthogonal to each other."""
    x = 0.5 + rng.uniform(-0.15, 0.15, PIXELS)
    x[: 2 * STEERING] = 0.5
    free = np.arange(PIXELS) >= 2 * STEERING
    # A large margin wants single pixels outside [0, 1]: those are clipped and the others make up for it.
    for _ in range(200):
        for (w, b), margin in zip(planes, margins):
            movable = w * (free & (x > 0) & (x < 1))
            x = np.clip(x + movable * (margin - (w @ x + b)) / (movable @ movable), 0, 1)
    x = np.round(x / PIXEL_UNIT) * PIXEL_UNIT
    for (w, b), margin in zip(planes, margins):
        steer(x, w, b, margin)
    return x


def grid(value: float) -> float:
    """The nearest margin that pixels and weights on their grids can reach."""
    return round(value / (WEIGHT_UNIT * PIXEL_UNIT)) * WEIGHT_UNIT * PIXEL_UNIT


def write_model(name: str, weights: np.ndarray, bias: np.ndarray) -> None:
    classes = len(weights)
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["pixels"], ["flat"], axis=1),
            helper.make_node("Gemm", ["flat", "weights", "bias"], ["logits"], transB=1),
        ],
        name,
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", classes])],
        [
            numpy_helper.from_array(weights.astype(np.float32), "weights"),
            numpy_helper.from_array(bias.astype(np.float32), "bias"),
        ],
    )
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8, producer_name="smoothcert")
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, HERE / f"{name}.onnx")


def truth(planes: list[Plane], x: np.ndarray, label: int) -> dict:
    """The closed form for one image (float32 pixels): class, radius, margins, and p_A and 1 - p_A for each σ."""
    margins = [float(np.float64(x.reshape(-1)) @ w + b) for w, b in planes]
    distances = [abs(m) / float(np.sqrt(w @ w)) for m, (w, _) in zip(margins, planes)]
    row = {"label": label, "class": None, "radius": min(distances), "margins": margins, "sigmas": []}
    if 0 not in margins:
        row["class"] = sum(int(m < 0) << i for i, m in enumerate(margins))
    for sigma in SIGMAS:
        p, failure = 1.0, 0.0
        for d in distances:
            p, failure = p * float(ndtr(d / sigma)), failure + float(ndtr(-d / sigma)) * (1 - failure)
        certifiable = sigma * -float(ndtri(failure)) if failure < 0.5 else 0.0
        row["sigmas"].append({"sigma": sigma, "pA": p, "failure": failure, "certifiable": certifiable})
    return row


def write(name: str, planes: list[Plane], logits: tuple, images: list[np.ndarray]) -> None:
    write_model(name, *logits)
    x = np.array(images).reshape(-1, 1, 8, 8).astype(np.float32)
    assert np.array_equal(x.reshape(len(images), -1), np.array(images)) and x.min() >= 0 and x.max() <= 1
    rows = []
    for index, image in enumerate(x):
        row = truth(planes, image, 0)
        true_class = 0 if row["class"] is None else row["class"]
        wrong = index % 10 == 7
        row["label"] = (true_class + 1) % len(logits[0]) if wrong else true_class
        rows.append({"index": index, **row})
    np.savez_compressed(HERE / f"{name}.npz", x=x, y=np.array([r["label"] for r in rows], dtype=np.int64))
    lines = ",\n".join(json.dumps(row) for row in rows)
    head = f'"noise": "gaussian", "classes": {len(logits[0])}'
    (HERE / f"{name}.json").write_text(f'{{{head}, "images": [\n{lines}\n]}}\n')


def main() -> None:
    rng = np.random.default_rng(SEED)
    w, v = directions(rng)
    b, c = biases(w, v)
    norm = float(np.sqrt(w @ w))
    # Distances in units of σ = 0.25: ties and near-ties first, then a fine range, then p_A that rounds to 1.
    distances = np.concatenate([[0] * 8, [1e-3] * 6, [1e-2] * 6, np.linspace(0.05, 4, 160), np.linspace(4.2, 9.5, 20)])
    signs = np.where(np.arange(len(distances)) % 2 == 0, 1, -1)
    order = rng.permutation(len(distances))
    images = [picture(rng, [(w, b)], [grid(s * d * 0.25 * norm)]) for s, d in zip(signs[order], distances[order])]
    write("oracle", [(w, b)], (np.stack([w, -w]), np.array([b, -b])), images)

    # Class = 2·[second margin < 0] + [first margin < 0]; the logit of a class adds its two signed margins.
    corners = np.array([[1, 1], [-1, 1], [1, -1], [-1, -1]])
    pairs = []
    for d in (0, 0.2, 0.6, 1.2, 2, 3, 4):
        for e in (0, 0.4, 1, 2.5, 5):
            pairs += [(s * d, t * e) for s, t in corners[: 4 if d and e else 1]]
    planes = [(w, b), (v, c)]
    images = [picture(rng, planes, [grid(d * 0.25 * norm), grid(e * 0.25 * norm)]) for d, e in pairs]
    write("four-classes", planes, (corners @ np.stack([w, v]), corners @ np.array([b, c])), images)


if __name__ == "__main__":
    main()
