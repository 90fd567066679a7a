"""The preset `paper`: each method from its formula, in the precision of the case's model."""

import itertools

import numpy as np
import torch
import torch.nn.functional as F

from gradcam_tools.parity import engine
from gradcam_tools.parity.by_captum import grid, superpixels
from gradcam_tools.parity.case import ATTRIBUTION, MAP, Case, Reference, Result
from gradcam_tools.parity.draws import Draws

PRESET = "paper"
EPSILON = 1e-8


def enlarged(maps: torch.Tensor, size, corners: bool = False) -> torch.Tensor:
    """Maps [N, K, h, w] at another size, bilinear."""
    return F.interpolate(maps, size=tuple(size), mode="bilinear", align_corners=corners)


def scaled(maps: torch.Tensor, epsilon: float = EPSILON) -> torch.Tensor:
    """Each of maps [N, K, h, w] from its least to its largest number."""
    least, most = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
    return (maps - least) / (most - least + epsilon)


def _map(compute):
    def finished(case: Case) -> Result:
        return Result(MAP, compute(case)[0].detach().numpy())

    return finished


def _weighted(weights):
    """Σ w_k A_k, with the weights [1, K] of A and g."""

    def compute(case: Case) -> torch.Tensor:
        a, g = engine.look(case, case.x)
        return (weights(a, g)[..., None, None] * a).sum(1)

    return _map(compute)


def _of(formula):
    """A formula of A and g that gives the map itself."""
    return _map(lambda case: formula(*engine.look(case, case.x)))


def _cam(case: Case) -> torch.Tensor:
    linear = [part for part in case.model.modules() if isinstance(part, torch.nn.Linear)][-1]
    return (linear.weight[case.target][None, :, None, None] * engine.activation(case)).sum(1)


def _shares(squares, cubes, a, epsilon):
    """How much each place counts in Grad-CAM++, from means of g² and g³."""
    sums = a.sum((2, 3), keepdim=True)
    shares = squares / (2 * squares + sums * cubes + epsilon)
    return torch.where(squares == 0, torch.zeros_like(shares), shares)


def _plus_plus(a, g, epsilon=EPSILON):
    return (_shares(g**2, g**3, a, epsilon) * g.relu()).sum((2, 3))


def noisy(case: Case):
    """The noisy copies of the image, one by one."""
    draws = Draws(case.parameters.seed)
    for _ in range(case.parameters.samples):
        noise = draws.normal(*case.x.shape[1:]) if case.deviation > 0 else 0
        yield case.x + case.deviation * noise


def _smooth_plus_plus(case: Case) -> torch.Tensor:
    gradients = torch.cat([engine.look(case, copy)[1] for copy in noisy(case)])
    a = engine.activation(case)
    squares, cubes = ((gradients**power).mean(0, keepdim=True) for power in (2, 3))
    shares = _shares(squares, cubes, a, EPSILON)
    weights = (shares * gradients.mean(0, keepdim=True).relu()).sum((2, 3), keepdim=True)
    return (weights * a).sum(1)


def _component(maps: torch.Tensor, kernel: bool = False) -> torch.Tensor:
    """The first principal component of maps [1, K, h, w], positive with the maps' sum."""
    _, channels, height, width = maps.shape
    places = maps[0].reshape(channels, -1).T.double()
    places = places - places.mean(0)
    if kernel:
        products = torch.tanh(places @ places.T / channels + 1)
        means = products.mean(0)
        values, vectors = torch.linalg.eigh(products - means - means[:, None] + products.mean())
        found = vectors[:, -1] * values[-1].sqrt()
    else:
        found = places @ torch.linalg.svd(places, full_matrices=False)[2][0]
    found = found.reshape(1, height, width)
    sum = maps.sum(1).double()
    return found if ((sum - sum.mean()) * found).sum() >= 0 else -found


def _masks(case: Case) -> torch.Tensor:
    """Score-CAM's masks [K, 1, H, W]."""
    a = engine.activation(case)
    return scaled(enlarged(a, case.x.shape[2:], corners=True))[0][:, None]


def _by_score(case: Case, scores: torch.Tensor) -> torch.Tensor:
    return (torch.softmax(scores, 0)[None, :, None, None] * engine.activation(case)).sum(1)


def _score(case: Case) -> torch.Tensor:
    return _by_score(case, engine.values(case, (case.x[0] * mask for mask in _masks(case))))


