"""Training loop and metrics shared by the models: classification with cross-entropy."""

import sys

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

BATCH = 1024


def fix_seeds(seed):
    """Make a run on one thread reproducible."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def logits_of(model, x):
    """Logits in evaluation mode, numpy float32 of shape (rows, classes)."""
    model.eval()
    with torch.no_grad():
        return model.logits(torch.from_numpy(x)).numpy()


def accuracy(scores, labels):
    """Fraction of rows whose largest score is the label's."""
    return float(np.mean(scores.argmax(axis=1) == labels))


def auc_per_class(scores, labels, names):
    """Area under the ROC curve of each class against the rest, from the softmax of logits."""
    probability = torch.softmax(torch.from_numpy(np.array(scores, dtype=np.float64)), dim=1).numpy()
    return {n: float(roc_auc_score(labels == i, probability[:, i])) for i, n in enumerate(names)}


def train_epoch(model, x, y, optimizer, after_step, batch):
    """One pass over shuffled data; returns the mean loss."""
    model.train()
    losses = []
    for rows in torch.randperm(len(x)).split(batch):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model.logits(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        after_step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def fit(model, train, held_out, epochs, rate, before_epoch=None, after_step=None, batch=BATCH):
    """Adam with a cosine learning rate; progress on standard error every tenth of the epochs.

    `train`, `held_out`: (x float32 (rows, features), y int64 (rows,)) as numpy arrays.
    `before_epoch(epoch)` and `after_step()` are called as their names say.
    """
    x, y = (torch.from_numpy(array) for array in train)
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for epoch in range(epochs):
        if before_epoch:
            before_epoch(epoch)
        loss = train_epoch(model, x, y, optimizer, after_step or (lambda: None), batch)
        schedule.step()
        if epoch % max(1, epochs // 10) == 0 or epoch == epochs - 1:
            score = accuracy(logits_of(model, held_out[0]), held_out[1])
            line = f"  epoch {epoch + 1}/{epochs} loss {loss:.4f} held-out accuracy {score:.4f}"
            print(line, file=sys.stderr, flush=True)
