"""Draws a training set once, in parallel, and keeps it as arrays in an ignored folder."""

import multiprocessing
import os
import pathlib

import numpy as np

CACHE = pathlib.Path(__file__).resolve().parents[2] / ".cache" / "models"


def drawn(name: str, draw, seed: int, count: int, size, channels, outputs, cache=CACHE):
    """Pictures [count, height, width, channels] (uint8) and targets [count, outputs] of one seed.

    `draw(seed, number)` returns the picture as such an array and its target row.
    """
    cache.mkdir(parents=True, exist_ok=True)
    width, height = size
    pictures_path = cache / f"{name}-{seed}-{count}-pictures.npy"
    targets_path = cache / f"{name}-{seed}-{count}-targets.npy"
    if targets_path.exists():
        return np.load(pictures_path, mmap_mode="r"), np.load(targets_path)
    pictures = np.lib.format.open_memmap(
        pictures_path, mode="w+", dtype=np.uint8, shape=(count, height, width, channels)
    )
    targets = np.zeros((count, outputs), np.float32)
    with multiprocessing.Pool(os.cpu_count()) as pool:
        jobs = pool.imap(_Job(draw, seed), range(count), chunksize=32)
        for number, (picture, target) in enumerate(jobs):
            pictures[number] = picture
            targets[number] = target
    pictures.flush()
    np.save(targets_path, targets)
    return np.load(pictures_path, mmap_mode="r"), targets


class _Job:
    """A drawing function bound to its seed, so that it can be sent to another process."""

    def __init__(self, draw, seed):
        self.draw = draw
        self.seed = seed

    def __call__(self, number):
        return self.draw(self.seed, number)