def _smooth_score(case: Case) -> torch.Tensor:
    masks, draws = _masks(case), Draws(case.parameters.seed)
    scores = 0
    for _ in range(case.parameters.samples):
        noise = case.parameters.noise * draws.normal(len(masks), 1, *masks.shape[2:])
        scores = scores + engine.values(case, (case.x[0] * mask for mask in masks + noise))
    return _by_score(case, scores / case.parameters.samples)


def _integrated_score(case: Case) -> torch.Tensor:
    masks, n = _masks(case), case.parameters.samples
    scores = sum(
        engine.values(case, (case.x[0] * mask * (i / n) for mask in masks)) for i in range(1, n + 1)
    )
    return _by_score(case, scores / n)


def _ablation(case: Case) -> torch.Tensor:
    a = engine.activation(case)
    y = engine.head(case, a)
    every = torch.arange(a.shape[1])
    without = torch.cat([
        engine.head(case, a * (every[None, :, None, None] != part[:, None, None, None]))
        for part in every.split(64)
    ])
    return (((y - without) / y)[None, :, None, None] * a).sum(1)


def _reciprocal(case: Case) -> torch.Tensor:
    a = engine.activation(case)
    height, width = a.shape[2:]
    line = torch.tensor([1.0, 2, 1], dtype=a.dtype) / 4
    kernel = (line[:, None] * line[None])[None, None]
    spots = torch.eye(height * width, dtype=a.dtype).reshape(-1, 1, height, width)
    return engine.head(case, a * F.conv2d(spots, kernel, padding=1)).reshape(1, height, width)


def _full_gradient(case: Case) -> torch.Tensor:
    size = case.x.shape[2:]
    g = engine.input_gradient(case, case.x)
    total = enlarged(scaled((case.x * g).abs(), 1e-7), size).sum(1)
    for module in case.model.modules():
        bias = getattr(module, "bias", None)
        if isinstance(module, torch.nn.BatchNorm2d):
            deviation = torch.sqrt(module.running_var + module.eps)
            bias = bias - module.running_mean * module.weight / deviation
        elif not isinstance(module, torch.nn.Conv2d) or bias is None:
            continue
        g = engine.look(case, case.x, module)[1]
        total = total + enlarged(scaled((bias[:, None, None] * g).abs(), 1e-7), size).sum(1)
    return total


def _shapley(case: Case) -> torch.Tensor:
    a, g = engine.look(case, case.x, graph=True)
    (product,) = torch.autograd.grad(g, a, a.detach(), allow_unused=True)
    change = 0 if product is None else 0.5 * product
    return ((g - change).mean((2, 3), keepdim=True) * a).sum(1)


def _features(a, g):
    limits = a.mean((2, 3), keepdim=True) + 2 * a.std((2, 3), correction=0, keepdim=True)
    return ((a > limits).to(a.dtype).mean((2, 3), keepdim=True) * a).sum(1)


def _contrast(case: Case, x: torch.Tensor) -> torch.Tensor:
    (logits,) = case.model(x)
    distances = (logits - logits[case.target]).abs().detach()
    distances[case.target] = -1
    rivals = torch.argsort(distances, stable=True)[1:4]
    shares = torch.softmax(logits, 0)[rivals]
    return (shares * (logits[case.target] - logits[rivals])).sum() / (shares.sum() + 1e-9)


def _finer(case: Case) -> torch.Tensor:
    a, g = engine.look(case, case.x, of=_contrast)
    return (g.mean((2, 3), keepdim=True) * a).sum(1)


def _refine(case: Case) -> torch.Tensor:
    maps = []
    for module in case.modules:
        a, g = engine.look(case, case.x, module)
        maps.append(scaled((_plus_plus(a, g)[..., None, None] * a).sum(1, keepdim=True).relu()))
    size = [max(map.shape[axis] for map in maps) for axis in (2, 3)]
    return torch.stack([enlarged(map, size) for map in maps]).prod(0)[0]


def _random(case: Case) -> torch.Tensor:
    a = engine.activation(case)
    weights = 2 * Draws(case.parameters.seed).uniform(a.shape[1]) - 1
    return (torch.from_numpy(weights).to(a.dtype)[None, :, None, None] * a).sum(1)


def _attribution(compute):
    def finished(case: Case) -> Result:
        found, measures = compute(case), {}
        if isinstance(found, tuple):
            found, measures = found
        return Result(ATTRIBUTION, found[0].detach().numpy(), measures)

    return finished


def _guided(case: Case) -> torch.Tensor:
    with engine.rectifiers(case, lambda cotangent, pulled: pulled.relu()):
        return engine.input_gradient(case, case.x)


