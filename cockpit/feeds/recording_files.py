"""Finds the files of a recording: what is tidy in a folder, and what lies beside it by name."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cockpit.domain.errors import BadInput
from cockpit.feeds.csv_batches import MAX_CSV_BYTES, csv_header
from cockpit.feeds.outside_files import exists, is_folder, is_regular, regular_size, unreadable
from cockpit.feeds.parquet_batches import MAX_PARQUET_BYTES, parquet_header
from cockpit.feeds.tidy_columns import PRICES

SIDE_ENDINGS = ("_underlying.csv", "_features.csv")
MAX_FOLDER_FILES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MainFile:
    """One Parquet or CSV file with tidy rows and the names of all its columns."""

    path: Path
    header: list[str]


class Beside(NamedTuple):
    """A side file, and which main file (by index) has its name; None when the folder has."""

    path: Path
    main: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFiles:
    """The files of one recording; the main files are in the order in which their rows follow one another."""

    name: str
    main: list[MainFile]
    underlying: list[Beside]
    features: list[Beside]
    terms: list[Path]


def find_files(path: Path) -> RecordingFiles:
    """The files of the recording at `path`: a .parquet file, a .csv file or a folder; raises BadInput.

    In a folder the main files are the Parquet files and those CSV files whose header has ts, symbol and a price;
    several must have the same columns. Other files are not read.
    """
    if not is_folder(path):
        main = [MainFile(path=path, header=_header(path))]
        stems: dict[Path, int | None] = {path.with_suffix(""): 0}
    else:
        main = _main_files(path)
        folder = path.resolve()
        # The folder's own name may name a side file too, inside it or beside it.
        stems = {folder / folder.name: None, folder.parent / folder.name: None}
        stems |= {folder / file.path.stem: index for index, file in enumerate(main)}
    return RecordingFiles(
        name=main[0].path.stem if len(main) == 1 else path.resolve().name,
        main=main,
        underlying=_existing(stems, "_underlying.csv"),
        features=_existing(stems, "_features.csv"),
        terms=[beside.path for beside in _existing(stems, ".toml")],
    )


def _existing(stems: dict[Path, int | None], ending: str) -> list[Beside]:
    candidates = ((stem.with_name(stem.name + ending), main) for stem, main in stems.items())
    return [Beside(path, main) for path, main in candidates if exists(path)]


def _header(path: Path) -> list[str]:
    kind = path.suffix.lower()
    if kind == ".parquet":
        regular_size(path, MAX_PARQUET_BYTES)
        return parquet_header(path)
    regular_size(path, MAX_CSV_BYTES)
    if kind != ".csv":
        raise BadInput(f"{path} is neither .parquet nor .csv; name a recording, or make one with cockpit import.")
    return csv_header(path)


def _main_files(folder: Path) -> list[MainFile]:
    found: list[MainFile] = []
    problem: BadInput | None = None
    for path in _listed(folder):
        try:
            header = _header(path)
        except BadInput as error:
            if path.suffix.lower() == ".parquet" or not is_regular(path):
                raise
            problem = problem or error  # a CSV beside the recording may be anything
            continue
        if path.suffix.lower() == ".parquet" or _is_tidy(header):
            found.append(MainFile(path=path, header=header))
    if not found:
        raise problem or BadInput(f"{folder} holds no recording; name a folder with a tidy .parquet or .csv file.")
    for other in found[1:]:
        if set(other.header) != set(found[0].header):
            raise BadInput(
                f"{folder} holds recordings of different columns ({found[0].path.name}, {other.path.name}); name one."
            )
    stems = [file.path.stem for file in found]
    if len(set(stems)) < len(stems):
        raise BadInput(f"{folder} holds the same recording as .parquet and .csv; name one of the files.")
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        listed = sorted(folder.iterdir())
    except OSError as error:
        raise unreadable(folder, error) from error
    if len(listed) > MAX_FOLDER_FILES:
        raise BadInput(f"{folder} holds {len(listed):,} files; name the recording's own file or folder.")
    return [
        path
        for path in listed
        if path.suffix.lower() in (".parquet", ".csv")
        and not path.name.startswith(".")
        and not path.name.endswith(SIDE_ENDINGS)
        and not (exists(path) and is_folder(path))
    ]


def _is_tidy(header: list[str]) -> bool:
    entries = "side" in header and "contracts" in header
    return {"ts", "symbol"} <= set(header) and any(name in header for name in PRICES) and not entries
