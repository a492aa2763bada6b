import copy
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'train' is not installed")

import torch

from tui.evaluation.rgbd import RgbdFrame, find_frames
from tui.training import checkpoint
from tui.training.batches import Batches, Kind, Maker
from tui.training.data import Picture
from tui.training.errors import TrainingError
from tui.training.network import Context, Pocket
from tui.training.schedule import Budget
from tui.training.team import Team
from tui.training.trainer import Recipe, Trainer


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def pictures(count: int = 5) -> list[Picture]:
    """Planes of random slope: brighter where nearer."""
    made = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        y, x = np.mgrid[:96, :128].astype(np.float32)
        depth_m = 1 + rng.uniform(0, 2) * x / 128 + rng.uniform(0, 2) * y / 96
        image = np.repeat((255 / depth_m).astype(np.uint8)[:, :, None], 3, axis=2)
        made.append(Picture(image, depth_m))
    return made


@pytest.fixture
def held_back(tmp_path: Path) -> tuple[RgbdFrame, ...]:
    picture = pictures(1)[0]
    folder = tmp_path / "data" / "room"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "1.jpg"), picture.image)
    cv2.imwrite(str(folder / "1.png"), (picture.depth_m * 1000).astype(np.uint16))
    return find_frames(tmp_path / "data")


def recipe(steps: int) -> Recipe:
    return Recipe(Budget(steps=steps), variant=0, batch_size=4, sizes=(64,), drop=0.2, half_precision=False, workers=2)


def trained(out: Path, held_back: tuple[RgbdFrame, ...], stops: list[int | None]) -> dict[str, torch.Tensor]:
    for stop in stops:
        Trainer(recipe(4), pictures(), held_back, out, None).run(stop_after=stop)
    state = checkpoint.load(out / checkpoint.CHECKPOINT_NAME)
    assert state is not None
    assert state["step"] == 4
    return {**state["network"], **{f"average.{k}": v for k, v in state["average"].items()}}


def test_a_run_continued_equals_one_uninterrupted(tmp_path: Path, held_back: tuple[RgbdFrame, ...]) -> None:
    whole = trained(tmp_path / "whole", held_back, [None])
    pieces = trained(tmp_path / "pieces", held_back, [1, 3, None])

    assert whole.keys() == pieces.keys()
    for name, tensor in whole.items():
        assert torch.equal(tensor, pieces[name]), name
    assert (tmp_path / "whole" / checkpoint.BEST_NAME).exists()


def test_training_changes_every_weight_it_should(tmp_path: Path, held_back: tuple[RgbdFrame, ...]) -> None:
    trainer = Trainer(recipe(2), pictures(), held_back, tmp_path / "run", None)
    before = {name: tensor.clone() for name, tensor in trainer.network.state_dict().items()}

    trainer.run()

    for name, _ in trainer.network.named_parameters():
        assert not torch.equal(before[name], trainer.network.state_dict()[name]), name
    frozen = [name for name in before if name.endswith((".mean", ".variance"))]
    assert frozen
    assert all(torch.equal(before[name], trainer.network.state_dict()[name]) for name in frozen)


def test_starting_from_another_run_takes_its_average(tmp_path: Path, held_back: tuple[RgbdFrame, ...]) -> None:
    Trainer(recipe(2), pictures(), held_back, tmp_path / "first", None).run()
    second = Trainer(recipe(2), pictures(), held_back, tmp_path / "second", None)

    second.start_from(tmp_path / "first" / checkpoint.BEST_NAME)

    state = checkpoint.load(tmp_path / "first" / checkpoint.BEST_NAME)
    assert state is not None
    assert all(torch.equal(state["average"][k], v) for k, v in second.network.state_dict().items())
    with pytest.raises(TrainingError, match="no checkpoint"):
        second.start_from(tmp_path / "missing.pt")


def test_a_team_computes_the_gradient_of_its_parts() -> None:
    torch.manual_seed(0)
    network = Pocket(0)
    image, depth_m = torch.rand(4, 3, 64, 64), torch.rand(4, 2, 32, 32) + 1
    together = Team(network, 2, seed=0)
    loss = together.gradients(image, depth_m, step=0)
    found = [p.grad.clone() for p in network.parameters() if p.grad is not None]
    together.close()

    alone = Team(network, 1, seed=0)
    halves = []
    losses = []
    for part in (slice(0, 2), slice(2, 4)):
        losses.append(alone.gradients(image[part], depth_m[part], step=0))
        halves.append([p.grad.clone() for p in network.parameters() if p.grad is not None])
    alone.close()

    assert loss == pytest.approx(sum(losses) / 2, rel=1e-5)
    for mine, first, second in zip(found, *halves, strict=True):
        assert torch.allclose(mine, (first + second) / 2, atol=1e-5)


