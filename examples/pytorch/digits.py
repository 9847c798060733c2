# %% From training to the figure of Cohen et al.: a network for each σ, certified, and their curves. About two minutes on two cores.
import os
from pathlib import Path

import numpy as np
import smoothcert as sc
import torch
from torch import nn

SIGMAS = [0.25, 0.5, 1.0]  # standard deviations of the noise, on pixels in [0, 1]
STEPS, SAMPLES = int(os.environ.get("STEPS", 1000)), int(os.environ.get("SAMPLES", 10_000))
OUT = Path(os.environ.get("OUT", "runs"))
torch.manual_seed(0)

# %% 300 handwritten digits of 8 by 8 pixels: 200 to train on, and 100 that no network sees before they are certified
digits = np.load(Path(__file__).parents[1] / "digits" / "digits.npz")
x, y = digits["x"] / np.float32(255), digits["y"]
x_train, y_train = torch.from_numpy(x[:200]), torch.from_numpy(y[:200])


# %% Training, with fresh noise of the σ that is certified in each batch
def train(sigma):
    layers = nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, stride=2), nn.ReLU(), nn.Flatten()
    model = nn.Sequential(*layers, nn.Dropout(0.3), nn.Linear(32 * 9, 10))
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    for _ in range(STEPS):
        batch = torch.randint(len(x_train), (100,))
        noisy = x_train[batch] + sigma * torch.randn_like(x_train[batch])
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(noisy), y_train[batch]).backward()
        optimiser.step()
    return model


# %% Certificates, and the figure
for sigma in SIGMAS:
    sc.certify(train(sigma), x[200:], y[200:], sigma=sigma, max_samples=SAMPLES, seed=1, out=OUT / str(sigma))
runs = sc.load(OUT)
print(runs.df.groupby("sigma")[["correct", "radius", "samples"]].mean())
runs.plot().figure.savefig(OUT / "certified-accuracy.png", dpi=150)