def _deconvnet(case: Case) -> torch.Tensor:
    with engine.rectifiers(case, lambda cotangent, pulled: cotangent.relu()):
        return engine.input_gradient(case, case.x)


def _guided_grad_cam(case: Case) -> torch.Tensor:
    a, g = engine.look(case, case.x)
    map = (g.mean((2, 3), keepdim=True) * a).sum(1, keepdim=True).relu()
    return enlarged(map, case.x.shape[2:]) * _guided(case)


def _noisy_gradients(case: Case) -> torch.Tensor:
    return torch.cat([engine.input_gradient(case, copy) for copy in noisy(case)])


def _variance(case: Case) -> torch.Tensor:
    gradients = _noisy_gradients(case)
    return (gradients**2).mean(0, keepdim=True) - gradients.mean(0, keepdim=True) ** 2


def _integrated(case: Case):
    n = case.parameters.steps
    gradients = [engine.input_gradient(case, case.x * ((i + 0.5) / n)) for i in range(n)]
    attribution = case.x * torch.cat(gradients).mean(0, keepdim=True)
    difference = engine.value(case, case.x) - engine.value(case, torch.zeros_like(case.x))
    return attribution, {"residual": float(attribution.sum() - difference)}


def _expected_gradients(case: Case) -> torch.Tensor:
    draws, total = Draws(case.parameters.seed), 0
    for _ in range(case.parameters.samples):
        noise = draws.normal(*case.x.shape[1:]) if case.deviation > 0 else 0
        copy = case.x + case.deviation * noise
        total = total + copy * engine.input_gradient(case, copy * float(draws.uniform()))
    return total / case.parameters.samples


def _kernel_shap(case: Case) -> torch.Tensor:
    cells = torch.from_numpy(superpixels(*case.x.shape[2:], case.parameters.cells))
    count = int(cells.max()) + 1
    draws = Draws(case.parameters.seed)
    sizes = np.arange(1, count)
    kept = [np.ones(count), np.zeros(count)]
    while len(kept) < case.parameters.samples:
        size = 1 + draws.choice(1 / (sizes * (count - sizes)))
        order = draws.normal(count).numpy()
        kept.append((order > np.sort(order)[count - size - 1]).astype(float))
    rows = torch.from_numpy(np.stack(kept[: case.parameters.samples])).to(case.x.dtype)
    y = engine.values(case, (case.x[0] * row[cells] for row in rows))
    weights = torch.where((rows.sum(1) == 0) | (rows.sum(1) == count), 1e6, 1.0).double()
    # With an intercept: the fit of what is left of the weighted means.
    x, y = rows.double(), y.double()
    x = x - (weights[:, None] * x).sum(0) / weights.sum()
    y = y - (weights * y).sum() / weights.sum()
    root = weights.sqrt()
    shares = torch.linalg.lstsq(x * root[:, None], (y * root)[:, None], driver="gelsd").solution
    return shares[:, 0][cells].expand(case.x.shape)


