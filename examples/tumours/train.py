"""Trains the small network of this example and writes tumours.onnx and tumours.npz beside this file.

The inputs are no images: 30 measurements of a tumour each, standardised. The network sees every training row with fresh
Gaussian noise, SIGMA on standardised values: a classifier that was never shown noise has almost nothing to certify. Run
it with `python3 train.py`; it needs numpy, torch, onnx and scikit-learn, takes some seconds on one core and gives the
same files whenever the library versions are the same.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from torch import nn

HERE = Path(__file__).resolve().parent
SEED = 20200610
SIGMA = 0.5
HELD_OUT = 150
EPOCHS = 300
BATCH = 64


def load() -> tuple[np.ndarray, np.ndarray]:
    """All 569 rows as float64 [N, 30] in the source's units, and their classes: 0 malignant, 1 benign."""
    data = load_breast_cancer()
    return data.data, data.target.astype(np.int64)


def network() -> nn.Sequential:
    """2,114 parameters."""
    return nn.Sequential(
        nn.Linear(30, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2)
    )


def train(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> None:
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    for _ in range(EPOCHS):
        order = torch.randperm(len(x))
        for first in range(0, len(x), BATCH):
            rows = order[first : first + BATCH]
            noisy = x[rows] + SIGMA * torch.randn(x[rows].shape)
            loss = nn.functional.cross_entropy(model(noisy), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


@torch.no_grad()
def accuracy(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    return float((model(x).argmax(1) == y).float().mean())


def main() -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    values, labels = load()
    split = train_test_split(values, labels, test_size=HELD_OUT, random_state=SEED, stratify=labels)
    train_x, test_x, train_y, test_y = split
    mean, std = train_x.mean(axis=0), train_x.std(axis=0)
    train_x, test_x = [((x - mean) / std).astype(np.float32) for x in (train_x, test_x)]
    model = network()
    train(model, torch.from_numpy(train_x), torch.from_numpy(train_y))
    model.eval()
    x, y = torch.from_numpy(test_x), torch.from_numpy(test_y)
    noisy = x.repeat(100, 1) + SIGMA * torch.randn(100 * len(x), 30)
    print(f"accuracy without noise {accuracy(model, x, y):.3f}")
    print(f"accuracy under noise   {accuracy(model, noisy, y.repeat(100)):.3f}")
    np.savez_compressed(HERE / "tumours.npz", x=test_x, y=test_y)
    file = HERE / "tumours.onnx"
    torch.onnx.export(
        model,
        x[:1],
        file,
        input_names=["features"],
        output_names=["logits"],
        dynamic_axes={"features": {0: "batch"}, "logits": {0: "batch"}},
        opset_version=13,
    )
    onnx.checker.check_model(onnx.load(file))


if __name__ == "__main__":
    main()
