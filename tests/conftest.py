"""What all tests share: no state outside of the test run, the corpus, and one profile for hypothesis."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.conformance.gathering"]

settings.register_profile(
    "wot",
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("wot")


@pytest.fixture(scope="session", autouse=True)
def _state_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What Things keep goes into a temporary folder, also in the processes that tests start."""
    os.environ["WOT_STATE"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The corpus of Thing Descriptions, which is no part of this repository."""
    place = os.environ.get("WOT_CORPUS")
    if not place or not Path(place).is_dir():
        pytest.skip("WOT_CORPUS does not name the folder of the corpus")
    return Path(place)
