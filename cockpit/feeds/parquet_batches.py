"""Reads the tidy columns of a Parquet file in batches of rows, within limits of what it unpacks to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cockpit.domain.errors import BadInput
from cockpit.feeds.arrow import arrow, read_errors
from cockpit.feeds.outside_files import unchanged, unreadable
from cockpit.feeds.tidy_columns import MAX_ROWS, TEXTS, Gathering

MAX_PARQUET_BYTES = 2 << 30
MAX_UNPACKED_BYTES = 4 << 30
BATCH_ROWS = 1 << 16


def parquet_header(path: Path) -> list[str]:
    """The column names of a Parquet file; raises BadInput when it is none or is cut off."""
    try:
        return list(arrow("parquet").read_schema(path, memory_map=False).names)
    except read_errors() as error:
        raise unreadable(path, error) from error


def gather_parquet(path: Path, gathering: Gathering, progress: Callable[[float], None]) -> None:
    """Adds the rows of one Parquet file to `gathering`; raises BadInput for a damaged or an oversized one."""
    with unchanged(path, MAX_PARQUET_BYTES):
        rows = total = 0
        try:
            # Texts stay dictionaries: a long one that is repeated would unpack to more than any file size tells.
            texts = [name for name in TEXTS if name in gathering.columns]
            with arrow("parquet").ParquetFile(
                path, memory_map=False, read_dictionary=texts, page_checksum_verification=True
            ) as file:
                total = file.metadata.num_rows
                _refuse_oversized(path, file.metadata)
                for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=gathering.columns, use_threads=False):
                    gathering.add(path, batch)
                    rows += batch.num_rows
                    progress(rows / total)
        except read_errors() as error:
            raise unreadable(path, error) from error
        if rows != total:
            raise BadInput(f"{path} holds {rows:,} of its {total:,} rows; copy or export it again.")
        gathering.end_file(rows, [])


def _refuse_oversized(path: Path, metadata: Any) -> None:
    if metadata.num_rows > MAX_ROWS:
        raise BadInput(f"{path} has {metadata.num_rows:,} rows, more than {MAX_ROWS:,}; split the recording.")
    # Of row groups, not of columns: looking at the metadata of a damaged column ends the process, not the call.
    unpacked = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    if unpacked > MAX_UNPACKED_BYTES:
        raise BadInput(f"{path} unpacks to {unpacked:,} bytes, more than {MAX_UNPACKED_BYTES:,}; split the recording.")