def _occlusion(case: Case) -> torch.Tensor:
    height, width = case.x.shape[2:]
    patch, stride = case.parameters.patch, case.parameters.stride
    starts = [
        [stride * index for index in range(-(-(side - patch) // stride) + 1)]
        for side in (height, width)
    ]
    hidden = []
    for top, left in itertools.product(*starts):
        mask = torch.zeros(1, height, width, dtype=case.x.dtype)
        mask[:, top : top + patch, left : left + patch] = 1
        hidden.append(mask)
    y = engine.value(case, case.x)
    drops = y - engine.values(case, (case.x[0] * (1 - mask) for mask in hidden))
    masks = torch.stack(hidden)
    found = (drops[:, None, None, None] * masks).sum(0) / masks.sum(0)
    return found[None].expand(case.x.shape)


def rise_masks(case: Case):
    """RISE's masks [H, W], one by one."""
    height, width = case.x.shape[2:]
    rows, columns = grid(height, width, case.parameters.cells)
    high, wide = -(-height // rows), -(-width // columns)
    draws = Draws(case.parameters.seed)
    for _ in range(case.parameters.samples):
        on = torch.from_numpy(draws.uniform(rows, columns) < 0.5).to(case.x.dtype)
        top, left = int(draws.uniform() * high), int(draws.uniform() * wide)
        large = enlarged(on[None, None], ((rows + 1) * high, (columns + 1) * wide))[0, 0]
        yield large[top : top + height, left : left + width]


def _rise(case: Case) -> torch.Tensor:
    masks = torch.stack(list(rise_masks(case)))
    y = engine.values(case, (case.x[0] * mask for mask in masks))
    found = (y[:, None, None] * masks).sum(0) / (0.5 * len(masks))
    return found[None, None].expand(case.x.shape)


def _entry(method: str, words: str, compute, **more) -> Reference:
    return Reference(method, PRESET, words, compute, **more)


_NOISY = dict(uses=("samples", "noise", "seed"))

REFERENCES = [
    _entry("cam", "Σ W A of a linear head behind the means", _map(_cam)),
    _entry("gradcam", "mean g", _weighted(lambda a, g: g.mean((2, 3)))),
    _entry("gradcam++", "Σ a ReLU(g)", _weighted(_plus_plus)),
    _entry("smooth-gradcam++", "the same with means over copies", _map(_smooth_plus_plus), **_NOISY),
    _entry("xgradcam", "Σ g A / Σ A",
           _weighted(lambda a, g: (g * a).sum((2, 3)) / (a.sum((2, 3)) + EPSILON))),
    _entry("hirescam", "Σ g A", _of(lambda a, g: (g * a).sum(1))),
    _entry("elementwise", "Σ ReLU(g A)", _of(lambda a, g: (g * a).relu().sum(1))),
    _entry("layercam", "Σ ReLU(g) A", _of(lambda a, g: (g.relu() * a).sum(1))),
    _entry("eigencam", "first component of A", _of(lambda a, g: _component(a)), up_to_sign=True),
    _entry("eigengradcam", "first component of g A", _of(lambda a, g: _component(g * a)),
           up_to_sign=True),
    _entry("kpcacam", "first kernel component of A", _of(lambda a, g: _component(a, True)),
           up_to_sign=True),
    _entry("scorecam", "softmax y(x U)", _map(_score), passes="channels"),
    _entry("sscam", "the same with noise on U", _map(_smooth_score), passes="channels", **_NOISY),
    _entry("iscam", "the same along c U", _map(_integrated_score), passes="channels",
           uses=("samples",)),
    _entry("ablationcam", "(y − y without k) / y", _map(_ablation), passes="channels"),
    _entry("reciprocam", "y of the head at one place", _map(_reciprocal), passes="places"),
    _entry("fullgrad", "|x g| and |b g|", _map(_full_gradient)),
    _entry("shapleycam", "mean(g − ½ H A)", _map(_shapley)),
    _entry("fem", "share above μ + 2 σ", _of(_features)),
    _entry("finercam", "Grad-CAM of the contrast", _map(_finer)),
    _entry("refinecam", "product of Grad-CAM++ maps", _map(_refine), several_layers=True),
    _entry("randomcam", "w drawn", _map(_random), uses=("seed",)),
    _entry("gradient", "|g|", _attribution(lambda case: engine.input_gradient(case, case.x).abs())),
    _entry("input-x-gradient", "x g",
           _attribution(lambda case: case.x * engine.input_gradient(case, case.x))),
    _entry("guided-backprop", "ReLU hands back where y > 0, dy > 0", _attribution(_guided)),
    _entry("deconvnet", "ReLU hands back where dy > 0", _attribution(_deconvnet)),
    _entry("guided-gradcam", "guided backpropagation times the map", _attribution(_guided_grad_cam)),
    _entry("smoothgrad", "mean g",
           _attribution(lambda case: _noisy_gradients(case).mean(0, keepdim=True)), **_NOISY),
    _entry("smoothgrad-variance", "variance of g", _attribution(_variance), **_NOISY),
    _entry("smoothgrad-squared", "mean g²",
           _attribution(lambda case: (_noisy_gradients(case) ** 2).mean(0, keepdim=True)), **_NOISY),
    _entry("integrated-gradients", "midpoints", _attribution(_integrated), uses=("steps",)),
    _entry("gradient-shap", "mean (x − x') g at drawn points", _attribution(_expected_gradients),
           **_NOISY),
    _entry("kernel-shap", "weighted least squares", _attribution(_kernel_shap),
           uses=("samples", "cells", "seed"), passes="samples"),
    _entry("occlusion", "mean y(x) − y(x without)", _attribution(_occlusion),
           uses=("patch", "stride"), passes="places"),
    _entry("rise", "Σ y(x m) m / (n p)", _attribution(_rise), uses=("samples", "cells", "seed"),
           passes="samples"),
]
