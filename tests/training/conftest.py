import pytest

from deepatelier.data import open_dataset
from deepatelier.training import Training, TrainingOptions


@pytest.fixture(scope="session")
def digits():
    return open_dataset("digits")


@pytest.fixture
def trained(digits, tmp_path):
    """Trains on digits in a folder of its own: options to a finished training."""

    def train(folder="run", dataset=digits, resume=False, progress=lambda _: None, **options):
        training = Training(dataset, TrainingOptions(**options), tmp_path / folder, resume=resume)
        training.fit(progress)
        return training

    return train
