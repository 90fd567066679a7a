"""Trains, exports and measures one of the models that ship.

    python Tools/models/train.py pages
    python Tools/models/train.py candlesticks
    python Tools/models/train.py lots
    python Tools/models/train.py xrays
    python Tools/models/train.py marked-xrays

The training set is drawn once into `.cache/models`; the checkpoint stays there, and the model, its
description and its measured numbers go to `Models/`. `--export-only` starts from the checkpoint.
"""

import argparse
import time

import numpy as np
import torch

import export
from dataset import CACHE, drawn
from evidence import shares
from pointing_game import play, read_folder
from recipes import RECIPES

VALIDATION_SEED, TRAINING_SEED, HELD_OUT_SEED = 2, 1, 10


def shifted(pictures, generator, reach=8):
    """Pictures [N, H, W, C] shifted together by up to `reach` pixels, edges repeated."""
    down, right = (
        torch.randint(-reach, reach + 1, (1,), generator=generator).item() for _ in range(2)
    )
    height, width = pictures.shape[1:3]
    middle = pictures[
        :, max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)
    ]
    margins = ((max(0, -down), max(0, down)), (max(0, -right), max(0, right)))
    return np.pad(middle, ((0, 0), *margins, (0, 0)), mode="edge")


def batches(recipe, pictures, targets, size, generator):
    """Shuffled batches, shifted, mirrored and relit."""
    order = torch.randperm(len(pictures), generator=generator)
    for start in range(0, len(order) - size + 1, size):
        rows = order[start : start + size].sort().values
        chosen = shifted(pictures[rows.numpy()], generator)
        if recipe.mirrored and torch.rand(1, generator=generator) < 0.5:
            chosen = chosen[:, :, ::-1]
        batch = recipe.transform(chosen)
        channels = batch.shape[1]
        gain = 1 + 0.2 * (torch.rand(size, channels, 1, 1, generator=generator) - 0.5)
        offset = 0.3 * (torch.rand(size, 1, 1, 1, generator=generator) - 0.5)
        yield batch.mul_(gain).add_(offset), targets[rows]


def correct(recipe, logits, targets):
    """Which answers are right: [N, classes] for several labels a picture, [N, 1] for one."""
    if recipe.multi_label:
        return (logits > 0) == (targets > 0.5)
    return (logits.argmax(1) == targets.argmax(1))[:, None]


@torch.no_grad()
@torch.autocast("cpu", torch.bfloat16)
def accuracy(recipe, network, pictures, targets):
    """The mean share of right answers."""
    network.eval()
    rows = [
        correct(recipe, network(recipe.transform(pictures[i : i + 100])), targets[i : i + 100])
        for i in range(0, len(pictures), 100)
    ]
    return torch.cat(rows).float().mean().item()


def training_sets(name, recipe, source, count):
    """The validation and the training set of a recipe or of its primer, pictures and targets."""
    channels, classes = len(recipe.mean), len(recipe.labels)
    for seed, wanted in ((VALIDATION_SEED, 600), (TRAINING_SEED, count)):
        pictures, targets = drawn(
            name, source.example, seed, wanted, source.size, channels, classes
        )
        yield pictures, torch.from_numpy(targets)


def fit(recipe, network, sets, epochs, rate, seed, options):
    """Trains a network on the second set, and says after each pass how it does on the first."""
    (seen, seen_targets), (pictures, targets) = sets
    generator = torch.Generator().manual_seed(seed)
    network.to(memory_format=torch.channels_last)
    steps = epochs * (len(pictures) // options.batch)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=0.15)
    if recipe.multi_label:
        loss_of = torch.nn.BCEWithLogitsLoss()
    else:
        loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.02)
    began = time.time()
    for epoch in range(epochs):
        network.train()
        total, count = 0.0, 0
        for batch, wanted in batches(recipe, pictures, targets, options.batch, generator):
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(batch).float()
            loss = loss_of(logits, wanted)
            loss.backward()
            optimizer.step()
            schedule.step()
            total, count = total + loss.item(), count + 1
            if count % 125 == 0:
                print(f"  {count} batches, loss {total / count:.4f}", flush=True)
        right = accuracy(recipe, network, seen, seen_targets)
        print(
            f"epoch {epoch + 1}/{epochs} loss {total / count:.4f} validation {right:.4f} "
            f"after {time.time() - began:.0f} s",
            flush=True,
        )
        yield epoch


def train(recipe, options):
    """Trains from scratch and leaves the weights at the recipe's checkpoint."""
    torch.manual_seed(options.seed)
    classes = len(recipe.labels)
    network = recipe.network(classes)
    print(recipe.name, sum(part.numel() for part in network.parameters()), "parameters", flush=True)
    primer = recipe.primer
    if primer is not None:
        name = f"{recipe.name}-primer"
        sets = training_sets(name, recipe, primer, primer.training)
        first = network.primer(classes)
        for _ in fit(recipe, first, sets, primer.epochs, recipe.rate, options.seed, options):
            torch.save(network.state_dict(), CACHE / f"{name}.pt")
    sets = list(training_sets(recipe.name, recipe, recipe, options.count or recipe.training))
    epochs = options.epochs or recipe.epochs
    for epoch in fit(recipe, network, sets, epochs, recipe.rate, options.seed, options):
        torch.save(network.state_dict(), recipe.checkpoint)
        if epoch + 1 == options.stop:
            return
    if recipe.again:
        rate, seed = recipe.rate / 2, options.seed + 1
        torch.manual_seed(seed)
        for _ in fit(recipe, network, sets, recipe.again, rate, seed, options):
            torch.save(network.state_dict(), recipe.checkpoint)


def main():
    """Trains, exports, measures."""
    parser = argparse.ArgumentParser(description="Train, export and measure a shipped model.")
    parser.add_argument("model", choices=sorted(RECIPES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, help="training pictures")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--stop", type=int, help="leave the schedule after so many passes")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--held-out", type=int, default=400, help="pictures to measure on")
    parser.add_argument("--draw-only", action="store_true", help="draw the training set and stop")
    parser.add_argument("--export-only", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = RECIPES[options.model]
    if options.draw_only:
        list(training_sets(recipe.name, recipe, recipe, options.count or recipe.training))
        return
    if not options.export_only:
        train(recipe, options)
    network = recipe.trained()
    folder = CACHE / f"{recipe.name}-{HELD_OUT_SEED}-{options.held_out}"
    if not folder.exists():
        recipe.held_out(HELD_OUT_SEED, options.held_out, folder)
    path = export.write(recipe, network)
    records, pictures = read_folder(folder, recipe)
    measured = export.measure(recipe, path, records, pictures)
    measured["pointingGame"] = play(network, records, pictures, recipe)
    measured["evidence"] = shares(network, records, pictures, recipe)
    export.describe(recipe, measured, options.held_out, HELD_OUT_SEED)


if __name__ == "__main__":
    main()