def test_a_team_follows_weights_and_statistics_that_are_loaded_later() -> None:
    torch.manual_seed(0)
    network, other = Pocket(0), Pocket(0)
    for name, buffer in other.named_buffers():
        if name.endswith("variance"):
            buffer.uniform_(0.5, 2.0)
    team = Team(network, 2, seed=0)
    network.load_state_dict(other.state_dict())
    image, depth_m = torch.rand(2, 3, 64, 64), torch.rand(2, 2, 32, 32) + 1
    both = torch.cat([image, image]), torch.cat([depth_m, depth_m])

    twice = team.gradients(*both, step=0)
    alone = Team(other, 1, seed=0)
    once = alone.gradients(image, depth_m, step=0)
    team.close()
    alone.close()

    assert twice == pytest.approx(once, rel=1e-5)


@pytest.mark.parametrize("makers", [1, 2])
# batches are made in processes only where nothing else runs yet, unlike here
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_batches_follow_from_seed_and_step_whoever_makes_them_in_whatever_order(makers: int) -> None:
    planes = pictures(6)
    one, two = Batches(planes, 3, seed=1, makers=makers), Batches(planes, 3, seed=1)

    steps = (0, 1, 2, 5)

    def kind_at(now: int, later: int) -> Kind:
        return Kind(64, 96 if later == 2 > now else 64)  # what is expected of step 2 is wrong until it comes

    ahead = [one.take(step, partial(kind_at, step)) for step in steps]

    for step, (image, depth_m) in zip(steps, ahead, strict=True):
        again = two.make(step, Kind(64, 64))
        assert torch.equal(image, again[0])
        assert torch.equal(depth_m, again[1])
        assert image.shape == (3, 3, 64, 64)
        assert depth_m.shape == (3, 2, 32, 32)
        assert float(image.min()) >= -1
        assert float(image.max()) <= 1
    one.close()
    two.close()


def test_each_picture_comes_once_an_epoch() -> None:
    maker = Maker(pictures(6), 3, 1, tuple)

    indices = [maker.picture_index(step, index) for step in range(4) for index in range(3)]

    assert sorted(indices[:6]) == sorted(indices[6:]) == list(range(6))
    assert indices[:6] != indices[6:]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU that PyTorch can use")
def test_a_gpu_computes_the_gradient_of_the_cpu() -> None:
    torch.manual_seed(0)
    network = Pocket(0)
    image, depth_m = torch.rand(2, 3, 64, 64), torch.rand(2, 2, 32, 32) + 1
    found = []
    for device in ("cpu", "cuda"):
        twin = copy.deepcopy(network).to(device)
        team = Team(twin, 1, seed=0)
        team.gradients(image.to(device), depth_m.to(device), step=0)
        found.append(torch.cat([p.grad.flatten().cpu() for p in twin.parameters() if p.grad is not None]))
        team.close()

    assert torch.nn.functional.cosine_similarity(found[0], found[1], dim=0) > 0.99


def test_checkpoints_are_replaced_whole_and_damage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run" / "last.pt"
    assert checkpoint.load(path) is None
    checkpoint.save({"step": 1}, path)
    checkpoint.save({"step": 2}, path)

    assert checkpoint.load(path) == {"step": 2}
    assert [p.name for p in path.parent.iterdir()] == ["last.pt"]
    path.write_bytes(b"half a fi")
    with pytest.raises(TrainingError, match=r"last\.pt: not a readable checkpoint"):
        checkpoint.load(path)


def test_context_blocks_begin_without_effect_and_a_run_without_them_can_be_continued(
    tmp_path: Path, held_back: tuple[RgbdFrame, ...]
) -> None:
    plain = Pocket(0).eval()
    old = {name: value for name, value in plain.state_dict().items() if not name.startswith("context.")}
    checkpoint.save({"average": old, "variant": 0, "step": 1, "abs_rel": 1.0}, tmp_path / "old.pt")
    x = torch.rand(1, 3, 64, 96)
    with torch.no_grad():
        before = plain(x)

    trainer = Trainer(recipe(4), pictures(), held_back, tmp_path / "new", None)
    trainer.start_from(tmp_path / "old.pt")

    with torch.no_grad():
        torch.testing.assert_close(trainer.network.eval()(x), before)
    del old["head.1.weight"]
    checkpoint.save({"average": old, "variant": 0, "step": 1, "abs_rel": 1.0}, tmp_path / "other.pt")
    with pytest.raises(TrainingError, match=r"other\.pt: the weights of another network"):
        trainer.start_from(tmp_path / "other.pt")


def test_every_place_sees_the_whole_picture_through_a_trained_context_block() -> None:
    torch.manual_seed(0)
    block = Context(16)
    torch.nn.init.normal_(block.attended.weight)
    x = torch.randn(1, 16, 5, 7)
    changed = x.clone()
    changed[0, :, 0, 0] += torch.randn(16)

    with torch.no_grad():
        difference = (block(changed) - block(x)).abs().amax(1)

    assert difference.shape == (1, 5, 7)
    assert float(difference.min()) > 0
