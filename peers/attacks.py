"""The peers, each as a function of (model, starts, labels, units) that returns the points it found.

Most insist on inputs in [0, 1]. They get coordinates u with x = origin + scale (u - 1/2), where the
unit box is wide enough not to matter:

- `local`: origin is the sample and scale is four times its DeepFool distance (its unit), so u starts
  at 1/2, no single coordinate is bounded below twice that distance, and distances are about 1/4, which
  the steps of these attacks are made for;
- `wide`: one box for all samples, for attacks that drop finished rows, after which only the values of
  a row tell which sample it is. These do not depend on the scale.
"""

import functools
import warnings

import torch

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import adv_lib.attacks as adv_lib
    import art.attacks.evasion
    import art.estimators.classification
    import foolbox

# Images in [-1, 1] or [0, 1]; latent vectors from N(0, I), by their number of axes.
WIDE = {4: (-2.0, 3.0), 2: (-8.0, 8.0)}


class Coordinates(torch.nn.Module):
    def __init__(self, model, origin, scale):
        super().__init__()
        self.model, self.origin, self.scale = model, origin, scale

    def inside(self, points):
        return (points - self.origin) / self.scale + 0.5

    def outside(self, u):
        return self.origin + self.scale * (u - 0.5)

    def forward(self, u):
        return self.model(self.outside(u))


def wide(model, starts):
    low, high = WIDE[starts.ndim]
    return Coordinates(model, (low + high) / 2, high - low)


def local(model, starts, units):
    return Coordinates(model, starts, 4 * per_row(units, starts))


def per_row(values, rows):
    return values.view(-1, *[1] * (rows.ndim - 1))


def in_wide_box(attack):
    def run(model, starts, labels, units):
        box = wide(model, starts)
        return box.outside(attack(box, box.inside(starts), labels))

    return run


def in_local_box(attack):
    def run(model, starts, labels, units):
        box = local(model, starts, units)
        return box.outside(attack(box, box.inside(starts), labels))

    return run


def apgd_targeted(steps, norm=2, searches=8):
    """The least radius in which the attack succeeds, by bisection below 1.25 DeepFool distances.

    As the library's `minimal_apgd`, which starts every sample at one radius.
    """

    def run(model, starts, labels, units):
        box = wide(model, starts)
        inputs = box.inside(starts)
        high = 1.25 * units / box.scale
        low = torch.zeros_like(high)
        best = inputs.clone()
        for _ in range(searches):
            radius = (low + high) / 2
            points = adv_lib.apgd_targeted(box, inputs, labels, eps=radius, norm=norm, n_iter=steps, loss_function="dlr")
            found = box(points).argmax(1) != labels
            best[found] = points[found]
            high = torch.where(found, radius, high)
            low = torch.where(found, low, radius)
        return box.outside(best)

    return run


def fmn_targeted(steps, norm=2):
    """Each of the other classes in turn; untargeted attacks settle for the class they meet first."""

    def run(model, starts, labels, units):
        box = local(model, starts, units)
        inputs = box.inside(starts)
        order = model(starts).argsort(1, descending=True)
        best = inputs.clone()
        nearest = torch.full_like(units, torch.inf)
        for rank in range(1, order.shape[1]):
            targets = order[:, rank]
            points = adv_lib.fmn(box, inputs, targets, norm=norm, targeted=True, steps=steps)
            distance = (points - inputs).flatten(1).norm(p=norm, dim=1)
            nearer = (distance > 0) & (distance < nearest)
            best[nearer], nearest[nearer] = points[nearer], distance[nearer]
        return box.outside(best)

    return run


def art_deepfool(steps):
    """Unbounded."""

    def run(model, starts, labels, units):
        shape, classes = tuple(starts.shape[1:]), model(starts[:1]).shape[1]
        classifier = art.estimators.classification.PyTorchClassifier(
            model, torch.nn.CrossEntropyLoss(), shape, classes, clip_values=None, device_type="cpu"
        )
        attack = art.attacks.evasion.DeepFool(classifier, max_iter=steps, batch_size=len(starts), verbose=False)
        return torch.from_numpy(attack.generate(starts.numpy()))

    return run


def in_foolbox(attack, coordinates):
    def run(model, starts, labels, units):
        box = coordinates(model, starts, units)
        wrapped = foolbox.PyTorchModel(box.eval(), bounds=(0, 1), device="cpu")
        points, _, _ = attack(wrapped, box.inside(starts), labels, epsilons=None)
        return box.outside(points.detach())

    return run


def ddn(steps):
    return in_local_box(functools.partial(adv_lib.ddn, steps=steps, levels=None))


def fmn(steps, norm=2):
    return in_local_box(functools.partial(adv_lib.fmn, norm=norm, steps=steps))


def alma(steps):
    return in_local_box(functools.partial(adv_lib.alma, num_steps=steps, init_lr_distance=0.05))


def pdgd(steps):
    return in_local_box(functools.partial(adv_lib.pdgd, num_steps=steps))


def foolbox_ddn(steps):
    return in_foolbox(foolbox.attacks.DDNAttack(steps=steps), local)


def foolbox_deepfool(steps):
    attack = foolbox.attacks.L2DeepFoolAttack(steps=steps, candidates=10)
    return in_foolbox(attack, lambda model, starts, units: wide(model, starts))


def deepfool(steps, norm=2):
    return in_wide_box(functools.partial(adv_lib.df, norm=norm, steps=steps))


def superdeepfool(steps):
    return in_wide_box(functools.partial(adv_lib.sdf, steps=steps))


FAMILIES = {
    "deepfool": deepfool,
    "superdeepfool": superdeepfool,
    "ddn": ddn,
    "fmn": fmn,
    "fmn-targeted": fmn_targeted,
    "alma": alma,
    "pdgd": pdgd,
    "apgd-targeted": apgd_targeted,
    "foolbox-deepfool": foolbox_deepfool,
    "foolbox-ddn": foolbox_ddn,
    "art-deepfool": art_deepfool,
}


# The others know no norm but ℓ2.
ANY_NORM = {"deepfool", "fmn", "fmn-targeted", "apgd-targeted"}


def peer(name, norm=2):
    """ddn-1000 is DDN with 1000 steps; a name without a number has 100, or 25 for APGD."""
    family, _, steps = name.rpartition("-")
    if not steps.isdigit():
        family, steps = name, 25 if name == "apgd-targeted" else 100
    if norm == 2:
        return FAMILIES[family](int(steps))
    if family not in ANY_NORM:
        raise SystemExit(f"{family} knows no norm but ℓ2; choose among {', '.join(sorted(ANY_NORM))}.")
    return FAMILIES[family](int(steps), norm)
