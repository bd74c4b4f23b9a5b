"""Autoencoders, from pictures to a run folder and to what their codes are good for."""

import json

import pytest
import torch

from deepatelier import images, networks
from deepatelier.errors import OptionError
from deepatelier.jobs import Context, carried_out, make, read_record
from deepatelier.synthesis.inversion.code_inversion_job import CodeInversionJob
from deepatelier.training import EvaluationJob, TrainJob
from deepatelier.training.autoencoders.autoencoder_job import AUTOENCODERS, AutoencoderJob
from deepatelier.training.autoencoders.clusters_job import ClustersJob
from deepatelier.training.autoencoders.decode_job import DecodeJob
from deepatelier.training.autoencoders.similar_job import SimilarJob

SMALL = {"epochs": 6, "limit": 300, "batch_size": 32, "learning_rate": 5e-3, "frames": 0, "device": "cpu"}


@pytest.fixture(scope="module")
def stripes(tmp_path_factory):
    """Pictures of two kinds in no class folder: stripes across and down, of random brightness and phase."""
    folder = tmp_path_factory.mktemp("data") / "stripes"
    folder.mkdir()
    generator = torch.Generator().manual_seed(0)
    wave = torch.arange(8) * torch.pi / 2
    for number in range(60):
        low, phase = torch.rand(2, generator=generator)
        row = low / 2 + 0.25 + 0.25 * torch.sin(wave + 6 * phase)
        picture = row.expand(8, 8) if number % 2 else row[:, None].expand(8, 8)
        data = images.encode(picture.expand(1, 3, 8, 8).contiguous(), "PNG")
        (folder / f"{'down' if number % 2 else 'across'}{number}.png").write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def run(stripes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    job = AutoencoderJob(dataset=str(stripes), code=4, **{**SMALL, "epochs": 120, "frames": 3})
    make(job, {"folder": folder}, Context())
    return folder


@pytest.mark.parametrize("name", AUTOENCODERS)
def test_each_learns_more_than_the_mean_picture(name, tmp_path):
    code = {} if name == "autoencoder_sparse" else {"code": 8}
    job = AutoencoderJob(dataset="digits", network=name, **code, **SMALL)
    make(job, {"folder": tmp_path / "run"}, Context())
    record = read_record(tmp_path / "run")
    pictures = job.opened(Context()).train.pixels()
    assert record.measures["validation squared error"] < pictures.var(dim=0).mean()
    assert networks.build(str(tmp_path / "run")).code == record.details["numbers in a code"]


def test_sheets_and_films(run):
    for name in ("reconstructions", "plane", "interpolations", "noise"):
        assert images.decode((run / f"{name}.png").read_bytes()).shape[1] == 3
        frames = list(images.decode_film((run / f"{name}.webp").read_bytes(), "WEBP"))
        assert len(frames) >= 2
        assert not torch.equal(frames[0], frames[-1])


def test_a_picture_beside_principal_components(run, stripes):
    values = carried_out(EvaluationJob(training=str(run), dataset=str(stripes)), Context()).files["table"].values
    assert values["part"] == "test"
    assert values["pictures"] == 12
    assert values["squared error"] < 0.02
    assert 0 < values["squared error of 4 principal components"] < 0.02
    assert values["table"].keys() == {"autoencoder_conv", "4 principal components"}


def test_denoising_beside_filters(tmp_path):
    job = AutoencoderJob(dataset="digits", network="autoencoder_denoising", code=8, **SMALL)
    make(job, {"folder": tmp_path / "run"}, Context())
    job = EvaluationJob(training=str(tmp_path / "run"), dataset="digits", part="validation")
    table = carried_out(job, Context()).files["table"].values["table"]
    noise = table.pop("the noisy pictures")["squared error"]
    assert table.keys() == {"autoencoder_denoising", "median filter", "Gaussian filter", "non-local means"}
    assert all(row["squared error"] < noise for row in table.values())


def test_the_nearest_picture_is_the_picture_itself_and_then_its_kind(run, stripes, tmp_path):
    for by in ("code", "pixels", "components"):
        job = SimilarJob(training=str(run), photo=str(stripes / "down7.png"), pictures=str(stripes), count=3, by=by)
        make(job, {"picture": tmp_path / f"{by}.png", "table": tmp_path / f"{by}.json"}, Context())
        rows = json.loads((tmp_path / f"{by}.json").read_text())["similar"]
        assert rows[0] == {"picture": "down7.png", "distance": pytest.approx(0, abs=1e-3)}
        assert all(row["picture"].startswith("down") for row in rows)


def test_clusters(run, stripes):
    result = carried_out(ClustersJob(training=str(run), pictures=str(stripes), count=8, columns=3), Context())
    rows = result.files["table"].values["clusters"]
    assert len(rows) == sum(result.details["sizes"]) == 60
    kinds = {row["cluster"]: [] for row in rows}
    for row in rows:
        kinds[row["cluster"]].append(row["picture"].startswith("down"))
    pure = sum(max(sum(each), len(each) - sum(each)) for each in kinds.values())
    assert pure >= 50
    with pytest.raises(OptionError, match=r"60 pictures, fewer than --count 80"):
        carried_out(ClustersJob(training=str(run), pictures=str(stripes), count=80), Context())


def test_a_sheet_over_codes_and_a_closed_walk(run):
    result = carried_out(DecodeJob(training=str(run), columns=3, stops=3, between=4), Context())
    assert result.files["picture"].image.shape == (1, 3, 176, 176)
    frames = [frame.float() for frame in result.files["walk"].frames]
    assert len(frames) == 12
    steps = [(one - other).abs().mean() for one, other in zip(frames, [*frames[1:], frames[0]], strict=True)]
    assert steps[-1] < 2 * steps[-2]  # the last frame leads to the first


def test_inverting_with_its_run_means_into_a_code(run):
    assert CodeInversionJob.chosen_by({"network": str(run)})
    assert not CodeInversionJob.chosen_by({"network": str(run), "layer": ("code",)})


def test_a_classifier_starts_with_the_encoder(run, tmp_path):
    autoencoder = tmp_path / "autoencoder"
    make(AutoencoderJob(dataset="digits", code=8, **{**SMALL, "epochs": 1}), {"folder": autoencoder}, Context())
    job = TrainJob(dataset="digits", weights=str(autoencoder), epochs=0, head_epochs=1, limit=60, device="cpu")
    make(job, {"folder": tmp_path / "classifier"}, Context())
    classifier, encoder = (networks.build(str(tmp_path / name)) for name in ("classifier", "autoencoder"))
    for name, weight in classifier.encoder.state_dict().items():
        assert torch.equal(encoder.encoder.state_dict()[name], weight)
    with pytest.raises(OptionError, match="has no autoencoder"):
        carried_out(DecodeJob(training=str(tmp_path / "classifier")), Context())
    with pytest.raises(OptionError, match="train it with --task reconstruct"):
        make(TrainJob(dataset="digits", network="vae"), {"folder": tmp_path / "other"}, Context())


@pytest.mark.parametrize(
    ("network", "option", "message"),
    [
        ("autoencoder", {"upsampling": "transposed"}, "--upsampling has no effect on autoencoder"),
        ("autoencoder_conv", {"noise": "masking"}, "It is for autoencoder_denoising"),
        ("vae", {"sparsity": 1.0}, "--sparsity has no effect on vae"),
    ],
)
def test_options_of_other_autoencoders(network, option, message):
    with pytest.raises(ValueError, match=message):
        AutoencoderJob(dataset="digits", network=network, **option)


@pytest.mark.parametrize("name", ["line", "adding"])
def test_data_without_pictures(name):
    with pytest.raises(OptionError, match=r"contains no pictures|contains sequences"):
        AutoencoderJob(dataset=name).fitting(Context())


def test_other_pictures_are_evaluated_as_a_whole_and_need_the_same_size(run, tmp_path):
    with pytest.raises(OptionError, match="takes 3 channels; digits has 1"):
        carried_out(EvaluationJob(training=str(run), dataset="digits"), Context())
