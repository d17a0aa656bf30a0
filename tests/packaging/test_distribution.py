"""What is handed on does the same as the source: a wheel with all its resources, and a folder without Python."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(command: list[str], home: Path, **more: str) -> str:
    """The output of a command in a bare environment, far from the checkout."""
    home.mkdir(exist_ok=True)
    bare = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", **more}
    done = subprocess.run(command, cwd=home, env=bare, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the source says of its rules."""
    home = tmp_path_factory.mktemp("source")
    return run([sys.executable, "-m", "cockpit", "rules"], home, PYTHONPATH=str(ROOT))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_the_program_and_its_resources_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {str(p.relative_to(ROOT)) for p in (ROOT / "resources").rglob("*") if p.is_file()}
    shipped = {name for name in shipped if "__pycache__" not in name}
    assert shipped <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "cockpit",
        "widgets",
        "resources",
        "options_cockpit",
    }


def test_the_wheel_says_what_the_source_says(wheel: Path, rules: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    path = os.pathsep.join([str(site), sysconfig.get_path("purelib")])
    start = "import sys, cockpit, cockpit.cli; assert cockpit.__file__.startswith(sys.argv.pop(1)); cockpit.cli.main()"
    said = run([sys.executable, "-S", "-c", start, str(site), "rules"], tmp_path / "home", PYTHONPATH=path)
    assert said == rules


def test_the_bundle_says_what_the_source_says_and_plays_the_demo(rules: str, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", str(tmp_path)]
    build += ["--workpath", str(tmp_path / "work"), str(ROOT / "packaging" / "cockpit.spec")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=300)
    program, home = str(tmp_path / "cockpit" / "cockpit"), tmp_path / "home"
    assert run([program, "rules"], home) == rules
    picture = home / "demo.png"
    said = run([program, "run", "--headless", "--journal", "j.sqlite", "--screenshot", str(picture)], home)
    assert "round trips" in said
    assert picture.stat().st_size > 10_000
