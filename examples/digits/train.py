"""Trains the small digits network of this example and writes digits.onnx and digits.npz beside this file.

The network sees every training image with fresh Gaussian noise, SIGMA on pixels in [0, 1]: a classifier that was
never shown noise has almost nothing to certify. Run it with `python3 train.py`; it needs numpy, scipy, torch,
onnx and scikit-learn, takes about a minute on one core and gives the same files whenever the library versions
are the same.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from scipy.stats import beta, norm
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

HERE = Path(__file__).resolve().parent
SEED = 20190609
SIGMA = 0.25
HELD_OUT = 300
EPOCHS = 200
BATCH = 64
ALPHA = 0.001
DRAWS = 4000


def load() -> tuple[np.ndarray, np.ndarray]:
    """All 1,797 images as uint8 [N, 1, 8, 8] and their labels; the source's grey levels 0..16 become 0..255."""
    digits = load_digits()
    pixels = np.rint(digits.images * 255 / 16).astype(np.uint8)
    return pixels[:, None, :, :], digits.target.astype(np.int64)


def to_tensor(pixels: np.ndarray) -> torch.Tensor:
    """Pixels in [0, 1]: float32(x / 255); what the certifier feeds to the model may differ in the last bit."""
    return torch.from_numpy((pixels / 255).astype(np.float32))


def network() -> nn.Sequential:
    """15,338 parameters, no normalisation layer: the σ of the noise stays in units of pixels."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(128, 10),
    )


def train(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> None:
    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1e-3)
    steps = EPOCHS * (len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=4e-3, total_steps=steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(x))
        for first in range(0, len(x) - BATCH + 1, BATCH):
            rows = order[first : first + BATCH]
            noisy = x[rows] + SIGMA * torch.randn(x[rows].shape)
            loss = nn.functional.cross_entropy(model(noisy), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


@torch.no_grad()
def votes(model: nn.Module, x: torch.Tensor) -> np.ndarray:
    """Votes per class of DRAWS noisy copies of each image, shape [images, 10]."""
    counts = np.zeros((len(x), 10), dtype=np.int64)
    for row, image in enumerate(x):
        noisy = image + SIGMA * torch.randn((DRAWS, *image.shape))
        counts[row] = np.bincount(model(noisy).argmax(1).numpy(), minlength=10)
    return counts


def report(model: nn.Module, x: torch.Tensor, y: np.ndarray) -> None:
    """Prints what the README records. The radii are for orientation only: class and bound come from the same draws."""
    with torch.no_grad():
        clean = (model(x).argmax(1).numpy() == y).mean()
    counts = votes(model, x)
    noisy = counts[np.arange(len(y)), y].mean() / DRAWS
    leader = counts.argmax(1)
    top = counts.max(1)
    lower = beta.ppf(ALPHA, top, DRAWS - top + 1)
    radius = np.where(lower > 0.5, SIGMA * norm.ppf(lower), -1)
    print(f"parameters {sum(p.numel() for p in model.parameters())}")
    print(f"accuracy of the base classifier: clean {clean:.3f}, under noise {noisy:.3f}")
    quartiles = ", ".join(f"{q:.3f}" for q in np.quantile(top / DRAWS, [0.25, 0.5, 0.75]))
    print(f"p_A quartiles {quartiles}; abstaining {(radius < 0).mean():.3f}")
    for r in (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75):
        print(f"certified accuracy at {r:.3f}: {((radius >= r) & (leader == y)).mean():.3f}")


def export(model: nn.Module, path: Path) -> None:
    axis = {0: "N"}
    torch.onnx.export(
        model, torch.zeros(1, 1, 8, 8), path, opset_version=13,
        input_names=["pixels"], output_names=["logits"], dynamic_axes={"pixels": axis, "logits": axis},
    )
    onnx.checker.check_model(onnx.load(path), full_check=True)
    print(f"{path.name}: {path.stat().st_size} bytes")


def main() -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    pixels, labels = load()
    x_train, x_test, y_train, y_test = train_test_split(
        pixels, labels, test_size=HELD_OUT, stratify=labels, random_state=SEED
    )
    np.savez_compressed(HERE / "digits.npz", x=x_test, y=y_test)
    model = network()
    train(model, to_tensor(x_train), torch.from_numpy(y_train))
    model.eval()
    export(model, HERE / "digits.onnx")
    report(model, to_tensor(x_test), y_test)


if __name__ == "__main__":
    main()
